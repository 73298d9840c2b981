"""A real PostgreSQL of a test's own, on loopback; each test takes a database of its own."""

import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.processes import directory_for, free_port, program, running, wait_for_port

USER = "mailmonitor"


@dataclass(frozen=True)
class Postgres:
    port: int
    pid: int

    def url(self, database: str = "postgres") -> str:
        return f"postgres://{USER}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of a fresh, empty database."""
        name = f"mailmonitor_{uuid.uuid4().hex}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Without fsync: what dies in a test is the program, never the machine."""
    homes = sorted(str(path) for path in Path("/usr/lib/postgresql").glob("*/bin"))
    initdb, server = (program(name, "postgresql", *homes[::-1]) for name in ("initdb", "postgres"))
    user = "postgres" if os.geteuid() == 0 else ""
    port = free_port()
    with directory_for("postgres") as directory:
        if user:
            shutil.chown(directory, user, user)
        data = directory / "data"
        command = [initdb, "-D", str(data), "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, user=user or None, cwd=directory)
        settings = ("fsync=off", "synchronous_commit=on", "max_connections=200", f"unix_socket_directories={directory}")
        options = [part for setting in settings for part in ("-c", setting)]
        log = directory / "postgres.log"
        start = [server, "-D", str(data), "-h", "127.0.0.1", "-p", str(port), *options]
        with running(start, log=log, stop_signal=signal.SIGINT, user=user) as process:
            wait_for_port(port, process, log)
            started = Postgres(port, process.pid)
            wait_until_it_answers(started)
            yield started


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
