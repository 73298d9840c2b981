"""Analyse mails again from the command line."""

import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track

from mailmonitor.hints import hint
from submissions import review
from submissions.models import Submission
from submissions.review import Refused
from submissions.search.grammar import SearchFault
from submissions.search.meaning import condition
from submissions.tasks import submit

ACTOR = "command line"


class Command(BaseCommand):
    help = "Analyse mails again: those named, or those that a search finds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mails", nargs="*", metavar="MM-12", help="numbers of mails")
        parser.add_argument("--search", metavar="TEXT", help='as in the page: "verdict:failed reported:>-7d"')
        parser.add_argument("--failed", action="store_true", help="only the items whose analysis failed")
        parser.add_argument("--dry-run", action="store_true", help="only say how many mails it would be")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line at the end; on a terminal a bar before, on the error output."""
        keys = list(self.wanted(options["mails"], options["search"]).values_list("pk", flat=True))
        if options["dry_run"]:
            self.stdout.write(f"{len(keys)} mails would be analysed again.")
            return
        skipped = Counter[str]()
        bar = Console(stderr=True)
        for pk in track(keys, "Analysing again", console=bar, disable=not sys.stderr.isatty()):
            try:
                hint(submit, *review.again(Submission.objects.get(pk=pk), ACTOR, failed_only=options["failed"]))
            except Refused as error:
                skipped[str(error)] += 1
        left = "".join(f", {number} skipped ({why})" for why, number in skipped.items())
        self.stdout.write(f"{len(keys) - skipped.total()} analysed again{left}.")

    def wanted(self, numbers: list[str], search: str | None) -> Any:
        """The mails in the order in which they came. Raises CommandError for what is neither a number nor a search."""
        rows = Submission.objects.order_by("pk")
        if bool(numbers) == bool(search):
            raise CommandError("Name mails, or give a --search.")
        if search:
            try:
                return rows.filter(condition(search))
            except SearchFault as error:
                raise CommandError(str(error)) from error
        keys = [number.upper().removeprefix("MM-") for number in numbers]
        if not all(key.isascii() and key.isdecimal() for key in keys):
            raise CommandError("A mail is named by its number, such as MM-12.")
        return rows.filter(pk__in=map(int, keys))
