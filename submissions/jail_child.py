"""The other side of `jail`: the nursery that forks a child per job, and the child. Imports no Django."""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

JOBS = {
    "extract": ("submissions.extraction.wire", "extract_raw"),
    "extract-with": ("submissions.extraction.wire", "extract_with"),
    "reported": ("submissions.extraction.wire", "reported_raw"),
    "static": ("submissions.sandbox.static.engine", "analyse_wire"),
    "preview": ("submissions.extraction.preview", "preview_wire"),
}
# Of our own making: taking it apart loads the tables that else each child would load for itself
_FIRST_MAIL = b"""\
Subject: first\r
Content-Type: text/html\r
\r
<p>See <a href="https://www.first.example/mail">first.example</a> and https://www.second.example/</p>\r
"""
_PREFIX = 8
_NEW_USER_SPACE, _NEW_NETWORK, _NO_NEW_PRIVILEGES = 0x10000000, 0x40000000, 38  # <linux/sched.h>, <linux/prctl.h>
_MOST_OPEN = 4096
_OUT_OF_MEMORY = 77
_RAISED = 78
_CHUNK = 1024 * 1024

Job = Callable[[bytes], bytes]


def serve(control_number: int) -> None:
    """Take orders until the owner closes the socket, which it does by dying too."""
    control = socket.socket(fileno=control_number)
    _leave_network()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    woken, waker = socket.socketpair()
    woken.setblocking(False)
    waker.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    _resolve("extract")(_FIRST_MAIL)
    while True:
        order, numbers, _, _ = socket.recv_fds(control, 65536, 1)
        if not order:
            return
        control.send(_carry_out(json.loads(order), numbers[0], control, woken).encode())


def _leave_network() -> None:
    """Where the kernel lets us, hostile code has no network to talk to and gains no rights by running programs."""
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    system.unshare(_NEW_USER_SPACE | _NEW_NETWORK)


def _carry_out(order: dict[str, Any], number: int, control: socket.socket, woken: socket.socket) -> str:
    """Fork, wait, and say how the child ended: `ok` or the reason why not."""
    try:
        job = _resolve(order["job"])
    except (KeyError, ImportError, AttributeError) as error:
        os.close(number)
        return f"there is no such job: {error}"
    gc.freeze()
    child = os.fork()
    if child == 0:
        _live(job, number, order)
    os.close(number)
    return _words(_wait(child, control, woken), order)


def _resolve(name: str) -> Job:
    module, function = JOBS[name]
    found: Job = getattr(importlib.import_module(module), function)
    return found


def _wait(child: int, control: socket.socket, woken: socket.socket) -> int:
    """The wait status of the child; the owner's death is the child's too."""
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        ready, _, _ = select.select([control, woken], [], [])
        if woken in ready:
            with contextlib.suppress(BlockingIOError):
                woken.recv(4096)
        if control in ready:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise SystemExit(0)


def _words(status: int, order: dict[str, Any]) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return "ok"
    if code == -signal.SIGXCPU:
        return f"it used more than {order['cpu_seconds']} s of processor time (CPU limit)"
    if code == _OUT_OF_MEMORY:
        return f"it needed more than {order['memory_bytes'] // 1024 // 1024} MiB of memory"
    if code == -signal.SIGXFSZ:
        return "it wrote a file that is too large"
    if code == _RAISED:
        return "it failed with an error of its own (see the log)"
    if code < 0:
        return f"it was killed by signal {signal.Signals(-code).name}"
    return f"it ended with exit status {code}"


def _live(job: Job, number: int, order: dict[str, Any]) -> NoReturn:
    """The child: limits, work, answer, end. It never returns into the nursery's loop."""
    code = _RAISED
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.closerange(3, number)
        os.closerange(number + 1, _MOST_OPEN)
        _set_limits(order)
        _work(job, number)
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    finally:
        if code == _RAISED:
            _last_words()
        os._exit(code)


def _last_words() -> None:
    """Where it failed, without the error's own message: that may hold text of the hostile mail."""
    kind, _, trace = sys.exc_info()
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-6:]]
    sys.stderr.write(f"jailed job failed with {kind.__name__ if kind else 'nothing'} at {' > '.join(places)}\n")
    sys.stderr.flush()


def _set_limits(order: dict[str, Any]) -> None:
    cpu = int(order["cpu_seconds"])
    limits = {
        resource.RLIMIT_CPU: (cpu, cpu + 1),
        resource.RLIMIT_AS: (order["memory_bytes"], order["memory_bytes"]),
        resource.RLIMIT_FSIZE: (order["file_size"], order["file_size"]),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
    }
    for kind, values in limits.items():
        # A system may forbid one of them (a container, another kernel); the others still hold.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, values)


def _work(job: Job, number: int) -> None:
    with socket.socket(fileno=number) as line:
        chunks = []
        while chunk := line.recv(_CHUNK):
            chunks.append(chunk)
        answer = job(b"".join(chunks))
        line.sendall(len(answer).to_bytes(_PREFIX, "big"))
        line.sendall(answer)
