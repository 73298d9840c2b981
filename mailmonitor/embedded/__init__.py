"""Mail Monitor with everything it needs, on one machine: what `make run` starts, and tests as well."""

import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailmonitor.embedded.plan import BASE, PORTS, free_port

READY = "Mail Monitor is ready: "


@dataclass(frozen=True)
class Running:
    """An installation that runs over `var`. What a person would see goes to `screen`, beside that folder."""

    process: subprocess.Popen[bytes]
    var: Path
    ports: Mapping[str, int | str]
    screen: Path

    @property
    def terminal(self) -> str:
        return self.screen.read_text(encoding="utf-8", errors="replace")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['PORT']}"

    @property
    def password(self) -> str:
        """The first administrator's, on the first start only."""
        found = re.search(r"with the password (\S+) \(", self.terminal)
        return found[1] if found else ""

    def outbox(self) -> list[Path]:
        """The mails sent, oldest first."""
        return sorted((self.var / "outbox").glob("*.eml"))

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What `manage.py WORDS`, typed in another terminal, does."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=BASE,
            env={**os.environ, "VAR_DIR": str(self.var)},
            capture_output=True,
            text=True,
            check=False,
        )

    def wait_until_ready(self, seconds: float = 180) -> None:
        """Raises RuntimeError with what was on the terminal when it does not come up."""
        end = time.monotonic() + seconds
        while READY not in self.terminal:
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Mail Monitor did not get ready:\n{self.terminal}")
            time.sleep(0.1)

    def stop(self, number: int = signal.SIGINT) -> int:
        """As Ctrl-C does; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


@contextmanager
def running(
    var: Path, *, ports: Mapping[str, int | str] | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """The same program as `make run`, on free ports, over the folder `var`; ready inside the block."""
    installation = start(var, ports=ports, environment=environment)
    try:
        installation.wait_until_ready()
        yield installation
    finally:
        installation.stop()


def start(
    var: Path, *, ports: Mapping[str, int | str] | None = None, environment: Mapping[str, str] | None = None
) -> Running:
    """Begin to start it; the caller ends it with `stop`."""
    chosen = {**{name: free_port() for name in PORTS}, **(ports or {})}
    given = {**os.environ, **(environment or {}), "VAR_DIR": str(var), "PYTHONUNBUFFERED": "1"}
    given.update({name: str(port) for name, port in chosen.items()})
    var.parent.mkdir(parents=True, exist_ok=True)
    screen = var.parent / f"terminal-{uuid.uuid4().hex}.txt"
    with screen.open("wb") as terminal:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailmonitor.embedded"],
            cwd=BASE,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=subprocess.STDOUT,
        )
    return Running(process, var, chosen, screen)
