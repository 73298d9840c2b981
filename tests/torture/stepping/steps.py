"""One step in a process of its own: what it did, where it was struck, how it ended."""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from celery.app.task import Task
from django.db import connection
from django.db.models.functions import Now

from mailmonitor.models import LeaseLost, WorkRow
from notifications import outbox
from notifications import tasks as letters
from notifications.models import Notification
from submissions import intake, jail_child, mailboxes, recovery, tasks
from submissions.models import Analysis, Mailbox, Submission
from tests.torture.stepping.effects import Effects

ROWS: tuple[type[WorkRow], ...] = (Mailbox, Submission, Analysis, Notification)
MINUTE = timedelta(minutes=1)
STALE, FAILED = 3, 4
Blow = Callable[[], None]


def swept(_: int) -> None:
    tasks.sweep()


def delivered(_: int) -> None:
    letters.deliver_due()


STEPS: dict[str, Callable[[int], None]] = {
    "fetch": tasks.fetch,
    "unpack": tasks.unpack,
    "submit": tasks.submit,
    "poll": tasks.poll,
    "reconcile": tasks.reconcile,
    "conclude": tasks.conclude,
    "deliver": letters.deliver,
    "sweep": swept,
    "deliver_due": delivered,
}


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


@dataclass
class Step:
    """A forked step. `target` is the name of the point at which `blow` falls; empty for none."""

    name: str
    pk: int
    target: str = ""
    blow: Blow = kill
    points: list[str] = field(default_factory=list)
    struck: bool = False
    words: str = ""
    code: int = 0

    def start(self) -> "Step":
        connection.close()
        self._reader, writer = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            self._live(writer)
        os.close(writer)
        return self

    def wait(self) -> "Step":
        """Until it has ended."""
        _, status = os.waitpid(self.process, 0)
        return self.read(status)

    def read(self, status: int) -> "Step":
        """What it told until it ended."""
        self.code = os.waitstatus_to_exitcode(status)
        with os.fdopen(self._reader, errors="replace") as told:
            lines = told.read()
        names, _, self.words = lines.partition("\0")
        self.points = names.splitlines()
        self.struck = self.target in self.points
        return self

    def wait_until_stopped(self) -> bool:
        """Whether it stands still now; False when it came to its end without meeting the point."""
        _, status = os.waitpid(self.process, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            return True
        self.read(status)
        return False

    def go_on(self) -> "Step":
        os.kill(self.process, signal.SIGCONT)
        return self.wait()

    def _live(self, writer: int) -> None:
        def strike(point: str) -> None:
            os.write(writer, f"{point}\n".encode())
            if point == self.target:
                self.blow()

        code = 0
        try:
            Effects(strike).install()
            STEPS[self.name](self.pk)
        except LeaseLost:
            code = STALE
        except BaseException:
            os.write(writer, b"\0" + traceback.format_exc()[-3000:].encode())
            code = FAILED
        finally:
            sys.stderr.flush()
            os._exit(code)


def without_jail(job: str, payload: bytes, limits: object) -> bytes:
    """The child process for hostile bytes has campaigns of its own; here its start would be most of the time."""
    return jail_child._resolve(job)(payload)


def prepare() -> None:
    """Load in the parent what every step needs."""
    intake.run_in_jail = without_jail  # type: ignore[assignment]
    mailboxes.from_environment()
    Task.apply_async = lambda *_, **__: None  # type: ignore[method-assign]


def warm() -> None:
    """After one mail went all the way in this very process, a fork has nothing left to load."""
    while not is_quiet() or not Submission.objects.exists():
        for name, pk in [*due(), ("sweep", 0), ("deliver_due", 0)]:
            STEPS[name](pk)
        pass_time()
    gc.collect()
    gc.freeze()


def due() -> Iterator[tuple[str, int]]:
    """What the rows say is to be done now, in the order of the way of a mail."""
    yield from (("fetch", pk) for pk in mailboxes.due())
    waiting = recovery.due()
    yield from (("unpack", pk) for pk in waiting.unpack)
    yield from (("submit", pk) for pk in waiting.submit)
    yield from (("poll", pk) for pk in waiting.poll)
    yield from (("reconcile", pk) for pk in waiting.reconcile)
    yield from (("conclude", pk) for pk in waiting.conclude)
    yield from (("deliver", pk) for pk in outbox.due())


def pass_time() -> None:
    """Whatever waits is due now and every lease has ended: time is moved on instead of waited for."""
    Mailbox.objects.update(reconciled_at=Now() - 20 * MINUTE)
    for rows in ROWS:
        rows._default_manager.filter(due_at__gt=Now()).update(due_at=Now() - MINUTE)
        rows._default_manager.filter(lease_ends_at__isnull=False).update(lease_ends_at=Now() - MINUTE)


def is_quiet() -> bool:
    """Nothing is open any more but the mailboxes themselves."""
    return not any(rows._default_manager.filter(due_at__isnull=False).exists() for rows in ROWS if rows is not Mailbox)
