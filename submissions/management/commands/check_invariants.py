"""Whether every promise holds of the rows as they are now."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from submissions.invariants import INVARIANTS, broken


class Command(BaseCommand):
    help = "Check what must hold of every mail, analysis and answer; prints the rows that break it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON list for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 0 when all hold, else 1."""
        found = dict(broken())
        if options["json"]:
            told = [{"number": one.number, "name": one.name, "offending": found.get(one, [])} for one in INVARIANTS]
            self.stdout.write(json.dumps(told, indent=2))
        else:
            for one in INVARIANTS:
                self.stdout.write(f"{'BROKEN' if one in found else 'holds':6}  {one.number:2}  {one.name}")
                for row in found.get(one, []):
                    self.stdout.write(f"        {row}")
        if found:
            raise SystemExit(1)
