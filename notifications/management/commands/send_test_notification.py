"""Sends a mail with sample values and shows what the relay says."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.kinds import KINDS
from notifications.sample_mail import send_sample
from notifications.smtp import SmtpError
from notifications.texts import find


class Command(BaseCommand):
    help = "Send a mail with sample values to an address and print the relay's answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, metavar="ADDRESS")
        parser.add_argument("--event", "--kind", dest="kind", choices=sorted(KINDS), default="received")
        parser.add_argument("--language", default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = options["kind"]
        try:
            reply = send_sample(kind, find(kind, options["language"]), to=options["to"])
        except (SmtpError, ValueError) as error:
            raise CommandError(f"Not sent: {error}") from error
        self.stdout.write(reply)
