"""Delivering what was decided: claim | send | record. The promise stands in docs/decisions (delivery of mails)."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from mailmonitor.models import AT_ONCE, now
from notifications import relays, smtp
from notifications.kinds import RESULTS, VERDICTS
from notifications.limits import relay_is_busy
from notifications.models import Notification

State = Notification.State
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60)]
GIVE_UP, GIVE_UP_VERDICT = timedelta(hours=24), timedelta(days=5)
MOST_DEATHS = 5
OVERTAKEN = "the result changed before it was told"
DOUBT = "outcome unknown: the connection ended between the final dot and the relay's answer"


def due(limit: int = 500) -> list[int]:
    """The keys of mails that may be delivered now, the longest due first. None overtakes its thread's older mail."""
    return list(waiting().values_list("pk", flat=True)[:limit])


def waiting() -> QuerySet[Notification]:
    """What `due` reads; by the partial index on due times, however many mails were sent before."""
    older = ahead().filter(thread=OuterRef("thread"), pk__lt=OuterRef("pk"))
    free = Q(lease_ends_at=None) | Q(lease_ends_at__lt=Now())
    its_turn = Q(state__in=(State.DEFERRED, State.UNKNOWN)) | (Q(state=State.QUEUED) & ~Exists(older))
    return Notification.objects.filter(free, its_turn, due_at__lte=Now()).order_by("due_at", "pk")


def deliver(pk: int) -> None:
    """Send the mail, unless it is final, not due, held, or has to wait for its thread or the relay."""
    row = Notification.objects.filter(pk=pk, due_at__lte=Now()).first()
    if row is None or row.state not in (State.QUEUED, State.DEFERRED, State.UNKNOWN) or must_wait(row):
        return
    if row.state == State.UNKNOWN and not may_repeat(row):
        give_up_unknown(pk)
        return
    held = Notification.claim(pk, (row.state,), settings.SMTP_LEASE, to=State.SENDING)
    if held:
        hand_over(held)


def follower(pk: int) -> list[int]:
    """The key of the mail that waited in the same thread for this one, if there is one."""
    thread = Notification.objects.filter(pk=pk).values("thread")
    rows = Notification.objects.filter(thread__in=thread, pk__gt=pk, state=State.QUEUED).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:1])


def must_wait(row: Notification) -> bool:
    older = ahead().filter(thread=row.thread, pk__lt=row.pk)
    return (row.state == State.QUEUED and older.exists()) or relay_is_busy()


def ahead() -> QuerySet[Notification]:
    """Mails that later ones of their thread wait for. One that is held back until a set hour holds up no other."""
    return Notification.objects.filter(state__in=(State.QUEUED, State.SENDING), due_at__lte=Now())


def may_repeat(row: Notification) -> bool:
    """A verdict is worth a duplicate, once; a receipt is not."""
    return row.kind in VERDICTS and row.unknown_outcomes <= 1


def give_up_unknown(pk: int) -> None:
    held = Notification.claim(pk, (State.UNKNOWN,), settings.LEASE)
    if held:
        held.advance(State.FAILED, DOUBT, reason=f"{DOUBT}; not sent again")


def hand_over(row: Notification) -> None:
    """Talk to the relay with no transaction open, then record what it said."""
    row.tries += 1
    try:
        reply = relays.send(bytes(row.message), route(row), before_dot=lambda: mark_dot(row))
    except smtp.SmtpError as error:
        record_fault(row, error)
    else:
        row.advance(State.SENT, reply, reply=reply, sent_at=Now(), tries=row.tries, reason=duplicate_words(row))


def route(row: Notification) -> smtp.Route:
    """Raises SmtpError for an outgoing server that cannot be used."""
    own = row.outgoing.sender if row.outgoing else ""
    sender = own or settings.NOTIFICATION_FROM or settings.SANDBOX_ADDRESS
    return smtp.Route(relays.relay_of(row.outgoing), sender, row.to)


