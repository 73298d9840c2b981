"""The processes of `make run`: each in a session of its own, with a log, started again when it dies."""

import ctypes
import logging
import logging.handlers
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

LOG_BYTES = 10_000_000
PR_SET_PDEATHSIG = 1
LONGEST_PAUSE = 30.0
# Having run for so many seconds, a process is no longer one that cannot start
SETTLED = 60.0
ERROR = re.compile(rb"\b(ERROR|CRITICAL|FATAL)\b|^Traceback |^[\w.]+(Error|Exception): ")


def say(text: str) -> None:
    """To the terminal, which may have been closed."""
    with suppress(OSError, ValueError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def die_with(parent: int, number: int = signal.SIGTERM) -> None:
    """Have the kernel end this process when `parent` dies, so that nothing is left over (Linux only)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)


def mortal() -> Callable[[], None]:
    """For `preexec_fn`: the child dies with us."""
    parent = os.getpid()
    return lambda: die_with(parent)


@dataclass
class Child:
    """One process. `start` it from the main thread only: it dies with the thread that started it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    pause: float = 1.0
    due_at: float = 0
    deaths: int = 0
    writer: logging.Logger = field(init=False)

    def __post_init__(self) -> None:
        self.writer = logging.Logger(self.name)
        self.writer.addHandler(
            logging.handlers.RotatingFileHandler(self.log, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
        )

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=mortal(),
        )
        threading.Thread(target=self.keep, args=(self.process.stdout,), daemon=True).start()

    def keep(self, output: IO[bytes]) -> None:
        """Every line into the log; errors also to the terminal, with the name in front."""
        for line in output:
            text = line.rstrip().decode(errors="replace")
            self.writer.info("%s", text)
            if ERROR.search(line):
                say(f"{self.name} | {text}")
        output.close()

    def revive(self) -> None:
        """Start it again when it has died, after a pause that doubles until it runs for a while."""
        if self.process is not None and self.process.poll() is not None:
            settled = time.monotonic() - self.started_at > SETTLED
            self.pause = 1.0 if settled else min(LONGEST_PAUSE, self.pause * 2)
            self.deaths = 1 if settled else self.deaths + 1
            self.due_at = time.monotonic() + self.pause
            say(f"{self.name} {ending(self.process.returncode)}; it starts again in {self.pause:.0f} s ({self.log})")
            self.sweep()
            self.process = None
        if self.process is None and time.monotonic() >= self.due_at:
            self.start()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stopped(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def sweep(self) -> None:
        """SIGKILL for whatever is left of its session."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self, lines: int = 15) -> str:
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def ending(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def stop_all(children: Sequence[Child], seconds: float) -> None:
    """SIGTERM to each, SIGKILL to whatever still runs afterwards."""
    for child in children:
        child.ask_to_stop()
    end = time.monotonic() + seconds
    while time.monotonic() < end and not all(child.stopped() for child in children):
        time.sleep(0.05)
    for child in children:
        if not child.stopped():
            say(f"{child.name} did not end within {seconds:.0f} s and is killed")
        child.sweep()
