"""What had become durable when the mail server was told that a mail is ours."""

import os
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from submissions import mailboxes
from submissions.mailbox.connection import Client
from submissions.storage.folder import Folder
from tests.torture.stepping.ledgers import Sent, clear
from tests.whole.promises import PROCESSED
from tests.whole.real_parts import RealParts

BATCH = 100
CHANGES = ("move", "delete_messages", "add_flags", "uid_expunge", "expunge")
ROWS = "SELECT uid, digest FROM submissions_submission WHERE uid IS NOT NULL"


@dataclass
class Watch:
    """`early` are the mails that were touched on the server before they were safe; `changes` counts all touches.

    A file is safe when it was synced, got its name, and the folder that holds the name was synced after that.
    """

    early: list[int] = field(default_factory=list)
    changes: int = 0
    _synced: set[Path] = field(default_factory=set)
    _unnamed: defaultdict[Path, set[Path]] = field(default_factory=lambda: defaultdict(set))
    _safe: set[Path] = field(default_factory=set)

    def install(self) -> None:
        """For the rest of this process."""
        fsync, rename = os.fsync, Path.rename

        def synced(descriptor: int) -> None:
            fsync(descriptor)
            path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
            self._safe |= self._unnamed.pop(path, set())
            self._synced.add(path)

        def renamed(path: Path, target: Path) -> Path:
            found = rename(path, target)
            if path in self._synced:
                self._unnamed[Path(target).parent].add(Path(target))
            return found

        os.fsync, Path.rename = synced, renamed  # type: ignore[assignment, method-assign]
        for name in CHANGES:
            self.before(name)

    def before(self, name: str) -> None:
        """Look at what is safe whenever the client changes something on the server."""
        original = getattr(Client, name)

        def looked(client: Client, uids: Collection[int], *args: Any, **kwargs: Any) -> Any:
            self.changes += len(uids)
            safe = {uid for uid, digest in committed() if self.place(digest) in self._safe}
            self.early += [uid for uid in uids if uid not in safe]
            return original(client, uids, *args, **kwargs)

        setattr(Client, name, looked)

    def place(self, digest: str) -> Path:
        return Folder(settings.STORAGE_URL.removeprefix("file://")).place(digest)


def committed() -> list[tuple[int, str]]:
    """The mails that another connection sees: their UIDs and digests."""
    onlooker = connection.copy()
    try:
        with onlooker.cursor() as cursor:
            cursor.execute(ROWS)
            return list(cursor.fetchall())
    finally:
        onlooker.close()


def run(parts: RealParts, mails: int) -> list[int]:
    """Fetch so many mails from Dovecot, print what was seen, and give back those that were touched too early."""
    watch, moved = Watch(), 0
    watch.install()
    mailboxes.from_environment()
    (mailbox,) = mailboxes.due()
    for batch in range(-(-mails // BATCH)):
        for mail in Sent(f"b{batch}", min(BATCH, mails - batch * BATCH)).mails():
            parts.imap.deliver(mail)
        mailboxes.fetch(mailbox)
        moved += len(parts.imap.mails(PROCESSED))
        clear(parts)
    print(f"{moved} of {mails} mails moved, {watch.changes} changes on the server watched")
    print(f"broken promises: {len(watch.early)} mails touched before they were safe")
    return watch.early
