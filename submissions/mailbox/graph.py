"""A mailbox by Microsoft Graph, for tenants that allow no IMAP.

A mail's immutable id names it for ever (it stays when the mail is moved) and stands for the UID as a number.
What is in the folder is asked for once and followed by delta query from then on.
"""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from mailmonitor.graph import Graph, GraphError, TooLarge
from submissions.mailbox.base import HEADER_LIMIT, SIZE_LIMIT, Account, MailboxError, RawMail, Step, lasting_number

LOOK_EVERY = 5.0
# Room for a mail a little over the limit, so that the limit is judged by its bytes
SLACK = 1024 * 1024
# MAPI's PidTagMessageSize: Graph has no size of its own
SIZE = "Integer 0x0E08"
FIXES = {
    401: "Graph refuses the token: check that its scope is https://graph.microsoft.com/.default.",
    403: "Give the app Mail.ReadWrite with admin consent, and include this mailbox in its access policy.",
    404: "Check the address of the mailbox and the name of the folder.",
}


class GraphMailbox:
    """See `Mailbox` in base.py."""

    ordered = False
    uidvalidity = 1

    def __init__(self, account: Account, *, size_limit: int = SIZE_LIMIT, look_every: float = LOOK_EVERY) -> None:
        self.account = account
        self.size_limit = size_limit
        self.look_every = look_every
        host = account.host if account.port == 443 else f"{account.host}:{account.port}"
        token = account.token or (lambda: account.password)
        limit = max(size_limit + SLACK, SLACK)
        self.graph = Graph(host, account.username, token, ca_file=account.ca_file, limit=limit)
        self.ids: dict[int, tuple[str, str]] = {}
        self.arrived: set[int] = set()
        self.link = ""

    def __enter__(self) -> Self:
        with self.explained("folder"):
            self.folder = self.find(self.account.folder)
        self.look("folder")
        self.arrived.clear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.graph.session.close()

    @contextmanager
    def explained(self, step: Step) -> Iterator[None]:
        try:
            yield
        except GraphError as error:
            permanent = 400 <= error.status < 500 and error.status != 429
            fix = FIXES.get(error.status, "Graph is asked again later; check the network if it stays.")
            told = MailboxError("login" if error.status == 401 else step, str(error), fix=fix, permanent=permanent)
            told.pause = error.pause
            raise told from error

    def find(self, name: str, *, create: bool = False) -> str:
        """The id of a folder by its path from the root. Raises GraphError."""
        if name.upper() == "INBOX":
            return str(self.graph.get("/mailFolders/inbox", select="id")["id"])
        place = ""
        for part in name.split("/"):
            path = f"/mailFolders/{place}/childFolders" if place else "/mailFolders"
            quoted = part.replace("'", "''")
            found = self.graph.get(path, filter=f"displayName eq '{quoted}'", select="id").get("value")
            if not found and not create:
                raise GraphError(f"there is no folder {name}", status=404)
            place = str((found or [self.graph.post(path, {"displayName": part})])[0]["id"])
        return place

    def look(self, step: Step) -> None:
        """Bring `ids` up to date; what is new since the last look counts as arrived."""
        with self.explained(step):
            try:
                self.changes(self.link)
            except GraphError as error:
                if error.status not in (400, 410) or not self.link:
                    raise
                self.ids.clear()
                self.changes("")

    def changes(self, link: str) -> None:
        """All pages from the link on, or of the whole folder."""
        path = f"/mailFolders/{self.folder}/messages/delta"
        page = self.graph.follow(link) if link else self.graph.get(path, select="receivedDateTime")
        while True:
            for message in page.get("value", []):
                self.note(message)
            if "@odata.nextLink" not in page:
                break
            page = self.graph.follow(str(page["@odata.nextLink"]))
        self.link = str(page.get("@odata.deltaLink", ""))

    def note(self, message: dict[str, Any]) -> None:
        name = str(message["id"])
        uid = lasting_number(name.encode())
        if "@removed" in message:
            self.ids.pop(uid, None)
            return
        if uid not in self.ids:
            self.arrived.add(uid)
        self.ids[uid] = (name, str(message.get("receivedDateTime", "")))

    def unseen(self, after_uid: int, *, known: Collection[int] = ()) -> Iterator[RawMail]:
        refusals: list[MailboxError] = []
        for uid in self.all_uids():
            if uid <= after_uid or uid in known or uid not in self.ids:
                continue
            try:
                mail = self.mail(uid, *self.ids[uid])
            except MailboxError as error:
                if not is_refusal(error):
                    raise
                refusals.append(error)
            else:
                if mail:
                    yield mail
        if refusals:
            raise refusals[0]

    def mail(self, uid: int, name: str, received: str) -> RawMail | None:
        with self.explained("fetch"):
            try:
                content = self.graph.mime(name)
            except TooLarge:
                content = b""
            except GraphError as error:
                if error.status == 404:
                    return None
                raise
            if not content or len(content) > self.size_limit:
                return self.header(uid, name, received)
        return RawMail(self.uidvalidity, uid, len(content), moment(received), content)

    def header(self, uid: int, name: str, received: str) -> RawMail | None:
        """A mail over the limit, by its headers alone. Raises GraphError."""
        facts = self.graph.get(
            f"/messages/{quote(name, safe='')}",
            select="internetMessageHeaders",
            expand=f"singleValueExtendedProperties($filter=id eq '{SIZE}')",
        )
        lines = [f"{field['name']}: {field['value']}\r\n" for field in facts.get("internetMessageHeaders") or []]
        block = ("".join(lines) + "\r\n").encode("utf-8", "replace")[:HEADER_LIMIT]
        sizes = [int(fact["value"]) for fact in facts.get("singleValueExtendedProperties") or []]
        size = sizes[0] if sizes else self.size_limit + 1
        large = size > self.size_limit
        return RawMail(self.uidvalidity, uid, size, moment(received), block if large else None, header_only=large)

    def all_uids(self) -> list[int]:
        self.look("fetch")
        self.arrived.clear()
        return sorted(self.ids)

    def mark_done(self, uids: Collection[int]) -> bool:
        if not uids:
            return True
        with self.explained("move"):
            target = self.find(self.account.processed_folder, create=True)
            for uid in uids:
                if uid in self.ids:
                    self.move(self.ids[uid][0], target)
                    self.ids.pop(uid)
        return True

    def move(self, name: str, target: str) -> None:
        try:
            self.graph.post(f"/messages/{quote(name, safe='')}/move", {"destinationId": target})
        except GraphError as error:
            if error.status != 404:
                raise

    def wait(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while True:
            self.look("fetch")
            left = end - time.monotonic()
            if self.arrived or left <= 0:
                break
            time.sleep(min(self.look_every, left))
        found = bool(self.arrived)
        self.arrived.clear()
        return found


def is_refusal(error: MailboxError) -> bool:
    """The service cannot give out this one mail; the others may be well."""
    cause = error.__cause__
    return isinstance(cause, GraphError) and cause.status in (400, 403, 422, 500) and not cause.pause


def moment(text: str) -> datetime:
    """Graph's time of arrival, or now where it gives none that can be read."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)
