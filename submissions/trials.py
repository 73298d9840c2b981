"""The connection test of a mailbox: the same steps for the page, `doctor` and the command line; its result is kept."""

import smtplib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from mailmonitor.models import AT_ONCE, NEVER
from notifications.relays import probe, relay_of
from notifications.smtp import SmtpError
from submissions import accounts
from submissions.mailbox import trial
from submissions.mailbox.base import MailboxError
from submissions.mailbox.trial import Action, ImapTrial, Tried
from submissions.models import Mailbox

State = Mailbox.State
GREETING_SECONDS = 5


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


def answers() -> Tried:
    """The relay, which is the same for all mailboxes."""
    if not settings.EMAIL_URL:
        return Tried("answers", "SKIP", "EMAIL_URL is not set", fix="Without it nobody is answered.")
    try:
        return Tried("answers", "OK", probe(relay_of(None)))
    except SmtpError as error:
        return Tried(
            "answers", "FAIL", "the relay refuses us", str(error), "Check EMAIL_URL: host, port, user, password."
        )


def keep(row: Mailbox) -> bool:
    """Test the mailbox and keep the result; whether it can be read."""
    lines = [*examine(row), answers()]
    row.test_result = [asdict(line) for line in lines]
    row.tested_at = timezone.now()
    Mailbox.objects.filter(pk=row.pk).update(test_result=row.test_result, tested_at=row.tested_at)
    good = not any(line.status == "FAIL" for line in lines[:-1])
    row.tell("tested", "every step works" if good else next(line.fix for line in lines if line.status == "FAIL"))
    return good


def switch(row: Mailbox, state: str, actor: str) -> None:
    """Read the mailbox from now on, or no more; a person has decided so. Raises LeaseLost."""
    if row.state != state:
        row.advance(state, f"by {actor}", due_in=AT_ONCE if state == State.ACTIVE else NEVER, failing_since=None)
