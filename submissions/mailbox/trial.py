"""Trying a mailbox step by step: what each step saw, or the exact words of the refusal with cause and fix.

No mail is marked, moved or deleted: the folder is opened with EXAMINE, and what may be written is tried with a
mail of our own in folders of our own, which are removed again. Everything together ends within `LONGEST` seconds.
"""

import socket
import ssl
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from cryptography import x509

from submissions.mailbox.base import Account, MailboxError, Timeouts
from submissions.mailbox.causes import FAULTS, step
from submissions.mailbox.connection import Client, tls_context
from submissions.mailbox.folders import FolderNames
from submissions.mailbox.imap import entering, leave, move
from submissions.mailbox.login import log_in

Status = Literal["OK", "FAIL", "SKIP"]
LONGEST = 20.0
EACH = 5.0
MAIL = b"From: Mail Monitor\r\nSubject: Connection test, may be deleted\r\n\r\nMay be deleted.\r\n"
WANTED = ("IDLE", "MOVE", "UIDPLUS")


@dataclass(frozen=True, slots=True)
class Tried:
    """One step. `words` is what it saw; `cause` the exact words of a refusal, `fix` what to do."""

    name: str
    status: Status
    words: str
    cause: str = ""
    fix: str = ""
    milliseconds: int = 0


Action = Callable[[], str]


def run(steps: Iterator[tuple[str, Action]] | list[tuple[str, Action]]) -> Iterator[Tried]:
    """Each step with its time; after a refusal the others are named and left out."""
    end = time.monotonic() + LONGEST
    refused = ""
    for name, action in steps:
        if refused or time.monotonic() > end:
            yield Tried(name, "SKIP", f"not tried, since {refused or 'the time was over'}")
            continue
        begin = time.monotonic()
        try:
            words, cause, fix = action(), "", ""
        except MailboxError as error:
            refused, words, cause, fix = f"{name} failed", "refused", error.reply, error.fix
        took = round((time.monotonic() - begin) * 1000)
        yield Tried(name, "FAIL" if fix else "OK", words, cause, fix, took)


class ImapTrial:
    """The steps to an IMAP mailbox. `run(trial.steps())`, then `close`."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.client: Client | None = None

    def steps(self) -> list[tuple[str, Action]]:
        """TLS comes before the greeting, STARTTLS after it."""
        greeting = ("greeting", self.greet)
        tls = {"tls": [("encryption", self.tls), greeting], "starttls": [greeting, ("encryption", self.starttls)]}
        encrypted = tls.get(self.account.security, [greeting, ("encryption", lambda: "none, as configured")])
        start: list[tuple[str, Action]] = [("address", self.resolve), ("connection", self.connect), *encrypted]
        token: list[tuple[str, Action]] = [("token", self.token)] if self.account.token else []
        login: list[tuple[str, Action]] = [("login", self.log_in), ("abilities", self.abilities)]
        return [*start, *token, *login, ("folder", self.folder), ("moving mails", self.write)]

    def open(self) -> Client:
        """The connection so far; each command on it has `EACH` seconds."""
        if self.client is None:
            raise MailboxError("connect", "there is no connection", fix="See the steps before.")
        self.client.allow(EACH)
        return self.client

    def resolve(self) -> str:
        return ", ".join(sorted(addresses(self.account)))

    def connect(self) -> str:
        with step("connect", self.account), socket.create_connection(place(self.account), EACH) as link:
            return f"port {self.account.port} of {link.getpeername()[0]} answers"

    def tls(self) -> str:
        with step("connect", self.account):
            plain = socket.create_connection(place(self.account), EACH)
        context = tls_context(self.account)
        with (
            plain,
            step("tls", self.account),
            context.wrap_socket(plain, server_hostname=self.account.host) as link,
        ):
            return certificate_words(link)

    def greet(self) -> str:
        with step("greeting", self.account):
            self.client = Client(self.account, timeouts=Timeouts(EACH, EACH), literal_limit=1024 * 1024)
            return str(self.client.welcome, "utf-8", "replace")[:200]

    def starttls(self) -> str:
        with step("tls", self.account):
            self.open().starttls(tls_context(self.account))
            return certificate_words(self.open().socket())

    def token(self) -> str:
        self.account = replace(entering(self.account), token=lambda: self.account.password)
        return "the provider gives an access token"

    def log_in(self) -> str:
        with step("login", self.account):
            log_in(self.open(), entering(self.account))
        return f"as {self.account.username}"

    def abilities(self) -> str:
        with step("login", self.account):
            have = [name for name in WANTED if self.open().has_capability(name)]
        missing = [name for name in WANTED if name not in have]
        if "MOVE" not in have and "UIDPLUS" not in have:
            return "neither MOVE nor UIDPLUS: mails are read and stay where they are"
        return f"{', '.join(have)}{'; without ' + ', '.join(missing) if missing else ''}"

    def folder(self) -> str:
        with step("folder", self.account):
            names = FolderNames(self.open())
            name = names.on_server(self.account.folder)
            try:
                self.open().select_folder(name, readonly=True)
            except FAULTS as error:
                raise MailboxError("folder", str(error), fix=names.there_are(), permanent=True) from error
            told = self.open().folder_status(name, ["MESSAGES", "UNSEEN", "UIDVALIDITY"])
        return f"{self.account.folder} holds {told[b'MESSAGES']} mails, {told[b'UNSEEN']} unseen"

    def write(self) -> str:
        """A mail of our own from one folder of our own to another; both are removed again."""
        with step("move", self.account):
            names, mark = FolderNames(self.open()), uuid.uuid4().hex[:8]
            first, second = (names.on_server(f"MailMonitor-test-{mark}-{number}") for number in (1, 2))
            client = self.open()
            can_move, can_expunge = client.has_capability("MOVE"), client.has_capability("UIDPLUS")
            try:
                for folder in (first, second):
                    client.create_folder(folder)
                client.append(first, MAIL)
                client.select_folder(first)
                if can_move or can_expunge:
                    move(client, client.search(["UID", "1:*"]), second, can_move=can_move)
            finally:
                self.remove(first, second)
        return "a mail of our own was moved and removed"

    def remove(self, *folders: str) -> None:
        with suppress(*FAULTS):
            if self.open().has_capability("UNSELECT"):
                self.open().unselect_folder()
        for folder in folders:
            with suppress(*FAULTS):
                self.open().delete_folder(folder)

    def close(self) -> None:
        client, self.client = self.client, None
        if client is not None:
            client.allow(EACH)
            leave(client)


def place(account: Account) -> tuple[str, int]:
    return account.host, account.port


def addresses(account: Account) -> set[str]:
    """What the name stands for. The resolver knows no time-out, so it is left alone when it takes too long."""
    pool = ThreadPoolExecutor(1)
    try:
        with step("connect", account):
            found = pool.submit(socket.getaddrinfo, *place(account), type=socket.SOCK_STREAM).result(EACH)
            return {str(entry[4][0]) for entry in found}
    finally:
        pool.shutdown(wait=False)


def certificate_words(link: ssl.SSLSocket) -> str:
    """Version, whom the certificate names, until when."""
    raw = link.getpeercert(binary_form=True) or b""
    certificate = x509.load_der_x509_certificate(raw)
    ends = certificate.not_valid_after_utc
    return f"{link.version()}, certificate of {certificate.subject.rfc4514_string()}, valid until {ends:%d %b %Y}"