def duplicate_words(row: Notification) -> str:
    return "sent again after an unknown outcome: possible duplicate" if row.unknown_outcomes else ""


def mark_dot(row: Notification) -> None:
    """Commit that the dot goes out now. Raises LeaseLost when somebody else holds the row: then it must not."""
    row.hold(settings.SMTP_LEASE, dot_sent_at=Now())


def record_fault(row: Notification, error: smtp.SmtpError) -> None:
    """Unknown, refused for good, given up, or tried again later."""
    changes: dict[str, Any] = {"reply": str(error), "tries": row.tries, "dot_sent_at": None}
    if error.unknown:
        to_unknown(row, **changes)
    elif error.permanent:
        row.advance(State.FAILED, str(error), reason=f"refused by the relay: {error}", **changes)
    elif now() - row.queued_at > (GIVE_UP_VERDICT if row.kind in VERDICTS else GIVE_UP):
        row.advance(State.FAILED, str(error), reason=f"given up after {row.tries} tries: {error}", **changes)
    else:
        wait = BACK_OFF[min(row.tries, len(BACK_OFF)) - 1]
        row.advance(State.DEFERRED, str(error), due_in=wait, reason=f"tried again later: {error}", **changes)


def to_unknown(row: Notification, **changes: Any) -> None:
    counted = F("unknown_outcomes") + 1
    row.advance(State.UNKNOWN, DOUBT, due_in=settings.RESEND_AFTER, reason=DOUBT, unknown_outcomes=counted, **changes)


def resend(pk: int, *, actor: str) -> bool:
    """Put a mail that failed, or waits, back to the front; False when there is nothing to send again."""
    row = Notification.objects.filter(pk=pk, state__in=(State.FAILED, State.DEFERRED, State.UNKNOWN)).first()
    if row is None or not row.message:
        return False
    with transaction.atomic():
        if row.state == State.FAILED:
            fresh: dict[str, Any] = {"tries": 0, "reason": "", "dot_sent_at": None, "queued_at": Now()}
            row.advance(State.QUEUED, due_in=AT_ONCE, **fresh)
        else:
            row.release(due_in=AT_ONCE)
        row.tell("resend", actor=actor)
    return True


def cancel(pk: int, *, actor: str) -> bool:
    """Suppress a mail that is not on its way; False when it is too late."""
    row = Notification.objects.filter(pk=pk, state__in=(State.QUEUED, State.DEFERRED)).first()
    if row is None:
        return False
    row.advance(State.SUPPRESSED, f"cancelled by {actor}", reason=f"cancelled by {actor}")
    return True


def withdraw(thread: str, *, told: bool) -> None:
    """Take back the results of the thread that still wait for their hour: they no longer hold.

    `told` says that a newer mail tells of the change.
    """
    waiting = Notification.objects.filter(thread=thread, kind__in=RESULTS, state=State.QUEUED, due_at__gt=Now())
    for row in waiting:
        row.advance(State.ELSEWHERE if told else State.SUPPRESSED, OVERTAKEN, reason=OVERTAKEN)


def recover() -> int:
    """Take up mails whose sender died and return how many. Without the dot they surely were not delivered."""
    abandoned = Notification.due((State.SENDING,))
    return sum(recover_one(pk) for pk in abandoned)


def recover_one(pk: int) -> bool:
    row = Notification.claim(pk, (State.SENDING,), settings.LEASE, counted=False)
    if row is None:
        return False
    if row.dot_sent_at:
        to_unknown(row, dot_sent_at=None)
    elif row.attempts > MOST_DEATHS:
        row.advance(State.FAILED, reason=f"its sender died {row.attempts} times before the final dot")
    else:
        words = "its sender died before the final dot"
        row.advance(State.DEFERRED, words, due_in=AT_ONCE, reason=words, attempts=row.attempts)
    return True
