"""The door to a mailbox: what every adapter takes, gives and raises. Knows no tables and no framework."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Literal, Protocol, Self

Security = Literal["tls", "starttls", "plain"]
Step = Literal["token", "connect", "tls", "greeting", "login", "folder", "fetch", "move"]

HEADER_LIMIT = 256 * 1024
SIZE_LIMIT = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is and how to enter it.

    `security` is tls, starttls or plain. Folder names are written with `/` between their levels; an
    adapter translates them for its server. `ca_file` is a PEM file of authorities to trust beside
    the system's; `verify` off trusts any certificate. `token` gives an OAuth2 access token, which is
    then used instead of the password; it raises MailboxError.
    """

    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    processed_folder: str = "MailMonitor/Processed"
    ca_file: str = ""
    verify: bool = True
    token: Callable[[], str] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: for one command, and for the transfer of one mail's body."""

    operation: float = 60
    body: float = 240


@dataclass(frozen=True, slots=True)
class RawMail:
    """One mail as the server holds it. (uidvalidity, uid) names it for ever (RFC 9051 section 2.3.1.1).

    `size` is in bytes. A mail above the size limit comes with its header block only, cut at
    `HEADER_LIMIT`, and `header_only` set. `content` is None when the server lists the mail but gives
    no bytes for it (NIL).
    """

    uidvalidity: int
    uid: int
    size: int
    received_at: datetime
    content: bytes | None = field(repr=False)
    header_only: bool = False


def lasting_number(name: bytes) -> int:
    """A UID of 63 bits for a mail that has no number but a name for ever, or only its bytes."""
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") >> 1 or 1


def header_block(content: bytes) -> bytes:
    """Everything up to and with the empty line, at most HEADER_LIMIT bytes."""
    found = re.search(rb"\r?\n\r?\n", content[:HEADER_LIMIT])
    return content[: found.end() if found else HEADER_LIMIT]


class MailboxError(Exception):
    """What went wrong at a mailbox's door; nothing else leaves an adapter.

    `permanent`: trying again cannot help before somebody changes something.
    `step` is where it happened; `reply` holds the server's (or the system's) exact words, never a
    secret; `fix` is one sentence that tells a person what to do. `pause` is how many seconds the
    server asks to be left alone; 0 when it asks for none.
    """

    pause = 0.0

    def __init__(self, step: Step, reply: str, *, fix: str, permanent: bool = False) -> None:
        super().__init__(f"{step}: {reply}")
        self.step = step
        self.reply = reply
        self.fix = fix
        self.permanent = permanent


class Mailbox(Protocol):
    """One folder of one account, open from `__enter__` to `__exit__`. Raises only MailboxError."""

    @property
    def uidvalidity(self) -> int:
        """The folder's generation: when it changes, every UID known before is void."""
        ...

    @property
    def ordered(self) -> bool:
        """Whether a later mail has a higher UID. Where not, the whole folder is looked at each time."""
        ...

    def unseen(self, after_uid: int, *, known: Collection[int] = ()) -> Iterator[RawMail]:
        """Mails with a UID above `after_uid`, in UID order, without those in `known`.

        Looking changes nothing on the server. A mail that vanishes meanwhile is left out. When the
        server refuses single mails, the others still come, and the refusal is raised at the end.
        """
        ...

    def all_uids(self) -> list[int]:
        """Every UID in the folder, ascending: what the table is compared with."""
        ...

    def mark_done(self, uids: Collection[int]) -> bool:
        """Move mails to the processed folder, which is created when missing. UIDs that are gone are fine.

        False when the server can neither move nor expunge single mails: they stay where they are.
        """
        ...

    def wait(self, seconds: float) -> bool:
        """Sleep until mail arrives or the time is over. True when a mail has arrived.

        An accelerator only: False proves nothing, so look anyway.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
