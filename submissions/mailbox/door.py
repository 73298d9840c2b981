"""A door at which a mail server hands mails over to us: SMTP (RFC 5321) or LMTP (RFC 2033).

A mail is acknowledged when `take` has stored it, and not before. Who comes while every place is taken waits
with his greeting unanswered; who is not for us is turned away; what cannot be stored now is asked for later.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

LONGEST_LINE = 16 * 1024 * 1024
PLACES = 16
LATER = "451 4.3.0 Not stored, try again later"
log = logging.getLogger(__name__)


class DoorShut(Exception):
    """Nothing can be stored now; the words are the SMTP reply, a 4xx."""


@dataclass(frozen=True, slots=True)
class Handed:
    """One mail for one recipient, as it came."""

    sender: str
    recipient: str
    client: str
    content: bytes = field(repr=False)

    @property
    def stamped(self) -> bytes:
        """With what a mail server puts on top at its last stop (RFC 5321 section 4.4)."""
        lines = (
            f"Return-Path: <{self.sender}>",
            f"Delivered-To: {self.recipient}",
            f"Received: from {self.client} by mailmonitor; {formatdate(localtime=True)}",
        )
        clean = ("".join(letter for letter in line if letter.isprintable()) for line in lines)
        return "".join(f"{line}\r\n" for line in clean).encode() + self.content


@dataclass
class Porter:
    """The handler that aiosmtpd calls. `knows` says whether an address is ours; `take` runs in `executor`."""

    knows: Callable[[str], bool]
    take: Callable[[Handed], None]
    executor: Executor
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PLACES))

    async def handle_EHLO(
        self, server: "Door", session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        await server.find_place(self.places)
        return responses

    async def handle_HELO(self, server: "Door", session: Session, envelope: Envelope, hostname: str) -> str:
        session.host_name = hostname
        await server.find_place(self.places)
        return "250 mailmonitor"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not await self.off_loop(self.knows, address):
            return "550 5.1.1 Nobody of that name here"
        if address not in envelope.rcpt_tos:
            envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: "Door", session: Session, envelope: Envelope) -> str:
        """LMTP wants a reply for each recipient; SMTP one for all, a failure if there is any."""
        client = f"{session.host_name} ({session.peer[0] if session.peer else 'unknown'})"
        replies = [
            await self.reply(Handed(envelope.mail_from or "", address, client, envelope.original_content or b""))
            for address in envelope.rcpt_tos
        ]
        return "\r\n".join(replies) if server.answers_each else max(replies)

    async def reply(self, handed: Handed) -> str:
        try:
            await self.off_loop(self.take, handed)
        except DoorShut as shut:
            return str(shut)
        return "250 2.0.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        """Whatever goes wrong on our side, the other keeps the mail."""
        log.error("a mail could not be taken", exc_info=error)
        return LATER

    async def off_loop(self, action: Callable[[Any], Any], argument: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.executor, action, argument)


class Door(SMTP):
    """Takes longer lines than RFC 5321 wants, since reporters forward what they got."""

    line_length_limit = LONGEST_LINE
    answers_each = False
    place: asyncio.Semaphore | None = None

    async def find_place(self, places: asyncio.Semaphore) -> None:
        if self.place is None:
            await places.acquire()
            self.place = places

    def connection_lost(self, error: Exception | None) -> None:
        if self.place is not None:
            self.place.release()
            self.place = None
        super().connection_lost(error)


class LmtpDoor(Door, LMTP):
    answers_each = True


async def open_door(porter: Porter, protocol: str, host: str, port: int, size_limit: int) -> asyncio.Server:
    """Listen. Raises OSError when the address cannot be had."""
    kind = LmtpDoor if protocol == "lmtp" else Door

    def made() -> SMTP:
        return kind(
            porter, hostname="mailmonitor", ident="Mail Monitor", data_size_limit=size_limit, enable_SMTPUTF8=True
        )

    return await asyncio.get_running_loop().create_server(made, host, port)
