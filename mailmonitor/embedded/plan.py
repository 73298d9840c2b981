"""What `make run` is going to start: ports, places and the environment of its processes."""

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

BASE = Path(__file__).resolve().parents[2]
PORTS = {"PORT": 8000, "SMTP_PORT": 2525, "IMAP_PORT": 1143}
PURPOSE = {"PORT": "the pages", "SMTP_PORT": "incoming mail", "IMAP_PORT": "the mailbox"}


class CannotStart(Exception):
    """Why nothing can be started, in words that say what to do."""


@dataclass(frozen=True)
class Plan:
    """`environment` is what every process gets. `own_broker` says whether we start one, at `broker_port`."""

    var: Path
    ports: Mapping[str, int]
    environment: Mapping[str, str]
    mail_password: str
    broker_port: int
    broker_password: str
    own_broker: bool

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['PORT']}"

    @property
    def address(self) -> str:
        return self.environment["SANDBOX_ADDRESS"]


def make_plan(given: Mapping[str, str]) -> Plan:
    """The plan for this environment. Whatever is set in it (or in NAME_FILE) is left as it is."""
    var = Path(given.get("VAR_DIR") or BASE / "var").resolve()
    ports = {name: read_port(name, given) for name in PORTS}
    broker_port, broker_password = free_port(), secrets.token_urlsafe(16)
    mail_password = kept_secret(var / "mail_password")
    address = given.get("SANDBOX_ADDRESS") or "sandbox@localhost"
    own = {
        "SANDBOX_ADDRESS": address,
        "PUBLIC_URL": f"http://127.0.0.1:{ports['PORT']}",
        "REDIS_URL": f"redis://:{broker_password}@127.0.0.1:{broker_port}/0",
        "MAILBOX_URL": f"imap://{quote(address, safe='')}:{mail_password}@127.0.0.1:{ports['IMAP_PORT']}/INBOX",
        "EMAIL_URL": f"smtp://127.0.0.1:{ports['SMTP_PORT']}",
    }
    if is_given("EMAIL_URL", given):
        # Mails leave the machine: without a word from the owner nobody outside is answered
        own["REPORTER_DOMAINS"] = "localhost"
    missing = {name: value for name, value in own.items() if not is_given(name, given)}
    fixed = {"EMBEDDED": "true", "VAR_DIR": str(var), **{name: str(port) for name, port in ports.items()}}
    return Plan(
        var=var,
        ports=ports,
        environment={**given, **missing, **fixed},
        mail_password=mail_password,
        broker_port=broker_port,
        broker_password=broker_password,
        own_broker="REDIS_URL" in missing,
    )


def is_given(name: str, given: Mapping[str, str]) -> bool:
    return bool(given.get(name) or given.get(f"{name}_FILE"))


def read_port(name: str, given: Mapping[str, str]) -> int:
    text = given.get(name) or str(PORTS[name])
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotStart(f'{name} is "{text}": give a port between 1 and 65535, such as {name}={PORTS[name]}.')
    return int(text)


def kept_secret(path: Path) -> str:
    """A password of our own in a file (mode 0600), made when it is not there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(16))
    return path.read_text(encoding="ascii")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def check_ports(plan: Plan) -> None:
    """Raises CannotStart that names each port which is taken, and the setting that changes it."""
    if len(set(plan.ports.values())) < len(plan.ports):
        raise CannotStart("PORT, SMTP_PORT and IMAP_PORT must differ.")
    taken = [name for name, port in plan.ports.items() if is_taken(port)]
    if taken:
        lines = [
            f"Port {plan.ports[name]} ({PURPOSE[name]}) is taken. Choose another: "
            f"{name}={suggestion(plan.ports[name])} make run"
            for name in taken
        ]
        raise CannotStart("\n".join(lines))


def suggestion(taken: int) -> int:
    return next((port for port in range(taken + 1, min(taken + 50, 65536)) if not is_taken(port)), free_port())


def is_taken(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return False
    except PermissionError as error:
        raise CannotStart(f"Port {port} may not be used by this account; choose one above 1023.") from error
    except OSError:
        return True


def check_broker(plan: Plan) -> None:
    """A broker that the environment names must answer; the embedded one is started by us."""
    if plan.own_broker:
        return
    parts = urlsplit(plan.environment.get("REDIS_URL", ""))
    if not parts.hostname:
        return
    try:
        socket.create_connection((parts.hostname, parts.port or 6379), 5).close()
    except OSError as error:
        raise CannotStart(
            f"REDIS_URL names {parts.hostname}:{parts.port or 6379}, which does not answer ({error}). "
            "Start that server, or unset REDIS_URL (also in .env) to use the embedded one."
        ) from error


def write_environment(plan: Plan) -> Path:
    """`embedded.env` (mode 0600), so that `manage.py` in another terminal works on this installation."""
    names = ("EMBEDDED", "SANDBOX_ADDRESS", "PUBLIC_URL", "REDIS_URL", "MAILBOX_URL", "EMAIL_URL", "SMTP_PORT")
    lines = [f"{name}={plan.environment[name]}\n" for name in names if plan.environment.get(name)]
    path = plan.var / "embedded.env"
    draft = plan.var / ".embedded.env.draft"
    draft.touch(mode=0o600)
    draft.write_text("".join(lines), encoding="utf-8")
    return draft.rename(path)
