"""A mailbox in a folder on this machine: Maildir, as Postfix, Dovecot and others deliver into it.

A mail's name, without the flags behind the colon, is its own for ever, and stands for the UID as a number.
"""

import os
import stat
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from submissions.mailbox.base import (
    HEADER_LIMIT,
    SIZE_LIMIT,
    MailboxError,
    RawMail,
    Step,
    header_block,
    lasting_number,
)

LOOK_EVERY = 0.2


class Maildir:
    """See `Mailbox` in base.py. Processed mails go to a folder beside the inbox, as Maildir++ names it."""

    ordered = False
    uidvalidity = 1

    def __init__(self, path: Path, *, processed_folder: str, size_limit: int = SIZE_LIMIT) -> None:
        self.path = path
        self.processed = path / f".{processed_folder.replace('/', '.')}"
        self.size_limit = size_limit
        self.known: set[int] = set()

    def __enter__(self) -> Self:
        with self.explained("folder"):
            for part in ("new", "cur"):
                os.listdir(self.path / part)
            self.known = set(self.files())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    @contextmanager
    def explained(self, step: Step) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            fix = f"Check that {self.path} is a Maildir (new, cur, tmp) that the service may read and write."
            raise MailboxError(step, error.strerror or str(error), fix=fix) from error

    def files(self) -> dict[int, Path]:
        """The mails of this moment by their numbers, ascending."""
        names = ((part, name) for part in ("new", "cur") for name in os.listdir(self.path / part))
        found = {
            lasting_number(os.fsencode(name.partition(":")[0])): self.path / part / name
            for part, name in names
            if not name.startswith(".")
        }
        return dict(sorted(found.items()))

    def unseen(self, after_uid: int, *, known: Collection[int] = ()) -> Iterator[RawMail]:
        with self.explained("fetch"):
            files = self.files()
        self.known |= files.keys()
        refusals: list[MailboxError] = []
        for uid, path in files.items():
            if uid <= after_uid or uid in known:
                continue
            try:
                mail = self.mail(uid, path)
            except MailboxError as error:
                refusals.append(error)
            else:
                if mail:
                    yield mail
        if refusals:
            raise refusals[0]

    def mail(self, uid: int, path: Path) -> RawMail | None:
        """The mail, or nothing when it has gone or is no file of its own."""
        with self.explained("fetch"):
            try:
                facts = path.lstat()
                if not stat.S_ISREG(facts.st_mode):
                    return None
                large = facts.st_size > self.size_limit
                content = read(path, HEADER_LIMIT if large else self.size_limit)
            except FileNotFoundError:
                return None
        shown = header_block(content) if large else content
        arrived = datetime.fromtimestamp(facts.st_mtime, UTC)
        return RawMail(self.uidvalidity, uid, facts.st_size, arrived, shown or None, header_only=large)

    def all_uids(self) -> list[int]:
        with self.explained("fetch"):
            return list(self.files())

    def mark_done(self, uids: Collection[int]) -> bool:
        if not uids:
            return True
        with self.explained("move"):
            files = self.files()
            for part in ("tmp", "new", "cur"):
                (self.processed / part).mkdir(parents=True, exist_ok=True, mode=0o700)
            for uid in uids:
                if uid in files:
                    name = files[uid].name
                    os.rename(files[uid], self.processed / "cur" / (name if ":" in name else f"{name}:2,"))
        return True

    def wait(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        with self.explained("fetch"):
            while not (new := self.files().keys() - self.known) and (left := end - time.monotonic()) > 0:
                time.sleep(min(LOOK_EVERY, left))
        self.known |= new
        return bool(new)


def read(path: Path, limit: int) -> bytes:
    """The beginning of a file, which is not reached through a link."""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        return file.read(limit)
