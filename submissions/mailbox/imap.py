"""A mailbox by IMAP4rev1 (RFC 3501, RFC 9051): UIDs only, nothing is marked as seen, nothing searched by header."""

import imaplib
import re
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from submissions.mailbox.base import HEADER_LIMIT, SIZE_LIMIT, Account, MailboxError, RawMail, Timeouts
from submissions.mailbox.causes import FAULTS, LOOK_CLOSER, PAUSE, step
from submissions.mailbox.connection import Client, tls_context
from submissions.mailbox.folders import FolderNames
from submissions.mailbox.login import log_in

# Servers hang up on long sets of UIDs
BATCH = 100
# Room for a server whose RFC822.SIZE is a little off
LITERAL_SLACK = 1024 * 1024
HIGHEST_UID = 2**32 - 1


class ImapMailbox:
    """See `Mailbox` in base.py. Not for several threads at once."""

    ordered = True

    def __init__(self, account: Account, *, timeouts: Timeouts | None = None, size_limit: int = SIZE_LIMIT) -> None:
        self.account = account
        self.timeouts = timeouts or Timeouts()
        self.size_limit = size_limit
        self._uidvalidity = 0
        self._highest = 0
        self._client: Client | None = None

    def __enter__(self) -> Self:
        try:
            self._open()
        except MailboxError:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    @property
    def client(self) -> Client:
        if self._client is None:
            raise MailboxError("connect", "the mailbox is not open", fix="Open it before it is used.")
        self._client.allow(self.timeouts.operation)
        return self._client

    @property
    def uidvalidity(self) -> int:
        return self._uidvalidity

    def _open(self) -> None:
        account = self.account = entering(self.account)
        limit = max(self.size_limit + LITERAL_SLACK, HEADER_LIMIT)
        with step("greeting", account):
            self._client = Client(account, timeouts=self.timeouts, literal_limit=limit)
        if account.security == "starttls":
            with step("tls", account):
                self.client.starttls(tls_context(account))
        with step("login", account):
            log_in(self.client, account)
        with step("folder", account):
            self._names = FolderNames(self.client)
        self._select()

    def _select(self) -> None:
        client = self.client
        try:
            with step("folder", self.account):
                answer = client.select_folder(self._names.on_server(self.account.folder))
        except MailboxError as error:
            with suppress(*FAULTS):
                error.fix = error.fix.replace(LOOK_CLOSER, self._names.there_are())
            raise
        with step("folder", self.account):
            if not answer.get(b"UIDVALIDITY"):
                raise ValueError("the server gives no UIDVALIDITY, so no mail has a lasting name")
            self._uidvalidity = answer[b"UIDVALIDITY"]
            self._highest = answer.get(b"UIDNEXT", 1) - 1

    def _close(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        client.allow(self.timeouts.operation)
        leave(client)

    def unseen(self, after_uid: int, *, known: Collection[int] = ()) -> Iterator[RawMail]:
        refusals: list[MailboxError] = []
        uids = [uid for uid in self._search(after_uid) if uid not in known]
        self._highest = max([self._highest, *uids])
        for start in range(0, len(uids), BATCH):
            for uid, facts in self._facts(uids[start : start + BATCH]):
                try:
                    mail = self._mail(uid, facts)
                except MailboxError as error:
                    if not is_refusal(error):
                        raise
                    refusals.append(error)
                else:
                    if mail:
                        yield mail
        if refusals:
            raise refusals[0]

    def _search(self, after_uid: int) -> list[int]:
        """UIDs above `after_uid`. `n:*` always names the last mail too (RFC 9051 section 9), hence the filter.

        A server may tell an open connection of new mail only after a NOOP (RFC 9051 section 6.1.2).
        """
        with step("fetch", self.account):
            self.client.noop()
            found = self.client.search(["UID", f"{min(after_uid + 1, HIGHEST_UID)}:*"])
            return sorted({uid for uid in found if uid > after_uid})

    def _facts(self, uids: Sequence[int]) -> list[tuple[int, dict[bytes, Any]]]:
        """Size and time of arrival of those that are still there."""
        with step("fetch", self.account):
            return sorted(self.client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"]).items())

    def _mail(self, uid: int, facts: dict[bytes, Any]) -> RawMail | None:
        announced = facts.get(b"RFC822.SIZE")
        size = announced if isinstance(announced, int) else 0
        if size > self.size_limit:
            return self._header(uid, size, facts)
        try:
            found = self._body(uid, "BODY.PEEK[]")
        except MailboxError:
            announced = self.client.refused
            if not announced:
                raise
            self._close()
            self._open()
            return self._header(uid, announced, facts)
        if found is None:
            return None
        if found and len(found) > self.size_limit:
            return self._header(uid, len(found), facts)
        return RawMail(self.uidvalidity, uid, len(found or b"") or size, arrival(facts), found or None)

    def _header(self, uid: int, size: int, facts: dict[bytes, Any]) -> RawMail | None:
        found = self._body(uid, f"BODY.PEEK[HEADER]<0.{HEADER_LIMIT}>")
        if found is None:
            return None
        return RawMail(self.uidvalidity, uid, size, arrival(facts), found[:HEADER_LIMIT], header_only=True)

    def _body(self, uid: int, item: str) -> bytes | None:
        """The bytes, empty when the server answers NIL; None when the mail has vanished."""
        client = self.client
        client.allow(self.timeouts.body)
        with step("fetch", self.account):
            answer = client.fetch([uid], [item]).get(uid, {})
            keys = [key for key in answer if key.startswith(b"BODY[")]
            if not keys:
                return None
            value = answer[keys[0]]
            # The parser turns a short quoted answer that looks like a number into one
            return value if isinstance(value, bytes) else str(value or "").encode()

    def all_uids(self) -> list[int]:
        return self._search(0)

    def mark_done(self, uids: Collection[int]) -> bool:
        if not uids:
            return True
        with step("move", self.account):
            client = self.client
            target = self._names.on_server(self.account.processed_folder)
            can_move = client.has_capability("MOVE")
            if not can_move and not client.has_capability("UIDPLUS"):
                return False
            if not client.folder_exists(target):
                client.create_folder(target)
            ordered = sorted(uids)
            for start in range(0, len(ordered), BATCH):
                move(self.client, ordered[start : start + BATCH], target, can_move=can_move)
            return True

    def wait(self, seconds: float) -> bool:
        if self._arrived():
            return True
        end = time.monotonic() + seconds
        with step("fetch", self.account):
            client = self.client
            if client.has_capability("IDLE"):
                idle(client, end, self.timeouts.operation)
            else:
                time.sleep(max(0, seconds))
        return self._arrived()

    def _arrived(self) -> bool:
        found = self._search(self._highest)
        self._highest = max([self._highest, *found])
        return bool(found)


def leave(client: Client) -> None:
    """Politely where the server plays along, and in any case."""
    try:
        client.logout()
    except FAULTS:
        with suppress(*FAULTS):
            client.shutdown()


def entering(account: Account) -> Account:
    """With the access token of this moment, where the account is entered by one."""
    return replace(account, password=account.token()) if account.token else account


def move(client: Client, uids: list[int], target: str, *, can_move: bool) -> None:
    """MOVE (RFC 6851), else COPY and an EXPUNGE of these very UIDs (RFC 4315); never a bare EXPUNGE."""
    if can_move:
        client.move(uids, target)
        return
    client.copy(uids, target)
    client.delete_messages(uids, silent=True)
    client.uid_expunge(uids)


def idle(client: Client, end: float, grace: float) -> None:
    """IDLE (RFC 2177) until the server tells of a mail, or `end` (monotonic)."""
    client.idle()
    while (left := end - time.monotonic()) > 0:
        client.allow(left + grace)
        told = client.idle_check(timeout=left)
        # Nothing told before the time is over means a dead line, which the next command finds out
        if not told or any(isinstance(item, tuple) and b"EXISTS" in item for item in told):
            break
    client.allow(grace)
    client.idle_done()


def arrival(facts: dict[bytes, Any]) -> datetime:
    """INTERNALDATE, or now where the server gives none that can be read."""
    told = facts.get(b"INTERNALDATE")
    if not isinstance(told, datetime):
        return datetime.now(UTC)
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


def is_refusal(error: MailboxError) -> bool:
    """The server said NO to this one mail: the line still stands, and it asks for no pause."""
    cause = error.__cause__
    stands = isinstance(cause, imaplib.IMAP4.error) and not isinstance(cause, imaplib.IMAP4.abort)
    return stands and "fetch failed" in str(cause) and not re.search(PAUSE, str(cause), re.IGNORECASE)
