"""MD5 and SHA-1 of files that were found before Mail Monitor kept them."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import track

from submissions import older_digests


class Command(BaseCommand):
    help = "Compute MD5 and SHA-1 of older files, so that the search finds them. It may be stopped and begun again."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line at the end; on a terminal a bar before, on the error output."""
        number, done = older_digests.incomplete().count(), 0
        console = Console(stderr=True)
        found = older_digests.complete_all()
        for known in track(found, "Reading", total=number, console=console, disable=not sys.stderr.isatty()):
            done += known
        self.stdout.write(f"{done} of {number} files; the others are too large or no longer stored.")
