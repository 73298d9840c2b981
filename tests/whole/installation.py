"""A whole installation of Mail Monitor as processes, as docker-compose.yml starts them."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.processes import dying_with_parent

ROOT = Path(__file__).parents[2]
ENDS = ("done", "unparseable")
CELERY = [sys.executable, "-m", "celery", "-A", "mailmonitor"]
COMMANDS = {
    "worker-1": [*CELERY, "worker", "-c", "2", "-n", "one@%h", "--loglevel", "INFO"],
    "worker-2": [*CELERY, "worker", "-c", "2", "-n", "two@%h", "--loglevel", "INFO"],
    "beat": [*CELERY, "beat", "--loglevel", "WARNING"],
    "watcher": [sys.executable, "manage.py", "watch_mailboxes"],
}
ON_WISH = {
    "door": [sys.executable, "manage.py", "receive_mail"],
    "beat-2": COMMANDS["beat"],
    **{f"fetcher-{number}": [sys.executable, "manage.py", "fetch_mail"] for number in range(1, 9)},
}


class Installation:
    """Processes over one environment, some with `own` words more; each can be killed and started again."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        self.directory = directory
        self.environment = {**os.environ, **environment, "VAR_DIR": str(directory / "var"), "PYTHONUNBUFFERED": "1"}
        self.own: dict[str, dict[str, str]] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ended = 0

    def manage(self, *words: str) -> str:
        """The output of `manage.py WORDS`; fails with what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *names: str) -> None:
        for name in names or COMMANDS:
            with (self.directory / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    {**COMMANDS, **ON_WISH}[name],
                    cwd=ROOT,
                    env={**self.environment, **self.own.get(name, {})},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=dying_with_parent(signal.SIGKILL),
                )

    def kill(self, name: str) -> None:
        """SIGKILL the process and all its children, as a power cut or the kernel's memory killer would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_one_and_restart(self, chance: random.Random) -> None:
        name = chance.choice(sorted(self.processes))
        self.kill(name)
        self.start(name)

    def keep_up(self) -> None:
        """Start again what ended by itself, as docker-compose.yml does: Celery gives up when a child dies at birth."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.ended += 1
                self.start(name)

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def export(self) -> list[dict[str, Any]]:
        """Every submission, as `manage.py export` tells it."""
        exported: list[dict[str, Any]] = json.loads(self.manage("export", "--format", "json"))
        return exported

    def wait_until(
        self,
        condition: Callable[[list[dict[str, Any]]], bool],
        seconds: float,
        *,
        pause: float = 0.5,
        keeping_up: bool = False,
    ) -> list[dict[str, Any]]:
        """The export as soon as it fulfils the condition; fails with the states when it does not in time."""
        end = time.monotonic() + seconds
        while True:
            if keeping_up:
                self.keep_up()
            exported = self.export()
            if condition(exported):
                return exported
            assert time.monotonic() < end, self.tell(exported)
            time.sleep(pause)

    def tell(self, exported: list[dict[str, Any]]) -> str:
        """What a person needs to see why a test waits in vain."""
        open_rows = [row for row in exported if row["state"] != "done" or has_open_mail(row)]
        logs = "\n".join(f"== {log.name}\n{log.read_text()[-3000:]}" for log in sorted(self.directory.glob("*.log")))
        return f"{len(exported)} submissions, open: {json.dumps(open_rows[:3], indent=1)}\n{logs}"


@contextmanager
def installed(directory: Path, environment: Mapping[str, str]) -> Iterator[Installation]:
    """A migrated installation with nothing started; whatever is running at the end is killed."""
    installation = Installation(directory, environment)
    installation.manage("migrate", "--noinput")
    try:
        yield installation
    finally:
        installation.stop()


def has_open_mail(row: dict[str, Any]) -> bool:
    return any(letter["state"] not in ("sent", "failed", "suppressed") for letter in row["notifications"])


def all_answered(count: int) -> Callable[[list[dict[str, Any]]], bool]:
    """That so many submissions are there, each at its end and every mail about it too."""
    return lambda rows: len(rows) >= count and all(row["state"] in ENDS and not has_open_mail(row) for row in rows)
