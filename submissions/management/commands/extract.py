"""`manage.py extract`: what is in a mail, as the pipeline sees it."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from submissions.extraction import wire
from submissions.extraction.extract import extract
from submissions.extraction.types import ExtractedMail


class Command(BaseCommand):
    help = "Find the reported mails, links and files in mails kept as files (RFC 822); `-` reads standard input."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--json", action="store_true", help="one JSON object per file, one line each")

    def handle(self, *args: Any, **options: Any) -> None:
        results = [self._one(path, as_json=options["json"]) for path in options["paths"]]
        if not all(results):
            sys.exit(1)

    def _one(self, path: str, *, as_json: bool) -> bool:
        try:
            raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        except OSError as error:
            self.stderr.write(f"{path}: {error.strerror or error}")
            return False
        mail = extract(raw)
        if as_json:
            self.stdout.write(json.dumps(wire.as_json(mail, path)))
        else:
            self.stdout.write("\n".join(_listing(mail, path)))
        return True


def _listing(mail: ExtractedMail, path: str) -> list[str]:
    lines = [_printable(path)]
    for reported in mail.reported:
        lines.append(f"  mail {reported.path or '(itself)'} [{reported.how}] {reported.sender}: {reported.subject}")
    for url in mail.urls:
        lines.append(f"  url  {url.url}  ({', '.join((*url.found_in[:3], *url.notes))})")
    for file in mail.files:
        notes = f" [{', '.join(file.notes)}]" if file.notes else ""
        lines.append(f"  file {file.path}  {file.type}, {file.size} bytes, sha256 {file.sha256}{notes}")
    for problem in mail.problems:
        lines.append(f"  PROBLEM {problem.code} at {problem.path or 'the mail'} {problem.detail}")
    return [_printable(line) for line in lines]


def _printable(text: str) -> str:
    """A terminal obeys control characters, and a mail may hold some."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
