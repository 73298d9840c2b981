"""Shows a mail as it would be sent, with sample values."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from notifications.kinds import KINDS, sample
from notifications.rendering import render


class Command(BaseCommand):
    help = "Print a mail with sample values: subject and plain text, or its HTML part."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("--language", default="en")
        parser.add_argument("--html", action="store_true", help="print the HTML part")

    def handle(self, *args: Any, **options: Any) -> None:
        mail = render(options["kind"], options["language"], sample(options["kind"]))
        self.stdout.write(mail.html if options["html"] else f"Subject: {mail.subject}\n\n{mail.text}")
