"""An installation over real parts: Dovecot by TLS, Redis, PostgreSQL, an SMTP sink, the strict fake of Joe Sandbox."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from cryptography.fernet import Fernet

from tests.servers.dovecot import Dovecot, dovecot
from tests.servers.fault_proxy import FaultProxy, fault_proxy
from tests.servers.joe import KEY, Joe, joe
from tests.servers.postgres import Postgres, postgres
from tests.servers.redis import Redis, redis
from tests.servers.smtp_sink import SmtpSink, smtp_sink
from tests.whole.installation import Installation, installed

QUICK = {
    "LEASE_SECONDS": "6",
    "FETCH_LEASE_SECONDS": "6",
    "SMTP_LEASE_SECONDS": "6",
    "SEARCH_AFTER_SECONDS": "1,2,3",
    "RESEND_AFTER_SECONDS": "2",
    "POLL_FIRST_SECONDS": "1",
    "POLL_LONGEST_SECONDS": "2",
    "SWEEP_SECONDS": "1",
    "HINT_AGAIN_SECONDS": "3",
    "MAILBOX_POLL_SECONDS": "1",
    "RECEIPTS_AN_HOUR": "0",
    "RECEIPTS_TO_ONE_DOMAIN": "0",
}


@dataclass(frozen=True)
class RealParts:
    installation: Installation
    imap: Dovecot
    smtp: SmtpSink
    joe: Joe
    redis: Redis
    postgres: Postgres | None
    wires: dict[str, FaultProxy] = field(default_factory=dict)


@contextmanager
def real_parts(
    directory: Path, *, delay: float = 0.0, database: str = "postgres", wired: bool = False, **settings: str
) -> Iterator[RealParts]:
    """Everything started but the installation's own processes. `settings` go over the quick ones.

    `wired` puts a fault proxy before each server; the campaign itself goes past them.
    """
    with ExitStack() as stack:
        imap = stack.enter_context(dovecot())
        broker = stack.enter_context(redis())
        server = stack.enter_context(postgres()) if database == "postgres" else None
        relay = stack.enter_context(smtp_sink())
        sandbox = stack.enter_context(joe(delay=delay))
        environment = {
            **QUICK,
            "EMBEDDED": "false",
            "SECRET_KEY": "only-for-tests-" * 4,
            "FIELD_KEYS": Fernet.generate_key().decode(),
            "DATABASE_URL": server.new_database() if server else f"sqlite:///{directory / 'db.sqlite3'}",
            "REDIS_URL": broker.url(),
            "MAILBOX_URL": f"imaps://{quote('sandbox@localhost')}:{imap.password}@localhost:{imap.tls_port}/INBOX",
            "CA_FILE": str(imap.certificate.authority),
            "EMAIL_URL": relay.url,
            "REPORTER_DOMAINS": "corp.example",
            "SANDBOX": "joe",
            "JOESANDBOX_API_URL": sandbox.api_url,
            "JOESANDBOX_API_KEY": KEY,
            "JOESANDBOX_ACCEPT_TAC": "true",
            **settings,
        }
        ports = {"imap": imap.tls_port, "smtp": relay.port, "redis": broker.port, "sandbox": sandbox.port}
        ports |= {"postgres": server.port} if server else {}
        wires = {name: stack.enter_context(fault_proxy(port)) for name, port in ports.items()} if wired else {}
        for name, wire in wires.items():
            to = re.compile(rf":{ports[name]}(?=/|$)")
            environment = {key: to.sub(f":{wire.port}", value) for key, value in environment.items()}
        installation = stack.enter_context(installed(directory, environment))
        yield RealParts(installation, imap, relay, sandbox, broker, server, wires)
