"""The sweeper: what is due is issued again, what a dead worker held is freed, what hangs is ended.

| row        | state                | found when        | then                                             |
|------------|----------------------|-------------------|--------------------------------------------------|
| Submission | received             | due, lease ended  | unpack                                           |
| Submission | unpacked, analysing  | due               | conclude                                         |
| Analysis   | queued               | due, lease ended  | submit                                           |
| Analysis   | submitting           | lease ended       | queued where a repeat is harmless, else unknown  |
| Analysis   | reconciling          | lease ended       | unknown                                          |
| Analysis   | unknown              | due               | reconcile                                        |
| Analysis   | running              | due               | poll                                             |
| Analysis   | any open             | deadline over     | failed                                           |
| Decision   | queued               | due, lease ended  | the next portion of its mails                    |
| Subscription | active             | due, lease ended  | a look at what newly matches its view            |

Notifications have the same in `notifications.delivery`, mailboxes in `submissions.mailboxes`. It only reads the
rows' own columns: losing the broker loses nothing but the time until the next sweep.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max
from django.db.models.functions import Now

from mailmonitor.models import AT_ONCE, Event, Grant, Heartbeat, LeaseLost, WorkRow, now
from notifications.models import Notification
from submissions import analysis
from submissions.models import Analysis, Decision, Mailbox, Submission, Subscription
from submissions.sandbox.base import SandboxError
from submissions.sandboxes import sandbox

log = logging.getLogger(__name__)
CLOCK_MAY_ERR = timedelta(minutes=1)
LONG_SILENCE = timedelta(minutes=10)
PORTION = 1000
ROWS: tuple[type[WorkRow], ...] = (Submission, Analysis, Notification, Mailbox, Grant, Decision, Subscription)


@dataclass(frozen=True)
class Due:
    """What is to be issued again, by task."""

    unpack: list[int]
    conclude: list[int]
    submit: list[int]
    poll: list[int]
    reconcile: list[int]
    decide: list[int]


def due() -> Due:
    """Every row that waits for a step and that nobody holds."""
    return Due(
        unpack=Submission.due([Submission.State.RECEIVED]),
        conclude=Submission.due([Submission.State.UNPACKED, Submission.State.ANALYSING]),
        submit=Analysis.due([Analysis.State.QUEUED]),
        poll=Analysis.due([Analysis.State.RUNNING]),
        reconcile=Analysis.due([Analysis.State.UNKNOWN]),
        decide=Decision.due([Decision.State.QUEUED]),
    )


def free_abandoned() -> None:
    """Bring analyses whose worker died amid a step back to a state from which they go on."""
    for pk in Analysis.due([Analysis.State.SUBMITTING, Analysis.State.RECONCILING]):
        states = [Analysis.State.SUBMITTING, Analysis.State.RECONCILING]
        row = Analysis.claim(pk, states, settings.LEASE, counted=False)
        if row is None:
            continue
        if row.state == Analysis.State.SUBMITTING and is_repeatable(row):
            row.advance(Analysis.State.QUEUED, "the worker died", due_in=AT_ONCE, attempts=row.attempts)
        else:
            pause = settings.SEARCH_AFTER[0] if row.state == Analysis.State.SUBMITTING else AT_ONCE
            row.advance(Analysis.State.UNKNOWN, "the worker died", due_in=pause, attempts=row.attempts)


def is_repeatable(row: Analysis) -> bool:
    """Whether submitting it twice leaves no trace; of a profile that is gone nobody knows."""
    try:
        return sandbox(row.sandbox, row.profile).repeatable
    except SandboxError:
        return False


def mind_the_clock() -> None:
    """Keep due times sensible when the clock was set, or nobody swept for long.

    After a clock that was set back, everything would wait until it has caught up; after one that was set on, or
    a long standstill, analyses would count as overdue that nobody has asked for.
    """
    beat = Heartbeat.objects.filter(name="worker").first()
    if beat is None:
        return
    silence = now() - beat.at
    if silence < -CLOCK_MAY_ERR:
        log.warning("the clock was set back by %s: what is due moves with it", -silence)
        for rows in ROWS:
            rows._default_manager.filter(due_at__gt=Now()).update(due_at=F("due_at") + silence)
            rows._default_manager.filter(lease_ends_at__gt=Now()).update(lease_ends_at=F("lease_ends_at") + silence)
    if silence < -CLOCK_MAY_ERR or silence > LONG_SILENCE:
        Analysis.objects.filter(state__in=Analysis.OPEN).update(deadline_at=F("deadline_at") + silence)
        Heartbeat.beat("worker")


def end_overdue() -> list[int]:
    """Fail the analyses whose deadline is over; gives back those that were ended."""
    return [row.pk for row in analysis.overdue()[:500] if guarded(row.pk)]


def guarded(pk: int) -> bool:
    """End one row; whatever is wrong with it must not keep the sweeper from the others."""
    try:
        return analysis.give_up(pk)
    except LeaseLost:
        return False
    except Exception:
        log.exception("analysis %s could not be ended", pk)
        return False


def seal_events() -> None:
    """Chain all new events by hash, in the order in which they are found, a portion at a time."""
    while seal_portion() == PORTION:
        continue


@transaction.atomic
def seal_portion() -> int:
    """Chain the next events and say how many they were. One sweeper at a time."""
    Heartbeat.objects.select_for_update().get_or_create(name="seal", defaults={"at": Now()})
    last = Event.objects.aggregate(last=Max("seal_number"))["last"]
    previous = Event.objects.get(seal_number=last).seal if last is not None else ""
    number = 0 if last is None else last + 1
    events = list(Event.objects.filter(seal_number=None).order_by("pk")[:PORTION])
    seals = []
    for place, event in enumerate(events, start=number):
        previous = seal(previous, event)
        seals.append((previous, place, event.pk))
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE mailmonitor_event SET seal = %s, seal_number = %s WHERE id = %s", seals)
    return len(events)


def seal(previous: str, event: Event) -> str:
    """sha256 over the seal before and everything the event says."""
    told = (event.pk, event.at.isoformat(), event.reference, event.subject, event.kind, event.words, event.actor)
    return hashlib.sha256("\0".join([previous, *map(str, told)]).encode()).hexdigest()
