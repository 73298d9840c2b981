"""An SMTP server in a process of its own that takes every mail and keeps a ledger of what it accepted.

Started as a program: `python -m tests.servers.smtp_sink PORT LEDGER`. A line is in the ledger, synced,
before the mail is acknowledged, so that the ledger is the truth about what was accepted.
"""

import asyncio
import base64
import email
import email.message
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.processes import directory_for, free_port, running, wait_for_port

SIZE_LIMIT = 100 * 1024 * 1024


@dataclass(frozen=True)
class Accepted:
    """One mail that was acknowledged."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> email.message.Message:
        return email.message_from_bytes(self.raw)


@dataclass(frozen=True)
class SmtpSink:
    port: int
    ledger: Path

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def mails(self) -> list[Accepted]:
        """Everything accepted until now, in order. A line that is still being written is left out."""
        if not self.ledger.exists():
            return []
        lines = self.ledger.read_bytes().split(b"\n")[:-1]
        entries = [json.loads(line) for line in lines]
        return [Accepted(entry["from"], entry["to"], base64.b64decode(entry["raw"])) for entry in entries]

    def clear(self) -> None:
        self.ledger.unlink(missing_ok=True)


@contextmanager
def smtp_sink() -> Iterator[SmtpSink]:
    with directory_for("smtp") as directory:
        sink = SmtpSink(free_port(), directory / "ledger.jsonl")
        log = directory / "smtp.log"
        command = [sys.executable, "-m", "tests.servers.smtp_sink", str(sink.port), str(sink.ledger)]
        with running(command, log=log) as process:
            wait_for_port(sink.port, process, log)
            yield sink


class Ledger:
    """The handler that aiosmtpd calls."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        entry = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "raw": base64.b64encode(content).decode()}
        with self.path.open("ab") as file:
            file.write(json.dumps(entry).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return "250 OK"


async def serve(port: int, ledger: Path) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(Ledger(ledger), data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True), "127.0.0.1", port
    )
    await stopped.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
