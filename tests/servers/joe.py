"""The strict fake of Joe Sandbox in a process of its own, with a ledger that other processes can read."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.ledger import read_ledger
from tests.servers.processes import directory_for, free_port, running, wait_for_port

KEY = "test-key"


@dataclass(frozen=True)
class Joe:
    port: int
    ledger: Path

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def calls(self, endpoint: str) -> list[dict[str, Any]]:
        """What was really received at an endpoint such as `submission/new`."""
        return [entry for entry in read_ledger(self.ledger) if entry["endpoint"] == endpoint]


@contextmanager
def joe(*, delay: float = 0.0) -> Iterator[Joe]:
    """`delay` is the seconds that a submission stays in each state before it is finished."""
    with directory_for("joe") as directory:
        server = Joe(free_port(), directory / "ledger.jsonl")
        server.ledger.touch()
        log = directory / "joe.log"
        options = ["--port", str(server.port), "--ledger", str(server.ledger), "--delay", str(delay), "--api-key", KEY]
        with running([sys.executable, "-m", "tests.fakes.joe_server", *options], log=log) as process:
            wait_for_port(server.port, process, log)
            yield server
