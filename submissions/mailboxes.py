"""Which mailboxes there are, how one is opened, and one round of fetching from it."""

import logging
from dataclasses import asdict
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.db.models.functions import Now

from mailmonitor.models import now
from submissions import intake, storage
from submissions.mailbox.base import Account, MailboxError, RawMail, Security
from submissions.mailbox.base import Mailbox as OpenMailbox
from submissions.mailbox.imap import ImapMailbox
from submissions.mailbox.url import read_mailbox_url
from submissions.models import Mailbox

log = logging.getLogger(__name__)
RECONCILE_EVERY = timedelta(minutes=15)


def from_environment() -> None:
    """Keep the mailbox of MAILBOX_URL as a row like any other, so that a bare installation works."""
    if not settings.MAILBOX_URL:
        return
    values = {
        **asdict(read_mailbox_url(settings.MAILBOX_URL)),
        "address": settings.SANDBOX_ADDRESS,
        "reporter_domains": "\n".join(settings.REPORTER_DOMAINS),
    }
    row, made = Mailbox.objects.get_or_create(
        from_environment=True, defaults={**values, "name": settings.SANDBOX_ADDRESS}
    )
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed and not made:
        Mailbox.objects.filter(pk=row.pk).update(**changed, due_at=Now())


def open_mailbox(row: Mailbox) -> OpenMailbox:
    """The account behind the row; entering it connects and raises MailboxError when that fails."""
    account = Account(
        host=row.host,
        port=row.port,
        security=cast("Security", row.security),
        username=row.username,
        password=row.password,
        folder=row.folder,
        processed_folder=row.processed_folder,
        ca_file=settings.CA_FILE,
    )
    return ImapMailbox(account, size_limit=settings.MAIL_MEBIBYTES * 1024 * 1024)


def due() -> list[int]:
    """The active mailboxes whose next round is due."""
    from_environment()
    return Mailbox.due([Mailbox.State.ACTIVE])


def fetch(pk: int) -> list[int]:
    """One round: store every new mail, then move it away. Gives back the new submissions.

    One worker at a time reads a mailbox; a mail that is seen twice is stored once by its unique key.
    """
    row = Mailbox.claim(pk, [Mailbox.State.ACTIVE], settings.FETCH_LEASE)
    if row is None:
        return []
    try:
        storage.check_room()
        with open_mailbox(row) as mailbox:
            new = read(row, mailbox)
    except (MailboxError, storage.StorageShut) as error:
        failed(row, error)
        return []
    was_failing = row.failing_since is not None
    row.release(due_in=settings.MAILBOX_POLL, last_success_at=Now(), failing_since=None, error="", error_fix="")
    if was_failing:
        row.tell("recovered", "The mailbox answers again.")
    return new


def read(row: Mailbox, mailbox: OpenMailbox) -> list[int]:
    """Store what is new in the open folder and move away whatever is stored.

    A folder that was rebuilt is read from its beginning. Now and then the whole folder is compared
    with the table, which finds what an interrupted round left behind.
    """
    if row.uidvalidity != mailbox.uidvalidity:
        restart(row, mailbox.uidvalidity)
    whole = row.reconciled_at is None or now() - row.reconciled_at > RECONCILE_EVERY
    after = 0 if whole else row.last_uid
    known = known_uids(row, after)
    done = known.intersection(mailbox.all_uids()) if whole else known
    new = [kept for raw in mailbox.unseen(after, known=known) if (kept := keep(row, raw, done)) is not None]
    row.hold(settings.FETCH_LEASE)
    mailbox.mark_done(sorted(done))
    if whole:
        row.hold(settings.FETCH_LEASE, reconciled_at=Now())
    return new


def restart(row: Mailbox, uidvalidity: int) -> None:
    """The server has renumbered the folder: every UID known so far is void (RFC 9051 section 2.3.1.1)."""
    if row.uidvalidity is not None:
        row.tell("renumbered", f"UIDVALIDITY {row.uidvalidity} became {uidvalidity}")
    row.hold(settings.FETCH_LEASE, uidvalidity=uidvalidity, last_uid=0, reconciled_at=None)
    row.uidvalidity, row.last_uid, row.reconciled_at = uidvalidity, 0, None


def known_uids(row: Mailbox, after: int) -> set[int]:
    """The mails above `after` that are stored already."""
    rows = row.submissions.filter(uidvalidity=row.uidvalidity, uid__gt=after)
    return {uid for uid in rows.values_list("uid", flat=True) if uid is not None}


def keep(row: Mailbox, raw: RawMail, done: set[int]) -> int | None:
    """Store one mail and note in `done` that it is safe; its key when it is new.

    Whatever goes wrong with one mail is told and must not keep the others from being stored; the mail
    stays on the server and is tried again when the whole folder is next looked at. A full storage ends the round.
    """
    submission = None
    try:
        submission = intake.receive(row, raw)
        done.add(raw.uid)
    except storage.StorageShut:
        raise
    except Exception as error:
        log.exception("mailbox %s: the mail with UID %s could not be stored", row, raw.uid)
        row.tell("mail-not-stored", f"UID {raw.uid}: {error}")
    row.hold(settings.FETCH_LEASE, last_uid=raw.uid)
    return submission.pk if submission else None


def failed(row: Mailbox, error: MailboxError | storage.StorageShut) -> None:
    """Record what the server said; the mailbox is tried again and the page shows it until it works."""
    if not row.failing_since:
        row.tell("failing", str(error))
    log.warning("mailbox %s: %s", row, error)
    row.release(
        due_in=settings.MAILBOX_POLL,
        failing_since=row.failing_since or now(),
        error=str(error),
        error_fix=error.fix,
    )


def ask_now(pk: int) -> None:
    """Make the next round due at once."""
    Mailbox.objects.filter(pk=pk, state=Mailbox.State.ACTIVE).update(due_at=Now())
