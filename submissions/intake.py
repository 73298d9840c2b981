"""From raw bytes to rows: what arrives is stored first and taken apart second."""

import hashlib
import logging
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction

from mailmonitor.models import AT_ONCE
from mailmonitor.outage import hand_back
from notifications import bounces
from notifications.choice import recognised, shipped
from notifications.replies import ReplyPolicy, why_no_answer
from submissions import campaigns, items, letters, policy, simulations, storage
from submissions.extraction import wire
from submissions.extraction.addresses import display_name, single_address
from submissions.extraction.headers import Headers, read_headers
from submissions.extraction.types import ExtractedMail, Limits
from submissions.jail import JailBroken, JailLimits
from submissions.jail import run as run_in_jail
from submissions.mailbox.base import RawMail
from submissions.models import Artifact, Mailbox, Simulation, Submission
from submissions.plan import Plan
from submissions.sandbox.static.mail_signs import mail_signs
from submissions.searched import searched

State = Submission.State
MAX_ATTEMPTS = 3
BOUNCED = "a mail server's report on a mail of ours"
WITHOUT_ROOM = timedelta(seconds=60)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unpacked:
    """What unpacking caused: analyses to submit and mails to deliver, by their keys."""

    analyses: tuple[int, ...] = ()
    notifications: tuple[int, ...] = ()


def receive(mailbox: Mailbox, raw: RawMail, *, reporter: str = "") -> Submission | None:
    """Store a mail exactly once: blob first, then the row. None when it was stored before.

    `reporter` says who handed in a mail that did not come from its reporter (an imported file). Of a mail
    over the size limit only the header block has come (`raw.header_only`); it is recorded and answered
    with the reason. Raises ValueError when the server gave no bytes, StorageShut when there is no room.
    """
    if raw.content is None:
        raise ValueError("the server lists the mail but gives no bytes for it")
    digest = storage.save(raw.content)
    headers = read_headers(raw.content, Limits())
    row = Submission(
        mailbox=mailbox,
        uidvalidity=raw.uidvalidity or None,
        uid=raw.uid or None,
        digest=digest,
        size=raw.size,
        received_at=raw.received_at,
        **envelope(mailbox, headers, reporter),
    )
    row.fingerprint = fingerprint(row, headers)
    row.searched = searched(row)
    try:
        with transaction.atomic():
            row.duplicate_of = Submission.objects.filter(mailbox=mailbox, fingerprint=row.fingerprint).first()
            row.save()
            row.tell("received", f"{raw.size} bytes in {mailbox}")
            if is_bounce(headers, raw.content):
                row.advance(State.IGNORED, BOUNCED, state_reason=BOUNCED)
            elif raw.header_only:
                refuse(row, State.OVERSIZE, f"The mail is larger than {settings.MAIL_MEBIBYTES} MB.")
    except IntegrityError:
        if not Submission.objects.filter(mailbox=mailbox, uidvalidity=raw.uidvalidity, uid=raw.uid).exists():
            raise
        return None
    return row


def is_bounce(headers: Headers, content: bytes) -> bool:
    """Whether the mail tells what became of a mail of ours; that is then noted there."""
    found = bounces.read(b"".join(headers.raw_values("content-type")[:1]), content)
    return found is not None and bounces.record(found)


def envelope(mailbox: Mailbox, headers: Headers, given: str) -> dict[str, str]:
    """Who reported, what stands in the headers that the answer needs, and why nobody is answered."""
    reporter = given or single_address(headers.get_all("from"))
    policy = ReplyPolicy(
        domains=mailbox.domains,
        own_addresses=[mailbox.address, mailbox.username, settings.SANDBOX_ADDRESS],
        authserv_id="" if given else settings.TRUSTED_AUTHSERV_ID,
    )
    fields = [("From", given)] if given else [(name, value.decode("latin-1")) for name, value in headers.raw_items]
    return {
        "reporter": reporter or "",
        "reporter_name": "" if given else display_name(headers.get("from"))[:200],
        "to": headers.get("to")[:1000],
        "subject": headers.get("subject")[:1000],
        "message_id": headers.get("message-id")[:998],
        "language": shipped(headers.get("content-language")),
        "references": headers.get("references")[:4000],
        "no_answer": why_no_answer(fields, reporter=reporter, policy=policy),
    }


