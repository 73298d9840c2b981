"""A made-up history for measuring: as many mails as wanted, with items, analyses, answers and events."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from submissions.models import Mailbox, Submission
from submissions.seeding.history import BATCH, History

NAME = "Seeded"


class Command(BaseCommand):
    help = "Fill an installation for trials with made-up reports. It refuses where real ones stand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--submissions", type=int, default=10_000, metavar="N")
        parser.add_argument("--items", type=int, default=50_000, metavar="M")

    def handle(self, *args: Any, **options: Any) -> None:
        """The same numbers always make the same history, ending now."""
        if Submission.objects.exclude(mailbox__name=NAME).exists():
            raise CommandError("Real reports stand here. Seed a database of its own.")
        values = {"address": "seeded@corp.example", "host": "imap.corp.example", "state": "disabled", "due_at": None}
        mailbox, _made = Mailbox.objects.get_or_create(name=NAME, defaults=values)
        history = History(mailbox, mails=options["submissions"], items=options["items"], end=timezone.now())
        batches = -(-options["submissions"] // BATCH)
        console = Console(stderr=True)
        for _ in track(history.load(), "Seeding", total=batches, console=console, disable=not sys.stderr.isatty()):
            pass
        self.stdout.write(f"{options['submissions']} submissions, {history.made} items")
