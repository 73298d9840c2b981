"""A mail from a file into the pipeline, as if it had been fetched."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mailmonitor.hints import hint
from submissions import accounts, intake
from submissions.extraction.addresses import single_address
from submissions.mailbox.base import RawMail
from submissions.models import Mailbox
from submissions.tasks import unpack


class Command(BaseCommand):
    help = "Take mails from files (.eml, - for standard input) into the pipeline."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--reporter", metavar="ADDRESS", help="who reported it, instead of the mail's From")
        parser.add_argument("--mailbox", metavar="NAME", help="whose modes apply; the first mailbox when not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Each path is taken by itself; a bad one is named at the end and the others go on."""
        mailbox = self.mailbox(options["mailbox"])
        if options["reporter"] and single_address([options["reporter"]]) is None:
            raise CommandError(f"--reporter {options['reporter']}: give one mail address.")
        failed = [path for path in options["paths"] if not self.take(mailbox, path, options["reporter"])]
        if failed:
            raise CommandError(f"Not imported: {', '.join(failed)}")

    def mailbox(self, name: str | None) -> Mailbox:
        accounts.from_environment()
        rows = Mailbox.objects.filter(name=name) if name else Mailbox.objects.order_by("pk")
        row = rows.first()
        if row is None:
            known = ", ".join(Mailbox.objects.values_list("name", flat=True)) or "none"
            raise CommandError(
                f"There is no mailbox {name or 'yet'}. Known: {known}. Set MAILBOX_URL or add one in admin."
            )
        return row

    def take(self, mailbox: Mailbox, path: str, reporter: str | None) -> bool:
        try:
            content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        except OSError as error:
            self.stderr.write(f"{path}: {error.strerror}")
            return False
        raw = RawMail(0, 0, len(content), timezone.now(), content, header_only=False)
        row = intake.receive(mailbox, raw, reporter=reporter or "")
        if row is None:
            self.stderr.write(f"{path}: could not be stored")
            return False
        hint(unpack, row.pk)
        self.stdout.write(f"{path}: {row.number}")
        return True
