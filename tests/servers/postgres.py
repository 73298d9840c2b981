"""A real PostgreSQL of a test's own, on loopback; each test takes a database of its own."""

import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.processes import directory_for, free_port, program, start, stop, wait_for_port

USER = "mailmonitor"


@dataclass
class Postgres:
    port: int
    process: subprocess.Popen[bytes]
    start_again: Callable[[], subprocess.Popen[bytes]]

    @property
    def pid(self) -> int:
        return self.process.pid

    def url(self, database: str = "postgres") -> str:
        return f"postgres://{USER}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of a fresh, empty database."""
        name = f"mailmonitor_{uuid.uuid4().hex}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def fail_over(self) -> None:
        """Stop at once, as `pg_ctl stop -m immediate` does, and come back on the same data."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        self.process = self.start_again()
        wait_until_it_answers(self)

    def cut(self) -> None:
        """Close every connection to it."""
        words = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> ''"
        with psycopg.connect(self.url(), autocommit=True) as link:
            link.execute(words)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Without fsync: what dies in a test is the program, never the machine."""
    user = "postgres" if os.geteuid() == 0 else ""
    port = free_port()
    with directory_for("postgres") as directory:
        data, log = initialised(directory, user), directory / "postgres.log"
        settings = ("fsync=off", "synchronous_commit=on", "max_connections=200", f"unix_socket_directories={directory}")
        options = [part for setting in settings for part in ("-c", setting)]
        command = [found("postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), *options]
        begin = partial(start, command, log=log, stop_signal=signal.SIGINT, user=user)
        server = Postgres(port, begin(), begin)
        try:
            wait_for_port(port, server.process, log)
            wait_until_it_answers(server)
            yield server
        finally:
            stop(server.process, signal.SIGINT)


def initialised(directory: Path, user: str) -> Path:
    """An empty cluster, owned by the account that may run the server."""
    if user:
        shutil.chown(directory, user, user)
    data = directory / "data"
    command = [found("initdb"), "-D", str(data), "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(command, check=True, capture_output=True, user=user or None, cwd=directory)
    return data


def found(name: str) -> str:
    homes = sorted(str(path) for path in Path("/usr/lib/postgresql").glob("*/bin"))
    return program(name, "postgresql", *homes[::-1])


def wait_until_it_answers(server: Postgres, seconds: float = 30) -> None:
    """It listens before it takes connections ("the database system is starting up")."""
    end = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(server.url()).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
