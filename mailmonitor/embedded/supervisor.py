"""Starts everything that Mail Monitor needs on one machine, and ends it together."""

import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import environ

from mailmonitor.embedded.broker import broker_command
from mailmonitor.embedded.children import Child, die_with, mortal, say, stop_all
from mailmonitor.embedded.plan import BASE, CannotStart, Plan, check_broker, check_ports, make_plan, write_environment

READY_SECONDS = 120
STOP_SECONDS = 10
# A process that ends so often at the start will not run at the next try either
HOPELESS = 4


class Stopped(Exception):
    """Somebody asked us to end."""


class Supervisor:
    """The processes of one installation. `servers` outlive `programs`, which use them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.stopping = threading.Event()
        self.servers: list[Child] = []
        self.programs: list[Child] = []
        self.ready = False

    def run(self) -> None:
        """From nothing to ready, and on until it is asked to stop. Raises CannotStart."""
        began = time.monotonic()
        try:
            self.start_servers()
            self.start_web()
            administrator = self.prepare()
            self.start_workers()
            self.wait_until_ready()
            self.ready = True
            self.announce(administrator, time.monotonic() - began)
            while True:
                self.look_after()
        except Stopped:
            say("Stopping ...")
        finally:
            stop_all(self.programs, STOP_SECONDS)
            stop_all(self.servers, STOP_SECONDS)

    def child(self, name: str, command: list[str], **more: str) -> Child:
        environment = {**self.plan.environment, "PYTHONUNBUFFERED": "1", **more}
        return Child(name, command, environment, self.plan.var / "log" / f"{name}.log")

    def start_servers(self) -> None:
        if self.plan.own_broker:
            self.servers.append(self.child("broker", broker_command(self.plan)))
        mail = [sys.executable, "-m", "mailmonitor.embedded.mail_server"]
        self.servers.append(self.child("mail", mail, MAIL_PASSWORD=self.plan.mail_password))
        for server in self.servers:
            server.start()

    def start_web(self) -> None:
        """Before the database is prepared: its start takes as long, and it answers 503 until then."""
        bind = f"127.0.0.1:{self.plan.ports['PORT']}"
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "mailmonitor.wsgi",
            "--no-control-socket",
            "--graceful-timeout",
            "3",
        ]
        self.programs.append(self.child("web", [*gunicorn, "--bind", bind, "--threads", "8"]))
        self.programs[0].start()

    def start_workers(self) -> None:
        self.wait_for_servers()
        celery = [sys.executable, "-m", "celery", "-A", "mailmonitor"]
        workers = [
            self.child("worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip"]),
            self.child("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]),
            self.child("watcher", [sys.executable, "manage.py", "watch_mailboxes"]),
        ]
        for worker in workers:
            self.programs.append(worker)
            worker.start()

    def wait_for_servers(self) -> None:
        ports = [self.plan.ports["SMTP_PORT"]] + ([self.plan.broker_port] if self.plan.own_broker else [])
        end = time.monotonic() + READY_SECONDS
        while not all(accepts(port) for port in ports):
            self.look_after()
            if time.monotonic() > end:
                raise CannotStart(self.complaint("The embedded servers do not answer"))

    def prepare(self) -> dict[str, object]:
        """Runs prepare.py; what it prints holds a password and goes into no log."""
        log = self.plan.var / "log" / "prepare.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "mailmonitor.embedded.prepare"],
                env=dict(self.plan.environment),
                cwd=BASE,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                preexec_fn=mortal(),
            )
        try:
            while process.poll() is None:
                self.look_after()
        finally:
            process.kill()
        output = process.communicate()[0]
        if process.returncode != 0:
            raise CannotStart(f"The database could not be prepared:\n{log.read_text(errors='replace')}")
        told: dict[str, object] = json.loads(output.splitlines()[-1])
        return told

    def wait_until_ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while not is_ready(self.plan.ports["PORT"]):
            self.look_after()
            if time.monotonic() > end:
                raise CannotStart(self.complaint(f"{self.plan.url}/readyz does not answer 200"))

    def look_after(self) -> None:
        """A short while of seeing that everything runs."""
        if self.stopping.wait(0.1):
            raise Stopped
        for child in [*self.servers, *self.programs]:
            child.revive()
            if not self.ready and child.deaths >= HOPELESS:
                raise CannotStart(self.complaint(f"{child.name} cannot be started"))

    def complaint(self, words: str) -> str:
        logs = [f"  {child.log}:\n{child.last_words()}" for child in [*self.servers, *self.programs] if child.deaths]
        return "\n".join([f"{words}. The logs are in {self.plan.var / 'log'}.", *logs])

    def announce(self, administrator: dict[str, object], seconds: float) -> None:
        lines = [f"Mail Monitor is ready: {self.plan.url}"]
        if administrator["password"]:
            lines.append(f"  Sign in as admin with the password {administrator['password']} (shown this once)")
        elif administrator["new"]:
            lines.append("  Sign in as admin with the password from ADMIN_PASSWORD")
        python = os.path.relpath(sys.executable, Path.cwd())
        python = sys.executable if python.startswith("..") else python
        lines += [
            f"  Send a sample report: {python} manage.py send_sample",
            f"  Or mail {self.plan.address} by SMTP at 127.0.0.1:{self.plan.ports['SMTP_PORT']}",
            f"  Started in {seconds:.0f} s; logs are in {self.plan.var / 'log'}; Ctrl-C ends everything",
        ]
        say("\n".join(lines))


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def alone(var: Path) -> Iterator[None]:
    """Nobody else runs over the same files. Raises CannotStart."""
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("log", "static"):
        (var / name).mkdir(exist_ok=True)
    with (var / "embedded.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(f"Mail Monitor already runs over {var}. Set VAR_DIR to another folder.") from error
        yield


def main() -> int:
    """The exit code: 0 after Ctrl-C or SIGTERM, 1 when it cannot start."""
    if "MAKELEVEL" in os.environ:
        die_with(os.getppid())
    environ.Env.read_env(BASE / ".env")
    os.umask(0o077)
    try:
        var = Path(os.environ.get("VAR_DIR") or BASE / "var").resolve()
        with alone(var):
            plan = make_plan(os.environ)
            check_ports(plan)
            check_broker(plan)
            write_environment(plan)
            supervisor = Supervisor(plan)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, lambda *_: supervisor.stopping.set())
            supervisor.run()
    except CannotStart as error:
        say(str(error))
        return 1
    return 0
