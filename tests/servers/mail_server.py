"""The mail server of `make run` alone, in a process of its own."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailmonitor.embedded.delivery import write
from tests.servers.processes import directory_for, free_port, running, wait_for_port


@dataclass(frozen=True)
class MailServer:
    var: Path
    smtp_port: int
    imap_port: int
    password: str = "secret-of-the-tests"

    def deliver(self, content: bytes) -> Path:
        """Into the mailbox, past SMTP, which would put its trace on top."""
        inbox = self.var / "mail/inbox"
        return write(inbox / "cur", content, inbox / "tmp")

    def processed(self) -> list[bytes]:
        folder = self.var / "mail/inbox/.MailMonitor.Processed"
        return [path.read_bytes() for part in ("new", "cur") for path in sorted((folder / part).glob("*"))]

    def outbox(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted((self.var / "outbox").glob("*.eml"))]


@contextmanager
def mail_server(var: Path | None = None) -> Iterator[MailServer]:
    with directory_for("embedded-mail") as directory:
        server = MailServer(var or directory, free_port(), free_port())
        environment = {
            "VAR_DIR": str(server.var),
            "SMTP_PORT": str(server.smtp_port),
            "IMAP_PORT": str(server.imap_port),
            "SANDBOX_ADDRESS": "sandbox@localhost",
            "MAIL_PASSWORD": server.password,
        }
        log = directory / "mail.log"
        command = [sys.executable, "-m", "mailmonitor.embedded.mail_server"]
        with running(command, log=log, environment={**os.environ, **environment}) as process:
            wait_for_port(server.smtp_port, process, log)
            yield server
