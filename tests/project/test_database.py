"""What is asked of the database at each connection."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet

from mailmonitor.database import configured
from tests.servers.postgres import Postgres

ROOT = Path(__file__).parents[2]
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
STANDS_STILL = """
import os, signal, django
django.setup()
from django.db import connection, transaction
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("UPDATE held SET by = 'the stopped one'")
    print("held", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
"""
MIGRATES = """
import django
django.setup()
from django.core.management.sql import emit_pre_migrate_signal
from django.db import connection
emit_pre_migrate_signal(0, False, "default")
with connection.cursor() as cursor:
    cursor.execute("SHOW idle_in_transaction_session_timeout")
    print(cursor.fetchone()[0], flush=True)
"""


def started(program: str, url: str) -> subprocess.Popen[str]:
    """A program of this project with leases of two seconds, so that it may stand still for one."""
    environment = {
        **os.environ,
        "EMBEDDED": "false",
        "DJANGO_SETTINGS_MODULE": "mailmonitor.settings",
        "SECRET_KEY": "only-for-tests-" * 4,
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "DATABASE_URL": url,
        "LEASE_SECONDS": "2",
    }
    command = [sys.executable, "-c", program]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


@contextmanager
def stopped_in_a_transaction(url: str) -> Iterator[subprocess.Popen[str]]:
    """A program that holds the lock of the one row and does not move."""
    with started(STANDS_STILL, url) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "held\n"
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


@pytest.mark.servers
def test_who_stands_still_in_a_transaction_loses_its_locks(postgres_server: Postgres) -> None:
    url = postgres_server.new_database()
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("CREATE TABLE held (by text)")
        other.execute("INSERT INTO held VALUES ('nobody')")
        with stopped_in_a_transaction(url) as process:
            taken_from = other.execute("UPDATE held SET by = 'another' RETURNING (SELECT by FROM held)").fetchone()

            assert process.poll() is None
            assert taken_from == ("nobody",)


@pytest.mark.servers
def test_a_migration_may_stand_still(postgres_server: Postgres) -> None:
    with started(MIGRATES, postgres_server.new_database()) as process:
        assert process.communicate()[0] == "0\n"


@pytest.mark.servers
def test_a_commit_waits_for_the_disk_whatever_the_database_is_set_to(postgres_server: Postgres) -> None:
    url = postgres_server.new_database()
    options = configured(url, HOUR)["OPTIONS"]
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(f"ALTER DATABASE {link.info.dbname} SET synchronous_commit = off")

    with psycopg.connect(url, **options) as link:
        assert link.execute("SHOW synchronous_commit").fetchone() == ("on",)


@pytest.mark.parametrize(
    ("shortest", "told"), [(HOUR, "60000ms"), (10 * SECOND, "5000ms"), (timedelta(seconds=180), "60000ms")]
)
def test_the_longest_standstill_is_half_a_lease_and_a_minute_at_most(shortest: timedelta, told: str) -> None:
    options = configured("postgres://user@127.0.0.1/name", HOUR, shortest)["OPTIONS"]["options"]

    assert f"idle_in_transaction_session_timeout={told}" in options


def test_what_the_address_of_the_database_says_counts() -> None:
    url = "postgres://user@host/name?sslmode=verify-full&connect_timeout=3&options=-c%20search_path%3Dmail"

    options = configured(url, HOUR)["OPTIONS"]

    assert (options["sslmode"], int(options["connect_timeout"])) == ("verify-full", 3)
    assert options["options"].endswith("-c search_path=mail")


def test_sqlite_syncs_each_commit_and_takes_its_lock_at_the_beginning() -> None:
    options = configured("sqlite:////tmp/db.sqlite3", HOUR)["OPTIONS"]

    assert "synchronous=FULL" in options["init_command"]
    assert options["transaction_mode"] == "IMMEDIATE"
