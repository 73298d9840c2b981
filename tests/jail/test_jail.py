import ctypes
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from submissions import jail
from submissions.extraction import wire
from submissions.jail import JailBroken, JailLimits
from tests.extraction.reading import extracted, raw

JOBS = [
    "echo", "spin", "sleep", "eat", "crash", "fail", "leave", "kill_nursery", "environment", "modules", "open_files",
    "process", "connect",
]  # fmt: skip
START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from submissions import jail_child; "
    f"jail_child.JOBS.update({{name: ('tests.jail.misbehaving', name) for name in {JOBS!r}}}); "
    "jail_child.serve(int(sys.argv[2]))"
)


@pytest.fixture(autouse=True)
def _with_misbehaving_jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(jail, "_START", START)
    jail._discard_nursery()
    yield
    jail._discard_nursery()


def test_it_extracts_a_mail() -> None:
    answer = jail.run("extract", raw("attached-base64"))

    assert wire.load(answer) == extracted("attached-base64")


def test_a_large_payload_goes_there_and_back() -> None:
    payload = os.urandom(20_000_000)

    assert jail.run("echo", payload) == payload
    assert jail.run("echo", b"") == b""


@pytest.mark.parametrize(
    ("job", "limits", "words"),
    [
        ("spin", JailLimits(cpu_seconds=1), "CPU limit"),
        ("spin", JailLimits(seconds=0.5), "wall time"),
        ("sleep", JailLimits(seconds=0.5), "wall time"),
        ("eat", JailLimits(memory_bytes=512 << 20), "512 MiB of memory"),
        ("crash", JailLimits(), "killed by signal SIGSEGV"),
        ("fail", JailLimits(), "error of its own"),
        ("leave", JailLimits(), "cut off or nonsense"),
        ("kill_nursery", JailLimits(seconds=5), "killed"),
        ("echo", JailLimits(answer_bytes=2), "too long"),
        ("unheard-of", JailLimits(), "no such job"),
    ],
)
def test_a_job_that_breaks_is_named_and_the_next_one_runs(job: str, limits: JailLimits, words: str) -> None:
    with pytest.raises(JailBroken, match=words) as broken:
        jail.run(job, b"four", limits)

    assert words in broken.value.reason
    assert jail.run("echo", b"next") == b"next"


def test_wall_time_also_ends_a_child_that_does_not_listen() -> None:
    start = time.monotonic()

    with pytest.raises(JailBroken, match="wall time"):
        jail.run("sleep", bytes(10_000_000), JailLimits(seconds=0.5))

    assert time.monotonic() - start < 5


def test_each_job_has_a_process_of_its_own() -> None:
    assert jail.run("process", b"") != jail.run("process", b"")


def test_no_secret_of_the_environment_reaches_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    jail._discard_nursery()

    names = jail.run("environment", b"").decode().split("\n")

    assert "SECRET_KEY" not in names
    assert set(names) <= {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TMPDIR"}


def test_django_is_not_there() -> None:
    jail.run("extract", raw("phish"))

    modules = jail.run("modules", b"").decode().split("\n")

    assert "submissions.extraction.extract" in modules
    assert not [name for name in modules if name.partition(".")[0] in ("django", "celery", "submissions.models")]


def test_the_job_holds_no_file_but_its_own_line() -> None:
    numbers = jail.run("open_files", b"").decode().split("\n")

    assert len([number for number in numbers if int(number) > 2]) <= 2


def test_the_job_has_no_network_where_the_kernel_lets_us_take_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        outcome = int(jail.run("connect", str(server.getsockname()[1]).encode()))

    assert (outcome != 0) == _may_leave_network()


def test_a_forked_process_gets_a_nursery_of_its_own() -> None:
    first = jail._ready_nursery().process.pid

    child = os.fork()
    if child == 0:
        ok = jail._nursery is None and jail.run("echo", b"x") == b"x" and jail._ready_nursery().process.pid != first
        jail._discard_nursery()
        os._exit(0 if ok else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert jail.run("echo", b"y") == b"y"
    assert jail._ready_nursery().process.pid == first


def test_the_nursery_ends_with_its_owner() -> None:
    reading, writing = os.pipe()
    owner = os.fork()
    if owner == 0:
        os.write(writing, str(jail._ready_nursery().process.pid).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(owner, 0)

    nursery = int(os.read(reading, 20))

    os.close(reading)
    os.close(writing)
    assert _ends(nursery)


def test_a_nursery_that_was_killed_is_replaced() -> None:
    nursery = jail._ready_nursery().process
    os.kill(nursery.pid, signal.SIGKILL)
    nursery.wait()

    assert jail.run("echo", b"x") == b"x"


def _ends(process_id: int) -> bool:
    for _ in range(100):
        try:
            state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def _may_leave_network() -> bool:
    child = os.fork()
    if child == 0:
        os._exit(0 if ctypes.CDLL(None).unshare(0x10000000 | 0x40000000) == 0 else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
