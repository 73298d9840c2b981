"""What fails as a whole, read from the rows: a sandbox, the relay, the workers; and senders who flood us."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min
from django.utils import timezone

from notifications import limits
from notifications.models import Mute, Notification
from submissions.models import Analysis, SandboxGate, Submission
from submissions.sandbox.gate import FAILURES

PATIENCE = timedelta(minutes=5)
MOST_FLOODS = 10
LONGEST_NAME = 60
FLOOD_WORDS = "{reason}. Its reports are analysed; it gets no answers until {until:%d %b %Y %H:%M %Z}."


@dataclass(frozen=True)
class Failure:
    """A part that fails since then; `last` is when it last worked, `check` the doctor's name for it, if it has one."""

    name: str
    check: str
    since: datetime
    last: datetime | None
    reply: str


def failures(moment: datetime) -> Iterator[Failure]:
    yield from sandboxes(moment)
    yield from relay(moment)
    yield from workers(moment)
    yield from floods(moment)


def sandboxes(moment: datetime) -> Iterator[Failure]:
    """A sandbox that all workers leave alone: five failures in a row, or an account that is refused."""
    for gate in SandboxGate.objects.exclude(reason=""):
        if gate.failures >= FAILURES or (gate.failures and gate.shut_until > moment.timestamp()):
            ended = Analysis.objects.filter(sandbox=gate.sandbox, state=Analysis.State.FINISHED)
            last = ended.aggregate(last=Max("finished_at"))["last"]
            yield Failure(f"sandbox {gate.sandbox}", "sandbox", moment, last, gate.reason)


def relay(moment: datetime) -> Iterator[Failure]:
    """Mails have waited for a second try for five minutes, and none went out meanwhile."""
    since = moment - PATIENCE
    waiting = Notification.objects.filter(state=Notification.State.DEFERRED, queued_at__lt=since).order_by("queued_at")
    oldest = waiting.first()
    if oldest is None or Notification.objects.filter(sent_at__gte=since).exists():
        return
    last = Notification.objects.aggregate(last=Max("sent_at"))["last"]
    yield Failure("relay", "smtp", oldest.queued_at, last, oldest.reply)


def workers(moment: datetime) -> Iterator[Failure]:
    """Work that is due has been waiting for five minutes: no worker lives, or they are too few.

    While none lives nobody can tell; it is told, with its beginning, by the first that lives again.
    """
    late = moment - PATIENCE
    since = [
        model._default_manager.filter(state__in=states, due_at__lt=late, lease_ends_at=None).aggregate(
            old=Min("due_at")
        )["old"]
        for model, states in ((Submission, Submission.OPEN), (Analysis, Analysis.OPEN))
    ]
    oldest = min((one for one in since if one is not None), default=None)
    if oldest is not None:
        yield Failure(
            "workers", "worker", oldest, None, "Work that is due has been waiting for more than five minutes."
        )


def floods(moment: datetime) -> Iterator[Failure]:
    """Senders muted because they send too many. So that no crowd of them floods the operators, ten at a time."""
    muted = Mute.objects.filter(reason=limits.FLOODED, until__gt=moment).order_by("began_at")
    for mute in muted[:MOST_FLOODS]:
        words = FLOOD_WORDS.format(reason=mute.reason.capitalize(), until=timezone.localtime(mute.until))
        yield Failure(f"muted sender {mute.address}"[:LONGEST_NAME], "", mute.began_at, None, words)
