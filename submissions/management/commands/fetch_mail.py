"""One round over all mailboxes, or rounds for ever."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from mailmonitor.hints import hint
from submissions import accounts, mailboxes
from submissions.models import Mailbox
from submissions.tasks import unpack


class Command(BaseCommand):
    help = "Fetch new mails from the mailboxes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round instead of one every poll interval")
        parser.add_argument("--mailbox", metavar="NAME", help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 when, with --once, a mailbox could not be read."""
        while True:
            failing = self.round(options["mailbox"])
            if options["once"]:
                break
            time.sleep(settings.MAILBOX_POLL.total_seconds())
        if failing:
            raise CommandError(f"Not read: {', '.join(failing)}")

    def round(self, name: str | None) -> list[str]:
        close_old_connections()
        accounts.from_environment()
        rows = Mailbox.objects.filter(state=Mailbox.State.ACTIVE, **({"name": name} if name else {}))
        if name and not rows:
            raise CommandError(f"There is no active mailbox {name}.")
        for row in rows:
            new = mailboxes.fetch(row.pk)
            hint(unpack, *new)
            row.refresh_from_db()
            self.stdout.write(f"{row}: {row.error} {row.error_fix}" if row.error else f"{row}: {len(new)} new")
        return [str(row) for row in rows if row.error]
