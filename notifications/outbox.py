"""The outbox: a mail is decided once, in the transaction of what causes it, and delivered as promised.

decide(letter)    in the caller's transaction: render, freeze bytes and Message-ID, one row
due()             rows that may be delivered now
deliver(pk)       claim | send | record the relay's reply
follower(pk)      the mail of the same thread that waited for it
recover()         rows whose sender died: sent again, or unknown when the dot may have gone out
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from mailmonitor.models import now
from notifications import limits
from notifications.addresses import counted, deliverable, domain_of
from notifications.choice import Signs, choose
from notifications.delivery import deliver, due, follower, recover, withdraw
from notifications.kinds import KINDS, Group
from notifications.message import Envelope, compose
from notifications.models import COPY, LanguageRule, Notification, OutgoingServer, moved, moving
from notifications.rendering import Rendered, render
from notifications.signature import signed
from notifications.texts import is_disabled
from notifications.values import one_line

__all__ = ["Answered", "Letter", "decide", "deliver", "due", "follower", "recover", "withdraw"]

NAMESPACE = uuid.UUID("5f0c7d1e-2b8a-5d0e-9a44-6d61696c6d6f")
State = Notification.State
PAST_LIMIT = "past the limit of an hour: told with others in one mail"


@dataclass(frozen=True)
class Answered:
    """The mail that is answered: its Message-ID and References as they came, and its subject."""

    message_id: str = ""
    references: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Letter:
    """One mail to decide: `thread` is what it belongs to, `about` what it tells of.

    `no_answer` says why it may not go out; `signs` decide its language beside the rules; `not_before` holds the
    mail back, in quiet hours for example; `copy_to` gets the same mail without the reader's knowledge.
    `outgoing` is the server it goes out by, None for that of EMAIL_URL.
    """

    kind: str
    thread: str
    about: str
    to: str
    context: Mapping[str, str | list[dict[str, str]]]
    answers: Answered = field(default_factory=Answered)
    no_answer: str = ""
    generation: int = 1
    signs: Signs = field(default_factory=Signs)
    not_before: datetime | None = None
    copy_to: str = ""
    receipts_an_hour: int = limits.PER_REPORTER[0][0]
    outgoing: OutgoingServer | None = None


def decide(letter: Letter) -> Notification | None:
    """Freeze the mail as a row: queued, or suppressed with the reason. None when it was decided before."""
    moving.send(Notification, thread=letter.thread)
    key = {"about": letter.about, "kind": letter.kind, "generation": letter.generation}
    if Notification.objects.filter(**key).exists():
        return None
    mail = render(letter.kind, language_of(letter), letter.context)
    row, created = Notification.objects.get_or_create(**key, defaults=frozen(letter, mail))
    if not created:
        return None
    row.tell(row.state, f"{row.kind}: {row.reason}" if row.reason else row.kind)
    moved.send(Notification, thread=letter.thread)
    if row.state == State.QUEUED and deliverable(letter.copy_to):
        Notification.objects.create(**copied(letter, mail, row))
    return row


def copied(letter: Letter, mail: Rendered, row: Notification) -> dict[str, object]:
    """The columns of the blind copy: an own row with an own fate, its To the reporter's address."""
    twin = replace(letter, about=f"{letter.about}{COPY}")
    return {
        **frozen(twin, mail),
        "about": twin.about,
        "kind": letter.kind,
        "generation": letter.generation,
        "state": State.QUEUED,
        "reason": f"blind copy of {row.label}",
        "due_at": row.due_at,
        "message": signed(compose(mail, addressed(twin, row.to))),
        "to": deliverable(letter.copy_to),
        "recipient": "",
        "for_digest": False,
    }


def language_of(letter: Letter) -> str:
    """By the rule for the reader, then the letter's signs, the rule for his domain among them, then the site."""
    domain = domain_of(letter.to)
    rules = dict(LanguageRule.objects.filter(whom__in=(counted(letter.to), domain)).values_list("whom", "language"))
    by_domain = rules.get(domain) or settings.MAIL_LANGUAGES.get(domain, "")
    signs = replace(
        letter.signs,
        reporter=rules.get(counted(letter.to)) or letter.signs.reporter,
        rule=by_domain or letter.signs.rule,
    )
    return choose(signs, site=settings.MAIL_LANGUAGE)


