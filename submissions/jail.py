"""Run a pure function on hostile bytes in a process that dies alone.

One helper process per worker process, the nursery, has the code imported and forks a child for each job: a
fork costs milliseconds where a new interpreter costs most of a second. `multiprocessing` is no way out, for
the workers of Celery are daemonic and may not have children of its kind. The child talks to us through a
socket of its own, so a child that was taken over can spoil only its own answer.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

MEBIBYTE = 1024 * 1024
_CHUNK = 1024 * 1024
_ROOT = Path(__file__).resolve().parent.parent
_PREFIX = 8
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from submissions import jail_child; jail_child.serve(int(sys.argv[2]))"
)
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TMPDIR")


class JailBroken(Exception):
    """The job gave no answer; `reason` says why, in words: killed, out of memory, too slow, nonsense."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class JailLimits:
    """What one job may use. `seconds` is wall time; `answer_bytes` is the longest answer that is read."""

    cpu_seconds: int = 60
    memory_bytes: int = 1024 * MEBIBYTE
    seconds: float = 120
    file_size: int = 256 * MEBIBYTE
    answer_bytes: int = 512 * MEBIBYTE


def run(job: str, payload: bytes, limits: JailLimits = JailLimits()) -> bytes:
    """The answer of the job named `job` (see `jail_child.JOBS`) to `payload`; raises only `JailBroken`."""
    with _lock:
        try:
            return _ready_nursery().run(job, payload, limits)
        except (OSError, EOFError) as error:
            _discard_nursery()
            raise JailBroken(f"the child process could not be reached: {error}") from error
        except JailBroken:
            if _nursery is not None and _nursery.is_spoilt:
                _discard_nursery()
            raise


class _Nursery:
    """The helper process as its owner sees it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-c", _START, str(_ROOT), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ},
                cwd="/",
                start_new_session=True,
            )
        self.control = ours
        self.is_spoilt = False

    def run(self, job: str, payload: bytes, limits: JailLimits) -> bytes:
        deadline = time.monotonic() + limits.seconds
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                order = json.dumps({"job": job, **asdict(limits)}).encode()
                socket.send_fds(self.control, [order], [theirs.fileno()])
            answer = self._talk(ours, payload, limits, deadline)
        return _complete(answer, self._end_of_child(deadline))

    def _talk(self, ours: socket.socket, payload: bytes, limits: JailLimits, deadline: float) -> bytes:
        """Writing and reading at once: a child that dies early closes its end while we still write."""
        ours.setblocking(False)
        waiting, answer = memoryview(payload), bytearray()
        if not waiting:
            ours.shutdown(socket.SHUT_WR)
        while True:
            self._wait(ours, deadline, writing=len(waiting) > 0)
            if waiting:
                waiting = _send(ours, waiting)
                if not waiting:
                    ours.shutdown(socket.SHUT_WR)
            try:
                chunk = ours.recv(_CHUNK)
            except BlockingIOError:
                continue
            except ConnectionResetError:
                return bytes(answer)
            if not chunk:
                return bytes(answer)
            answer += chunk
            if len(answer) > limits.answer_bytes:
                self._give_up("the answer is too long")

    def _wait(self, ours: socket.socket, deadline: float, *, writing: bool) -> None:
        left = deadline - time.monotonic()
        ready = select.select([ours], [ours] if writing else [], [], max(left, 0))
        if left <= 0 or not (ready[0] or ready[1]):
            self._give_up("it took too long (wall time)")

    def _end_of_child(self, deadline: float) -> str:
        """How the nursery saw the child end: `ok`, or the reason why not."""
        self.control.settimeout(max(deadline - time.monotonic(), 1))
        try:
            words = self.control.recv(4096)
        except TimeoutError:
            self._give_up("it took too long (wall time)")
        if not words:
            self.is_spoilt = True
            raise JailBroken("the child process and its parent were killed")
        return words.decode()

    def _give_up(self, reason: str) -> NoReturn:
        self.is_spoilt = True
        raise JailBroken(reason)

    def end(self) -> None:
        self.control.close()
        if self.process.poll() is None:
            _kill_session(self.process.pid)
        self.process.wait()


def _send(ours: socket.socket, waiting: memoryview) -> memoryview:
    try:
        return waiting[ours.send(waiting[:_CHUNK]) :]
    except BlockingIOError:
        return waiting
    except (BrokenPipeError, ConnectionResetError):
        return waiting[:0]


def _complete(answer: bytes, end: str) -> bytes:
    """The answer without its length prefix; the length shows that the child came to its end."""
    if end != "ok":
        raise JailBroken(end)
    length = int.from_bytes(answer[:_PREFIX], "big")
    if len(answer) < _PREFIX or len(answer) - _PREFIX != length:
        raise JailBroken("the answer is cut off or nonsense")
    return answer[_PREFIX:]


def _ready_nursery() -> _Nursery:
    global _nursery
    if _nursery is not None and _nursery.process.poll() is not None:
        _discard_nursery()
    if _nursery is None:
        _nursery = _Nursery()
    return _nursery


def _discard_nursery() -> None:
    global _nursery
    if _nursery is not None:
        _nursery.end()
        _nursery = None


def _forget_nursery() -> None:
    """After a fork the nursery belongs to the parent; it must see the end of its socket when the parent dies."""
    global _nursery, _lock
    if _nursery is not None:
        _nursery.control.close()
        _nursery.process.returncode = 0
        _nursery = None
    _lock = threading.Lock()


def _kill_session(process_id: int) -> None:
    try:
        os.killpg(process_id, signal.SIGKILL)
    except ProcessLookupError:
        return


_nursery: _Nursery | None = None
_lock = threading.Lock()
os.register_at_fork(after_in_child=_forget_nursery)
atexit.register(_discard_nursery)
