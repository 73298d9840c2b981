"""`manage.py send_sample`: try everything out with one mail."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mailmonitor.embedded.sample import send_sample


class Command(BaseCommand):
    help = "Send a sample report to the mailbox of an installation that `make run` started."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reporter", default="you@example.com", help="who reports, and is answered")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("This is for `make run` only: elsewhere forward a suspicious mail to the mailbox.")
        try:
            send_sample(settings.SANDBOX_ADDRESS, options["reporter"])
        except OSError as error:
            raise CommandError(
                f"The embedded mail server does not answer at 127.0.0.1:{settings.SMTP_PORT} ({error}). "
                "Start it with `make run`."
            ) from error
        self.stdout.write(f"A report by {options['reporter']} is on its way to {settings.SANDBOX_ADDRESS}.")
        self.stdout.write(f"Watch it at {settings.PUBLIC_URL}; the answers are under {settings.PUBLIC_URL}/outbox/")
