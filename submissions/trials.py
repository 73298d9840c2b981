"""The connection test of a mailbox: the same steps for the page, `doctor` and the command line; its result is kept."""

import smtplib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from mailmonitor.models import AT_ONCE, NEVER
from notifications.outbox import sender_address
from notifications.relays import probe, relay_of, try_sender
from notifications.smtp import Relay, SmtpError
from submissions import accounts
from submissions.mailbox import trial
from submissions.mailbox.base import MailboxError
from submissions.mailbox.trial import Action, ImapTrial, Tried
from submissions.models import Mailbox

State = Mailbox.State
GREETING_SECONDS = 5
ANSWERING = ("relay", "sender")
RELAY = "Check the relay's address: host, port, user and password, and that it takes this sender."


def examine(row: Mailbox) -> Iterator[Tried]:
    """Every step to this mailbox; nothing in it is marked, moved or deleted."""
    if row.protocol == Mailbox.Protocol.IMAP:
        tried = ImapTrial(accounts.account(row))
        try:
            yield from trial.run(tried.steps())
        finally:
            tried.close()
    elif row.is_door:
        yield from trial.run([("door", lambda: door(row))])
    else:
        yield from trial.run(opening(row))


def opening(row: Mailbox) -> list[tuple[str, Action]]:
    """Mailboxes that are not entered in so many steps."""
    steps: list[tuple[str, Action]] = [("folder", lambda: look(row))]
    if row.protocol == Mailbox.Protocol.MAILDIR:
        return [*steps, ("moving mails", lambda: may_write(row))]
    return [("token", lambda: token(row)), *steps]


def token(row: Mailbox) -> str:
    if row.grant_id is None:
        raise MailboxError("token", "no sign-in is chosen", fix="Choose the sign-in of this mailbox.", permanent=True)
    accounts.access_token(row.grant_id)
    return "the provider gives an access token"


def look(row: Mailbox) -> str:
    with accounts.open_mailbox(row) as mailbox:
        return f"{row.folder} holds {len(mailbox.all_uids())} mails"


def may_write(row: Mailbox) -> str:
    """Try it with a file of our own beside the mails."""
    mine = Path(row.folder) / "tmp" / "mailmonitor-test"
    try:
        mine.write_bytes(b"")
        mine.unlink()
    except OSError as error:
        fix = f"Let the service write into {row.folder} and make folders in it."
        raise MailboxError("move", error.strerror or str(error), fix=fix, permanent=True) from error
    return "files can be written"


def door(row: Mailbox) -> str:
    """Ask at our own door, as the mail server would, without handing anything over."""
    kind = smtplib.LMTP if row.protocol == Mailbox.Protocol.LMTP else smtplib.SMTP
    fix = "Start the door: manage.py receive_mail. It opens within 15 seconds of a change."
    try:
        with kind(row.host, row.port, timeout=GREETING_SECONDS) as link:
            link.ehlo()
            link.mail("")
            code, words = link.rcpt(row.address)
            link.rset()
    except (OSError, smtplib.SMTPException) as error:
        raise MailboxError("connect", str(error), fix=fix) from error
    if code != 250:
        raise MailboxError("folder", f"{code} {words.decode('utf-8', 'replace')}", fix=fix)
    return f"mail for {row.address} is taken at {row.host}:{row.port}"


def answers(row: Mailbox) -> Iterator[Tried]:
    """The relay by which the mailbox answers, and what it says to our sender; nothing is sent."""
    if not (row.outgoing or settings.EMAIL_URL):
        yield Tried("relay", "SKIP", "EMAIL_URL is not set", fix="Without it nobody is answered.")
        return
    sender = sender_address(row.outgoing)
    questions = {"relay": probe, "sender": lambda place: try_sender(place, sender)}
    yield from trial.run([(name, asking(row, question)) for name, question in questions.items()])


def asking(row: Mailbox, question: Callable[[Relay], str]) -> Action:
    def ask() -> str:
        try:
            return question(relay_of(row.outgoing))
        except SmtpError as error:
            raise MailboxError("connect", str(error), fix=RELAY) from error

    return ask


def readable(lines: Iterable[dict[str, Any]]) -> bool:
    """Whether a kept test shows that the mailbox can be read, whatever the relay said."""
    return not any(line["status"] == "FAIL" for line in lines if line["name"] not in ANSWERING)


def keep(row: Mailbox) -> bool:
    """Test the mailbox and keep the result; whether it can be read."""
    row.test_result = [asdict(line) for line in (*examine(row), *answers(row))]
    row.tested_at = timezone.now()
    Mailbox.objects.filter(pk=row.pk).update(test_result=row.test_result, tested_at=row.tested_at)
    good = readable(row.test_result)
    fixes = [line["fix"] for line in row.test_result if line["status"] == "FAIL"]
    row.tell("tested", fixes[0] if fixes else "every step works")
    return good


def switch(row: Mailbox, state: str, actor: str) -> None:
    """Read the mailbox from now on, or no more; a person has decided so. Raises LeaseLost."""
    if row.state != state:
        row.advance(state, f"by {actor}", due_in=AT_ONCE if state == State.ACTIVE else NEVER, failing_since=None)
