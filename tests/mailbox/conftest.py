"""One mailbox on each kind of server, so that every promise is tried on all of them."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from submissions.mailbox.base import Account, Mailbox, Timeouts
from submissions.mailbox.graph import GraphMailbox
from submissions.mailbox.imap import ImapMailbox
from submissions.mailbox.maildir import Maildir
from submissions.mailbox.memory import MemoryMailbox, MemoryServer
from tests.fakes import graph_server
from tests.fakes.graph_server import GraphServer
from tests.servers.certificates import make_certificate
from tests.servers.dovecot import Dovecot, dovecot
from tests.servers.mail_server import mail_server

# IMAP4rev1 alone, and with UIDPLUS but without MOVE and IDLE
BARE = "IMAP4rev1 LITERAL+"
UIDPLUS = "IMAP4rev1 LITERAL+ UIDPLUS"


@dataclass
class Place:
    """A mailbox in the test's hands: `open` makes a fresh connection to the same folder."""

    open: Callable[..., Mailbox]
    deliver: Callable[[bytes], Any]
    processed: Callable[[], list[bytes]]


def account(server: Dovecot, **changes: Any) -> Account:
    facts: dict[str, Any] = {
        "host": "localhost",
        "port": server.tls_port,
        "security": "tls",
        "username": "sandbox@localhost",
        "password": server.password,
        "ca_file": str(server.certificate.authority),
    }
    return Account(**{**facts, **changes})


def on_dovecot(server: Dovecot, security: str) -> Place:
    """A fresh user's mailbox."""
    user = f"{uuid.uuid4().hex}@localhost"
    port = server.tls_port if security == "tls" else server.port
    server.deliver(b"", user).unlink()

    def opened(size_limit: int = 1_000_000) -> ImapMailbox:
        entry = account(server, username=user, security=security, port=port)
        return ImapMailbox(entry, timeouts=Timeouts(operation=10, body=10), size_limit=size_limit)

    return Place(
        opened,
        lambda content: server.deliver(content, user),
        lambda: server.mails(".MailMonitor.Processed", user),
    )


def in_memory() -> Place:
    server = MemoryServer()

    def opened(size_limit: int = 1_000_000) -> MemoryMailbox:
        return MemoryMailbox(server, size_limit=size_limit)

    return Place(opened, server.deliver, lambda: server.processed)


def in_maildir(path: Path) -> Place:
    """A Maildir, with a delivery agent that writes beside it first."""
    for part in ("tmp", "new", "cur"):
        (path / part).mkdir(parents=True)

    def opened(size_limit: int = 1_000_000) -> Maildir:
        return Maildir(path, processed_folder="MailMonitor/Processed", size_limit=size_limit)

    def deliver(content: bytes) -> None:
        draft = path / "tmp" / f"{time.time():.6f}.{uuid.uuid4().hex}.localhost"
        draft.write_bytes(content)
        draft.rename(path / "new" / draft.name)

    def processed() -> list[bytes]:
        return [file.read_bytes() for file in (path / ".MailMonitor.Processed/cur").glob("*")]

    return Place(opened, deliver, processed)


@pytest.fixture
def graph_place(tmp_path: Path) -> Iterator[Place]:
    """Microsoft Graph, as its documents have it."""
    with GraphServer(make_certificate(tmp_path)) as server:
        entry = Account(
            "localhost", server.port, "tls", graph_server.USER, "", ca_file=server.ca_file,
            token=lambda: graph_server.TOKEN,
        )  # fmt: skip

        def opened(size_limit: int = 1_000_000) -> GraphMailbox:
            return GraphMailbox(entry, size_limit=size_limit, look_every=0.2)

        yield Place(opened, server.deliver, lambda: server.mails("Processed"))


@pytest.fixture(scope="session")
def modest_server() -> Iterator[Dovecot]:
    """Neither MOVE nor IDLE."""
    with dovecot(capability=UIDPLUS) as running:
        yield running


@pytest.fixture(scope="session")
def prefixed_server() -> Iterator[Dovecot]:
    """Every folder below `INBOX.`, with a dot between levels, as Courier and cPanel have it."""
    with dovecot(prefix="INBOX.") as running:
        yield running


@pytest.fixture
def embedded_place() -> Iterator[Place]:
    """The mail server of `make run`, with a folder of its own."""
    with mail_server() as server:

        def opened(size_limit: int = 1_000_000) -> ImapMailbox:
            entry = Account("127.0.0.1", server.imap_port, "plain", "sandbox@localhost", server.password)
            return ImapMailbox(entry, timeouts=Timeouts(operation=10, body=10), size_limit=size_limit)

        yield Place(opened, server.deliver, server.processed)


@pytest.fixture(params=["memory", "maildir", "graph", "tls", "starttls", "plain", "modest", "prefixed", "embedded"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "memory":
        return in_memory()
    if request.param == "maildir":
        return in_maildir(tmp_path / "mail")
    if request.param in {"embedded", "graph"}:
        whole: Place = request.getfixturevalue(f"{request.param}_place")
        return whole
    names = {"modest": "modest_server", "prefixed": "prefixed_server"}
    server: Dovecot = request.getfixturevalue(names.get(request.param, "dovecot_server"))
    return on_dovecot(server, request.param if request.param in {"starttls", "plain"} else "tls")
