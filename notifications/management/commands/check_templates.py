"""Says which texts cannot become a mail, and where their fault is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.templates_check import problems


class Command(BaseCommand):
    help = "Check every text of the mails to reporters. Exit status 1 when one of them has a fault."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(problems())
        for problem in found:
            self.stdout.write(problem)
        if found:
            raise CommandError(f"{len(found)} faults. Correct the texts in admin.")
        self.stdout.write("Every text is fine.")
