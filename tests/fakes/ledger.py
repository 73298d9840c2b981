"""What a fake server really received, kept where other processes can read it even after a SIGKILL."""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Ledger:
    """Entries are dictionaries; each is on disk (one JSON line, fsynced) before the server answers."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._entries: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def write(self, **entry: Any) -> None:
        with self._lock:
            entry = {"n": len(self._entries) + 1, "at": time.time(), **entry}
            self._entries.append(entry)
            if self.path is not None:
                with self.path.open("a") as file:
                    file.write(json.dumps(entry, default=str) + "\n")
                    file.flush()
                    os.fsync(file.fileno())

    def calls(self, endpoint: str = "") -> list[dict[str, Any]]:
        """All entries, or those of one endpoint such as `submission/new`."""
        with self._lock:
            return [entry for entry in self._entries if endpoint in ("", entry["endpoint"])]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


def read_ledger(path: Path) -> Iterator[dict[str, Any]]:
    """The entries another process wrote; a last line cut by a crash is left out."""
    for line in path.read_text().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return
