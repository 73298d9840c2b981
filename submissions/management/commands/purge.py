"""Remove old mails from the command line."""

import json
import re
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from submissions import retention
from submissions.retention import Gone

ACTOR = "command line"


class Command(BaseCommand):
    help = (
        "Remove ended mails of a certain age with their items and letters, and the files that no mail holds any more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--older-than", required=True, metavar="90d", help="in days (90d), at least one")
        parser.add_argument("--dry-run", action="store_true", help="only say how many mails it would be")
        parser.add_argument("--json", action="store_true", help="the numbers as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line at the end; on a terminal a bar before, on the error output."""
        before = timezone.now() - self.age(options["older_than"])
        number = retention.old_mails(before).count()
        if options["dry_run"]:
            words = f"{number} mails would be removed, with what only they hold."
            self.stdout.write(json.dumps({"mails": number, "dry_run": True}) if options["json"] else words)
            return
        gone = Gone()
        try:
            with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
                shown = bar.add_task("Removing", total=number)
                for portion in retention.purge(before):
                    gone += portion
                    bar.update(shown, advance=portion.mails)
        finally:
            retention.told(gone, before, ACTOR)
        self.stdout.write(json.dumps(asdict(gone)) if options["json"] else f"Removed: {gone}.")

    def age(self, text: str) -> timedelta:
        found = re.fullmatch(r"(\d{1,5})d", text)
        if found is None or not int(found[1]):
            raise CommandError("Give the age in days, such as 90d.")
        return timedelta(days=int(found[1]))
