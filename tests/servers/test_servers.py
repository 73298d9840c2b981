"""The servers that tests stand on: they start, answer, and leave nothing behind."""

import os
import signal
import smtplib
import subprocess
import sys
import time
from contextlib import suppress

import psycopg
import pytest
from redis import Redis as RedisClient

from tests.servers.postgres import Postgres
from tests.servers.processes import program
from tests.servers.redis import Redis
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.servers


def test_redis_answers(redis_server: Redis) -> None:
    with RedisClient.from_url(redis_server.url()) as client:
        assert client.ping()


def test_each_test_gets_an_empty_database_of_postgresql(postgres_server: Postgres) -> None:
    for _ in range(2):
        with psycopg.connect(postgres_server.new_database()) as connection:
            connection.execute("CREATE TABLE mails (id int)")

            rows = connection.execute("SELECT count(*) FROM mails").fetchone()

        assert rows == (0,)


def test_the_smtp_sink_keeps_a_mail_before_it_acknowledges_it(smtp_server: SmtpSink) -> None:
    smtp_server.clear()
    raw = b"Subject: kept\r\n\r\n.a line that begins with a dot\r\n"

    with smtplib.SMTP("127.0.0.1", smtp_server.port) as client:
        client.sendmail("a@example.com", ["b@example.org", "c@example.org"], raw)
        accepted = smtp_server.mails()

    assert [(mail.sender, mail.recipients, mail.raw) for mail in accepted] == [
        ("a@example.com", ["b@example.org", "c@example.org"], raw)
    ]
    assert accepted[0].message["Subject"] == "kept"


def test_a_missing_server_is_named_with_its_package() -> None:
    with pytest.raises(RuntimeError, match="apt-get install imaginary-package"):
        program("no-such-server", "imaginary-package")


SCRIPT = """
import sys
from contextlib import ExitStack
from tests.servers.dovecot import dovecot
from tests.servers.postgres import postgres
from tests.servers.redis import redis
from tests.servers.smtp_sink import smtp_sink
stack = ExitStack()
servers = [stack.enter_context(start()) for start in (dovecot, postgres, redis, smtp_sink)]
import subprocess
print(open("/proc/self/task/%d/children" % __import__("os").getpid()).read(), flush=True)
sys.stdin.read()
"""


def test_servers_end_with_a_test_run_that_is_killed() -> None:
    run = subprocess.Popen([sys.executable, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with run:
        assert run.stdout is not None
        children = [int(number) for number in run.stdout.readline().split()]
        run.send_signal(signal.SIGKILL)

    assert len(children) == 4
    assert not still_alive(children, seconds=15)


def still_alive(pids: list[int], *, seconds: float) -> list[int]:
    end = time.monotonic() + seconds
    while (alive := [pid for pid in pids if runs(pid)]) and time.monotonic() < end:
        time.sleep(0.1)
    return alive


def runs(pid: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] != "Z" and os.getpgid(pid) > 0
    return False
