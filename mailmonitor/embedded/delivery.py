"""SMTP on loopback: mail for the sandbox's address goes into its Maildir, any other to the outbox as a file."""

import asyncio
import os
import time
import uuid
from email.utils import formatdate
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MAIL = 200 * 1024 * 1024
LONGEST_LINE = 16 * 1024 * 1024


class PatientSMTP(SMTP):
    """Takes longer lines than RFC 5321 wants, since reporters forward what they got."""

    line_length_limit = LONGEST_LINE


class Postman:
    """The handler that aiosmtpd calls. A mail is on disk, synced, before it is acknowledged."""

    def __init__(self, mail: Path, outbox: Path, address: str) -> None:
        self.inbox = mail / "inbox"
        self.outbox = outbox
        self.address = address.lower()
        self.outbox.mkdir(parents=True, exist_ok=True)
        for part in ("tmp", "new", "cur"):
            (self.inbox / part).mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        ours = [address for address in envelope.rcpt_tos if address.lower() == self.address]
        others = [address for address in envelope.rcpt_tos if address.lower() != self.address]
        if ours:
            stamped = trace(envelope.mail_from or "", self.address, session.host_name or "") + content
            # Not to "new": moving a file from there to "cur" would hide it for a moment
            await asyncio.to_thread(write, self.inbox / "cur", stamped, self.inbox / "tmp")
        if others:
            await asyncio.to_thread(write, self.outbox, content, self.outbox, ".eml")
        return "250 OK"


def trace(sender: str, recipient: str, client: str) -> bytes:
    """What every mail server puts on top at its last stop (RFC 5321 section 4.4)."""
    names = "".join(letter for letter in client if letter.isalnum() or letter in ".-")[:255]
    lines = (
        f"Return-Path: <{sender}>",
        f"Delivered-To: {recipient}",
        f"Received: from {names or 'unknown'} ([127.0.0.1]) by localhost with ESMTP; {formatdate(localtime=True)}",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()


def write(folder: Path, content: bytes, drafts: Path, suffix: str = "") -> Path:
    """A new file with a name that sorts by time; it appears in the folder whole and synced, or not at all."""
    name = f"{time.time():.6f}.{uuid.uuid4().hex}"
    draft = drafts / f".{name}.draft"
    with draft.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    place = draft.rename(folder / f"{name}{suffix}")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return place


async def start_smtp(postman: Postman, port: int) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: PatientSMTP(postman, hostname="localhost", data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True),
        os.environ.get("MAIL_BIND", "127.0.0.1"),
        port,
    )