def fingerprint(row: Submission, headers: Headers) -> str:
    """What stays the same when a server renumbers its mails; it only links rows, it never drops one."""
    parts = (row.message_id, row.received_at.isoformat(), str(row.size), headers.get("received"))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def unpack(pk: int) -> Unpacked:
    """Take a received mail apart in a child process and store what it holds. Safe to call twice.

    Raises LeaseLost when somebody took the row over meanwhile: then nothing was written.
    """
    row = Submission.claim(pk, [State.RECEIVED], settings.LEASE)
    if row is None:
        return Unpacked()
    try:
        return take_apart(row)
    except OperationalError:
        hand_back(row)
        raise


def take_apart(row: Submission) -> Unpacked:
    """Extract, save the bytes and record; a mail that cannot be taken apart is parked, one without room waits."""
    try:
        if row.attempts > MAX_ATTEMPTS:
            return park(row, "Taking it apart broke the worker three times.")
        mail, plan = extract(row), policy.plan_for(row.mailbox)
        whole = reported_mail(row) if plan.steps_for(Artifact.Kind.MAIL) else b""
        for content in (*(file.content for file in mail.files), *([whole] if whole else [])):
            storage.save(content)
    except storage.StorageShut as error:
        row.release(due_in=WITHOUT_ROOM, attempts=row.attempts - 1)
        log.error("%s waits for room in the storage: %s", row.label, error)
        return Unpacked()
    except (JailBroken, ValueError) as error:
        return park(row, str(error))
    except FileNotFoundError:
        return park(row, "Its raw bytes are no longer in the storage.")
    return record(row, mail, plan, whole)


def extract(row: Submission) -> ExtractedMail:
    """The mail's contents. Raises JailBroken when the child died, ValueError when it answered nonsense."""
    return wire.load(run_in_jail("extract", storage.load(row.digest), JailLimits()))


def reported_mail(row: Submission) -> bytes:
    """The bytes of the reported mail alone. Raises JailBroken when the child died."""
    return run_in_jail("reported", storage.load(row.digest), JailLimits())


def record(row: Submission, mail: ExtractedMail, plan: Plan, whole: bytes) -> Unpacked:
    """One transaction: what was found, what is to be analysed, and the receipt that is decided by it."""
    told = wire.as_json(mail, "")
    test = simulations.recognised(mail)
    row.language = row.language or recognised(mail.words)
    with transaction.atomic():
        if test:
            return Unpacked(notifications=praise(row, told, test))
        found = items.store(row, mail, plan, whole)
        row.reported = told["reported"]
        row.advance(
            State.UNPACKED,
            f"{len(mail.files)} files, {len(mail.urls)} links",
            due_in=AT_ONCE,
            reported=row.reported,
            problems=told["problems"],
            campaign=campaigns.joined(row, found),
            language=row.language,
            sender_domain=campaigns.sender_domain(row),
            signs=[asdict(sign) for sign in mail_signs(row.original, settings.OWN_DOMAINS)],
            plan=plan.as_json(),
            searched=searched(row, ((item.artifact.kind, item.name) for item in found)),
        )
        return Unpacked(tuple(policy.begin(row.pk)), letters.receipt(row))


def praise(row: Submission, told: dict[str, Any], test: Simulation) -> tuple[int, ...]:
    """A phishing test of our own: nothing of it is opened, for that would count as falling for it."""
    words = f"a phishing test of ours: {test}"
    row.advance(State.IGNORED, words, state_reason=words, reported=told["reported"], language=row.language)
    return letters.phishing_test(row)


def park(row: Submission, reason: str) -> Unpacked:
    """Put aside a mail that cannot be taken apart: visible, answered, and out of the way of the others."""
    with transaction.atomic():
        return Unpacked(notifications=refuse(row, State.UNPARSEABLE, reason))


def refuse(row: Submission, state: str, reason: str) -> tuple[int, ...]:
    row.advance(state, reason, state_reason=reason)
    return letters.rejected(row, reason)
