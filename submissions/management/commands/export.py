"""Submissions with their items, analyses and notifications, for other programs."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date, parse_datetime

from submissions.export import submissions_as_json


class Command(BaseCommand):
    help = "Print submissions as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["json"], default="json")
        parser.add_argument("--since", metavar="TIME", help="only mails received since then: 2026-11-24 or with a time")

    def handle(self, *args: Any, **options: Any) -> None:
        """A list with one object per submission, oldest first, written piece by piece."""
        separator = "["
        for entry in submissions_as_json(self.since(options["since"])):
            self.stdout.write(separator + json.dumps(entry, ensure_ascii=False), ending="\n")
            separator = ","
        self.stdout.write("[]" if separator == "[" else "]")

    def since(self, text: str | None) -> datetime | None:
        if not text:
            return None
        try:
            day = parse_date(text)
            at = datetime(day.year, day.month, day.day) if day else parse_datetime(text)
        except ValueError:
            at = None
        if at is None:
            raise CommandError(f"--since {text}: give a day such as 2026-11-24 or a time such as 2026-11-24T08:00:00Z.")
        return at if at.tzinfo else at.replace(tzinfo=UTC)