def frozen(letter: Letter, mail: Rendered) -> dict[str, object]:
    """Every column of the row but its key."""
    to = deliverable(letter.to)
    recipient = counted(to) if to else ""
    conversation = root(letter.answers)
    reason = suppression(letter, to, conversation)
    envelope = addressed(letter, to)
    gathered_at = None if reason or not recipient else gathering(letter, recipient)
    return {
        "outgoing": letter.outgoing,
        "thread": letter.thread,
        "language": mail.language,
        "state": State.SUPPRESSED if reason else State.QUEUED,
        "due_at": None if reason else gathered_at or letter.not_before or Now(),
        "reason": PAST_LIMIT if gathered_at else reason,
        "for_digest": gathered_at is not None,
        "to": to or one_line(letter.to, 320),
        "recipient": recipient,
        "conversation": conversation,
        "subject": mail.subject,
        "message_id": envelope.message_id,
        "context": dict(letter.context),
        "message": b"" if reason else signed(compose(mail, envelope)),
    }


def suppression(letter: Letter, to: str, conversation: str) -> str:
    """Why the mail may not go out, the first reason that holds; an empty text when it may."""
    if letter.no_answer:
        return letter.no_answer
    if not to:
        return "no recipient: the report names no address that can be written to"
    if is_disabled(letter.kind):
        return f"switched off: the text “{KINDS[letter.kind].title}” is disabled"
    if KINDS[letter.kind].group is Group.OPERATOR:
        return ""
    if reason := limits.muted(counted(to)) or drowned(letter, counted(to)):
        return reason
    return limits.reached(
        letter.kind, recipient=counted(to), conversation=conversation, an_hour=letter.receipts_an_hour
    )


def gathering(letter: Letter, recipient: str) -> datetime | None:
    """Until when the mail waits for others past the limit; None when it goes out by itself."""
    until = limits.held_until(letter.kind, recipient=recipient, an_hour=letter.receipts_an_hour)
    if until is None or is_disabled("digest"):
        return None
    return max(until, letter.not_before or until)


def drowned(letter: Letter, recipient: str) -> str:
    """Mute who sends more than a person can: two machines must not keep each other busy."""
    if letter.kind not in limits.ANSWERS or not limits.floods(recipient, besides=letter.thread):
        return ""
    limits.mute(recipient, limits.FLOODED, limits.DAY)
    return f"muted: {limits.FLOODED}"


def root(answers: Answered) -> str:
    """The first mail of the conversation, by which loops are counted."""
    ids = answers.references.split() or [answers.message_id]
    return ids[0][:998]


def addressed(letter: Letter, to: str) -> Envelope:
    """Sender, recipient, thread and what RFC 3834 asks of automatic mail."""
    sender = sender_address(letter.outgoing)
    return Envelope(
        message_id=message_id(letter, domain_of(sender)),
        kind=letter.kind,
        to=to,
        sender=sender,
        sender_name=settings.ORGANISATION,
        date=timezone.localtime(now()),
        automatic="auto-replied" if KINDS[letter.kind].group is Group.RECEIPT else "auto-generated",
        reply_to=deliverable(settings.CONTACT),
        in_reply_to=letter.answers.message_id,
        references=letter.answers.references,
        topic=letter.answers.subject,
    )


def sender_address(outgoing: OutgoingServer | None = None) -> str:
    own = outgoing.sender if outgoing else ""
    return deliverable(own or settings.NOTIFICATION_FROM or settings.SANDBOX_ADDRESS)


def message_id(letter: Letter, domain: str) -> str:
    """`<mm.{kind}.{uuid5(about, kind, generation)}@domain>`: the same decision has the same id for ever."""
    # The answered mail keeps the ids of two installations apart that both count from one.
    parts = (letter.about, letter.kind, str(letter.generation), letter.to, letter.answers.message_id)
    return f"<mm.{letter.kind}.{uuid.uuid5(NAMESPACE, '|'.join(parts))}@{domain}>"
