"""A mailbox in memory that keeps every promise of the protocol: for tests and for trying things out."""

import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from submissions.mailbox.base import SIZE_LIMIT, MailboxError, RawMail, header_block


@dataclass
class MemoryServer:
    """What outlives a connection: the mails of the folder, those processed, and faults to be shown.

    `error` is raised at the next `__enter__`; `refused` are UIDs whose bytes are not handed over.
    """

    uidvalidity: int = 1
    next_uid: int = 1
    mails: dict[int, tuple[datetime, bytes]] = field(default_factory=dict)
    processed: list[bytes] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    error: MailboxError | None = None
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def deliver(self, content: bytes) -> int:
        """Put a mail into the folder and give back its UID."""
        with self.arrived:
            uid = self.next_uid
            self.next_uid += 1
            self.mails[uid] = (datetime.now(UTC), content)
            self.arrived.notify_all()
        return uid

    def expunge(self, uid: int) -> None:
        self.mails.pop(uid, None)

    def renumber(self) -> None:
        """What a server does after it lost its index: a new UIDVALIDITY, UIDs from 1."""
        self.uidvalidity += 1
        self.mails = dict(enumerate(self.mails.values(), start=1))
        self.next_uid = len(self.mails) + 1


class MemoryMailbox:
    """See `Mailbox` in base.py."""

    ordered = True

    def __init__(self, server: MemoryServer, *, size_limit: int = SIZE_LIMIT) -> None:
        self.server = server
        self.size_limit = size_limit
        self.highest = 0

    @property
    def uidvalidity(self) -> int:
        return self.server.uidvalidity

    def unseen(self, after_uid: int, *, known: Collection[int] = ()) -> Iterator[RawMail]:
        refused = []
        for uid in self.all_uids():
            self.highest = max(self.highest, uid)
            if uid <= after_uid or uid in known or uid not in self.server.mails:
                continue
            if uid in self.server.refused:
                refused.append(uid)
                continue
            yield self.raw(uid)
        if refused:
            raise MailboxError("fetch", f"refused UID {refused}", fix="Look at these mails in the folder.")

    def raw(self, uid: int) -> RawMail:
        received_at, content = self.server.mails[uid]
        large = len(content) > self.size_limit
        shown = header_block(content) if large else content
        return RawMail(self.uidvalidity, uid, len(content), received_at, shown, header_only=large)

    def all_uids(self) -> list[int]:
        return sorted(self.server.mails)

    def mark_done(self, uids: Collection[int]) -> bool:
        for uid in uids:
            mail = self.server.mails.pop(uid, None)
            if mail:
                self.server.processed.append(mail[1])
        return True

    def wait(self, seconds: float) -> bool:
        with self.server.arrived:
            return self.server.arrived.wait_for(lambda: self.server.next_uid > self.highest + 1, seconds)

    def __enter__(self) -> Self:
        error, self.server.error = self.server.error, None
        if error:
            raise error
        self.highest = self.server.next_uid - 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None
