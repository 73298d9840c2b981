"""A real Redis of a test's own, on loopback and in memory alone."""

import signal
import subprocess
import time
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
        with redis_client.Redis(port=self.port) as client:
            client.flushall()

    def refuse(self, seconds: float) -> None:
        """Have no memory left: drop whatever there is and take nothing more."""
        with redis_client.Redis(port=self.port) as client:
            client.config_set("maxmemory-policy", "allkeys-random")
            client.config_set("maxmemory", "1")
            time.sleep(seconds)
            client.config_set("maxmemory", "0")

    def fall_silent(self, seconds: float) -> None:
        """Stand still: whoever connects meanwhile gets no answer."""
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)

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
