"""Checks every outside part and says what is wrong, why, and how to mend it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from submissions.doctor import CHECKS, FAIL, Finding, examine


class Command(BaseCommand):
    help = "Check settings, database, queue, storage, mailboxes, relay, sandbox and templates."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON list for machines")
        parser.add_argument("--only", metavar="NAMES", default="", help=f"of: {','.join(CHECKS)}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 0 when nothing failed, 1 when something did, 2 when the call itself was wrong."""
        only = {name for name in options["only"].split(",") if name}
        if unknown := only - set(CHECKS):
            raise CommandError(f"--only {','.join(sorted(unknown))}: choose of {','.join(CHECKS)}.", returncode=2)
        findings = []
        for finding in examine(only):
            findings.append(finding)
            if not options["json"]:
                self.show(finding)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        if any(finding.status == FAIL for finding in findings):
            raise SystemExit(1)

    def show(self, finding: Finding) -> None:
        self.stdout.write(f"{finding.status:4}  {finding.name}  {finding.detail} ({finding.milliseconds} ms)")
        for word in ("cause", "fix"):
            if text := getattr(finding, word):
                self.stdout.write(f"      {word.capitalize()}: {text}")
