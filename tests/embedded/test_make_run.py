"""What `make run` starts: the whole product on one machine, as a newcomer meets it."""

import email
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import Message
from pathlib import Path

import pytest

from mailmonitor import embedded
from tests.servers.processes import directory_for

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def installation() -> Iterator[embedded.Running]:
    with directory_for("run") as var, embedded.running(var / "var") as running:
        yield running


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def family(pid: int) -> set[int]:
    """The process and all below it."""
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return {pid}.union(*(family(int(child)) for child in children))
    return set()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def answers_to(reporter: str, installation: embedded.Running) -> list[Message]:
    mails = [email.message_from_bytes(path.read_bytes()) for path in installation.outbox()]
    return [mail for mail in mails if reporter in str(mail["To"])]


def test_it_says_where_it_is_how_to_sign_in_and_what_to_try(installation: embedded.Running) -> None:
    lines = installation.terminal.splitlines()

    assert f"Mail Monitor is ready: {installation.url}" in lines
    assert len(installation.password) >= 12
    assert "manage.py send_sample" in installation.terminal


def test_its_pages_answer(installation: embedded.Running) -> None:
    with urllib.request.urlopen(f"{installation.url}/login/") as answer:
        assert answer.status == 200


def test_a_sample_report_is_received_and_judged(installation: embedded.Running) -> None:
    sent = installation.manage("send_sample", "--reporter", "alice@corp.example")

    assert sent.returncode == 0, sent.stderr
    assert until(lambda: len(answers_to("alice@corp.example", installation)) == 2)
    receipt, verdict = answers_to("alice@corp.example", installation)
    assert receipt["In-Reply-To"]
    assert verdict["In-Reply-To"] == receipt["In-Reply-To"]


def test_what_is_secret_is_readable_by_the_owner_alone(installation: embedded.Running) -> None:
    files = [path for path in installation.var.rglob("*") if path.is_file()]

    assert [path for path in files if path.stat().st_mode & 0o077] == []


def test_no_log_holds_a_password(installation: embedded.Running) -> None:
    secrets = {installation.password, (installation.var / "mail_password").read_text()}

    logs = "".join(path.read_text(errors="replace") for path in (installation.var / "log").iterdir())

    assert not [secret for secret in secrets if secret in logs]


def test_a_process_that_dies_is_named_and_comes_back(installation: embedded.Running) -> None:
    watchers = [pid for pid in family(installation.process.pid) if "watch_mailboxes" in command(pid)]

    os.kill(watchers[0], signal.SIGKILL)

    assert until(lambda: "watcher was ended by SIGKILL; it starts again in" in installation.terminal)
    assert until(lambda: any("watch_mailboxes" in command(pid) for pid in family(installation.process.pid)))


def test_it_names_the_port_that_is_taken_and_the_setting_that_changes_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = embedded.start(tmp_path / "var", ports={"SMTP_PORT": port})
        code = other.process.wait(60)

    assert code == 1
    assert f"Port {port} (incoming mail) is taken. Choose another: SMTP_PORT=" in other.terminal


@pytest.mark.parametrize("port", ["0", "70000", "eighty"])
def test_it_refuses_what_is_no_port(tmp_path: Path, port: str) -> None:
    other = embedded.start(tmp_path / "var", ports={"PORT": port})

    assert other.process.wait(60) == 1
    assert f'PORT is "{port}"' in other.terminal


def test_it_does_not_start_twice_over_the_same_files(installation: embedded.Running) -> None:
    other = embedded.start(installation.var)

    assert other.process.wait(60) == 1
    assert "already runs over" in other.terminal


def test_it_says_which_setting_is_wrong(tmp_path: Path) -> None:
    other = embedded.start(tmp_path / "var", environment={"SANDBOX": "nonsense"})

    assert other.process.wait(120) == 1
    assert 'SANDBOX is "nonsense"' in other.terminal


def test_a_broker_that_is_named_and_does_not_answer_is_said(tmp_path: Path) -> None:
    other = embedded.start(tmp_path / "var", environment={"REDIS_URL": "redis://127.0.0.1:1/0"})

    assert other.process.wait(60) == 1
    assert "REDIS_URL names 127.0.0.1:1, which does not answer" in other.terminal


def test_it_ends_whole_starts_again_with_its_data_and_leaves_nothing_when_killed() -> None:
    with directory_for("run") as directory:
        first = embedded.start(directory / "var", environment={"ADMIN_PASSWORD": "a password of my own"})
        first.wait_until_ready()
        processes = family(first.process.pid)
        first.manage("send_sample")
        assert until(lambda: len(first.outbox()) > 0), first.terminal

        assert "from ADMIN_PASSWORD" in first.terminal
        assert first.stop() == 0
        assert not [command(pid) for pid in processes if alive(pid)]

        second = embedded.start(directory / "var")
        second.wait_until_ready()
        processes = family(second.process.pid)

        assert "Sign in as" not in second.terminal
        assert '"reporter": "you@example.com"' in second.manage("export", "--format", "json").stdout
        second.stop(signal.SIGKILL)
        assert until(lambda: not [pid for pid in processes if alive(pid)], 30), [
            command(pid) for pid in processes if alive(pid)
        ]
