"""Start a server for a test and be sure that nothing of it is left, even when the test run is killed."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


@contextmanager
def directory_for(server: str) -> Iterator[Path]:
    """A place that a server may enter even when it drops its rights; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix=f"mailmonitor-{server}-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        place.chmod(0o755)
        yield place


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def program(name: str, package: str, *places: str) -> str:
    """The path of a server's program; where it is missing the test fails and names the Debian package."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin", *places]))
    if not found:
        raise RuntimeError(f"{name} is not installed: apt-get install {package} (or ./.ci/packages test as root)")
    return found


def dying_with_parent(number: int) -> Callable[[], None]:
    """For `preexec_fn`: runs after the change of user, which would clear the wish."""
    parent = os.getpid()

    def prepare() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


@contextmanager
def running(
    command: Sequence[str],
    *,
    log: Path,
    stop_signal: int = signal.SIGTERM,
    user: str = "",
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a session of its own; it gets `stop_signal`, and SIGKILL for the whole group after 10 s."""
    process = start(command, log=log, stop_signal=stop_signal, user=user, environment=environment)
    try:
        yield process
    finally:
        stop(process, stop_signal)


def start(
    command: Sequence[str],
    *,
    log: Path,
    stop_signal: int = signal.SIGTERM,
    user: str = "",
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Like `running`, for who stops it himself; it gets `stop_signal` when this process ends."""
    account = pwd.getpwnam(user) if user else None
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            preexec_fn=dying_with_parent(stop_signal),
        )


def stop(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
    if process.poll() is None:
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path, *, seconds: float = 20) -> None:
    """Until something accepts on the loopback port. Fails with the log's end when the process ends before."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args} does not listen at port {port}:\n{log.read_text(errors='replace')[-2000:]}")
