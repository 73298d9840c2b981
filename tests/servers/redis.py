"""A real Redis of a test's own, on loopback and in memory alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis as redis_client

from tests.servers.processes import directory_for, free_port, program, running, wait_for_port


@dataclass(frozen=True)
class Redis:
    port: int
    pid: int

    def url(self, database: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"

    def flush(self) -> None:
        """Forget everything, as a broker without persistence does when it is started anew."""
        client = redis_client.Redis(port=self.port)
        client.flushall()
        client.close()


@contextmanager
def redis() -> Iterator[Redis]:
    binary = program("redis-server", "redis-server")
    port = free_port()
    with directory_for("redis") as directory:
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory), "--save", ""]
        log = directory / "redis.log"
        with running(command, log=log) as process:
            wait_for_port(port, process, log)
            yield Redis(port, process.pid)
