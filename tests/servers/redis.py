"""A real Redis of a test's own, on loopback and in memory alone."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import redis as redis_client

from tests.servers.processes import directory_for, free_port, program, start, stop, wait_for_port


@dataclass
class Redis:
    port: int
    process: subprocess.Popen[bytes]
    start_again: Callable[[], subprocess.Popen[bytes]]

    @property
    def pid(self) -> int:
        return self.process.pid

    def url(self, database: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"

    def flush(self) -> None:
        """Forget everything, as a broker without persistence does when it is started anew."""
        client = redis_client.Redis(port=self.port)
        client.flushall()
        client.close()

    def restart(self) -> None:
        """Die and come back with nothing."""
        self.process.kill()
        self.process.wait()
        self.process = self.start_again()


@contextmanager
def redis() -> Iterator[Redis]:
    binary = program("redis-server", "redis-server")
    port = free_port()
    with directory_for("redis") as directory:
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory), "--save", ""]
        log = directory / "redis.log"
        begin = partial(start, command, log=log)
        server = Redis(port, begin(), begin)
        try:
            wait_for_port(port, server.process, log)
            yield server
        finally:
            stop(server.process)
