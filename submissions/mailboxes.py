"""One round of fetching from a mailbox: what is new is stored, what is stored is moved away."""

import logging
import random
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError
from django.db.models.functions import Now

from mailmonitor import grants
from mailmonitor.models import now
from mailmonitor.outage import hand_back
from submissions import intake, storage
from submissions.accounts import from_environment, open_mailbox
from submissions.mailbox.base import Mailbox as OpenMailbox
from submissions.mailbox.base import MailboxError, RawMail
from submissions.models import Mailbox

log = logging.getLogger(__name__)
RECONCILE_EVERY = timedelta(minutes=15)
LONGEST_BACK_OFF = timedelta(minutes=5)
BATCH = 500
FAULTS = (MailboxError, storage.StorageShut)


def due() -> list[int]:
    """The active mailboxes whose next round is due."""
    from_environment()
    looked_into = set(watched())
    return [pk for pk in Mailbox.due([Mailbox.State.ACTIVE]) if pk in looked_into]


def watched() -> list[int]:
    """The mailboxes that can be looked into, in no order."""
    rows = Mailbox.objects.filter(state=Mailbox.State.ACTIVE).exclude(protocol__in=Mailbox.DOORS)
    return list(rows.values_list("pk", flat=True))


def fetch(pk: int) -> list[int]:
    """One round over a connection of its own; gives back the new submissions."""
    try:
        return visit(pk) or []
    except FAULTS:
        return []


def visit(pk: int, opened: OpenMailbox | None = None) -> list[int] | None:
    """One round: store every new mail, then move it away. None when somebody else is at it.

    One worker at a time reads a mailbox; a mail that is seen twice is stored once by its unique key. Who
    keeps a connection open hands it in and is given twice the time before others look. Raises FAULTS,
    after they were recorded.
    """
    row = Mailbox.claim(pk, [Mailbox.State.ACTIVE], settings.FETCH_LEASE)
    if row is None:
        return None
    try:
        storage.check_room()
        with nullcontext(opened) if opened else open_mailbox(row) as mailbox:
            new = read(row, mailbox)
    except FAULTS as error:
        failed(row, error)
        raise
    except OperationalError:
        hand_back(row)
        raise
    was_failing = row.failing_since is not None
    pause = settings.MAILBOX_POLL * (2 if opened else 1)
    row.release(due_in=pause, last_success_at=Now(), failing_since=None, error="", error_fix="")
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
    whole = not mailbox.ordered or row.reconciled_at is None or now() - row.reconciled_at > RECONCILE_EVERY
    after = 0 if whole else row.last_uid
    listed = set(mailbox.all_uids()) if whole else set()
    known = stored(row, sorted(listed)) if whole else stored_above(row, after)
    done = set(known)
    if whole:
        row.hold(settings.FETCH_LEASE, backlog=len(listed - known))
    new = [kept for raw in mailbox.unseen(after, known=known) if (kept := keep(row, raw, done)) is not None]
    row.hold(settings.FETCH_LEASE)
    mailbox.mark_done(sorted(done))
    if whole:
        row.hold(settings.FETCH_LEASE, reconciled_at=Now(), backlog=len(listed - done))
    return new


def restart(row: Mailbox, uidvalidity: int) -> None:
    """The server has renumbered the folder: every UID known so far is void (RFC 9051 section 2.3.1.1)."""
    if row.uidvalidity is not None:
        row.tell("renumbered", f"UIDVALIDITY {row.uidvalidity} became {uidvalidity}")
    row.hold(settings.FETCH_LEASE, uidvalidity=uidvalidity, last_uid=0, reconciled_at=None)
    row.uidvalidity, row.last_uid, row.reconciled_at = uidvalidity, 0, None


def stored(row: Mailbox, uids: Sequence[int]) -> set[int]:
    """Those of the mails in the folder that are stored already."""
    found: set[int] = set()
    for start in range(0, len(uids), BATCH):
        rows = row.submissions.filter(uidvalidity=row.uidvalidity, uid__in=uids[start : start + BATCH])
        found.update(uid for uid in rows.values_list("uid", flat=True) if uid is not None)
    return found


def stored_above(row: Mailbox, after: int) -> set[int]:
    rows = row.submissions.filter(uidvalidity=row.uidvalidity, uid__gt=after)
    return {uid for uid in rows.values_list("uid", flat=True) if uid is not None}


def keep(row: Mailbox, raw: RawMail, done: set[int]) -> int | None:
    """Store one mail and note in `done` that it is safe; its key when it is new.

    Whatever goes wrong with one mail is told and must not keep the others from being stored; the mail
    stays on the server and is tried again when the whole folder is next looked at. A full storage, or a database that
    is away, ends the round.
    """
    submission = None
    try:
        submission = intake.receive(row, raw)
        done.add(raw.uid)
    except (storage.StorageShut, OperationalError):
        raise
    except Exception as error:
        log.exception("mailbox %s: the mail with UID %s could not be stored", row, raw.uid)
        row.tell("mail-not-stored", f"UID {raw.uid}: {error}")
    row.hold(settings.FETCH_LEASE, last_uid=raw.uid)
    return submission.pk if submission else None


def refused(pk: int, error: MailboxError) -> None:
    """Record that the account could not even be opened, by who tried to keep it open."""
    row = Mailbox.claim(pk, [Mailbox.State.ACTIVE], settings.FETCH_LEASE)
    if row is not None:
        failed(row, error)


def failed(row: Mailbox, error: MailboxError | storage.StorageShut) -> None:
    """Record what the server said; the mailbox is tried again and the page shows it until it works."""
    if not row.failing_since:
        row.tell("failing", str(error))
    log.warning("mailbox %s: %s", row, error)
    if isinstance(error, MailboxError) and error.step == "login" and row.grant_id:
        grants.distrust(row.grant_id)
    row.release(
        due_in=back_off(row, error),
        failing_since=row.failing_since or now(),
        error=str(error),
        error_fix=error.fix,
    )


def back_off(row: Mailbox, error: MailboxError | storage.StorageShut) -> timedelta:
    """Ever longer up to five minutes, at random; never shorter than the server asks for."""
    asked = timedelta(seconds=getattr(error, "pause", 0))
    failing = now() - row.failing_since if row.failing_since else timedelta(0)
    longest = max(settings.MAILBOX_POLL, min(failing, LONGEST_BACK_OFF))
    return max(asked, longest * random.uniform(0.5, 1))  # noqa: S311 (jitter, not a secret)
