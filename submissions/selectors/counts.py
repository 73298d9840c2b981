"""What mails add up to by hour or day: counted from the rows, or for days that are over taken from their tallies."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber, Trunc
from django.utils import timezone

from notifications.models import Notification
from submissions.models import Submission, Tally
from submissions.selectors.period import DAY, HOUR, Period


@dataclass
class Counts:
    """One hour or day, of the mails reported in it: how many by verdict, and malicious ones by their sender's domain.

    Of those `judged`, half were within `half` seconds and 95 of 100 within `most`; of `unsent` an answer failed.
    `sent` are the mails to reporters that went out in this time.
    """

    verdicts: dict[str, int] = field(default_factory=dict)
    senders: dict[str, int] = field(default_factory=dict)
    judged: int = 0
    half: float = 0
    most: float = 0
    unsent: int = 0
    sent: int = 0


Found = dict[datetime, Counts]


def counts(period: Period) -> Found:
    """The counts of each step of the period; steps in which nothing was may be missing."""
    if period.step == HOUR:
        return counted(period.begin, period.end, "hour")
    closed = min(period.end, midnight(timezone.now().astimezone(UTC).date()) - DAY)
    kept = of_closed_days(period.begin, closed) if period.begin < closed else {}
    opened = max(period.begin, closed)
    return kept | (counted(opened, period.end, "day") if opened < period.end else {})


def of_closed_days(begin: datetime, end: datetime) -> Found:
    """From the tallies; days that have none are counted in one stretch, and kept."""
    rows = {row.day: row for row in Tally.objects.filter(day__gte=begin.date(), day__lt=end.date())}
    found = {midnight(day): Counts(**row.counts) for day, row in rows.items() if row.counts is not None}
    missing = [day for day in days(begin, end) if midnight(day) not in found]
    if missing:
        fresh = counted(midnight(missing[0]), midnight(missing[-1]) + DAY, "day")
        new = {day: fresh.get(midnight(day), Counts()) for day in missing}
        marks = {day: rows[day].mark for day in missing if day in rows}
        Tally.keep({day: asdict(one) for day, one in new.items()}, marks)
        found |= {midnight(day): one for day, one in new.items()}
    return found


def days(begin: datetime, end: datetime) -> Iterator[date]:
    return ((begin + number * DAY).date() for number in range((end - begin) // DAY))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def counted(begin: datetime, end: datetime, step: str) -> Found:
    """From the rows. Five queries."""
    found: Found = defaultdict(Counts)
    mails = reported(begin, end).annotate(at=by(step, "received_at"))
    for at, verdict, number in mails.values_list("at", "verdict").annotate(mails=Count("pk")):
        found[at].verdicts[verdict] = number
    bad = mails.filter(verdict="malicious").exclude(sender_domain="")
    for at, domain, number in bad.values_list("at", "sender_domain").annotate(mails=Count("pk")):
        found[at].senders[domain] = number
    for at, number in mails.filter(told=Submission.Told.FAILED).values_list("at").annotate(mails=Count("pk")):
        found[at].unsent = number
    for at, number in sent(begin, end).annotate(at=by(step, "sent_at")).values_list("at").annotate(mails=Count("pk")):
        found[at].sent = number
    _time(mails, found)
    return dict(found)


def reported(begin: datetime, end: datetime) -> QuerySet[Submission]:
    return Submission.objects.filter(received_at__gte=begin, received_at__lt=end).order_by()


def sent(begin: datetime, end: datetime) -> QuerySet[Notification]:
    """The mails to reporters that went out."""
    of_mails = Notification.objects.filter(state="sent", thread__startswith="submission:")
    return of_mails.filter(sent_at__gte=begin, sent_at__lt=end).order_by()


def by(step: str, column: str) -> Trunc:
    return Trunc(column, step, output_field=DateTimeField(), tzinfo=UTC)


def _time(mails: QuerySet[Any], found: Found) -> None:
    """From the report to the verdict: of half of the reports, and of nineteen of twenty."""
    took = ExpressionWrapper(F("concluded_at") - F("received_at"), DurationField())
    done = mails.filter(state=Submission.State.DONE).annotate(took=took)
    ranked = done.annotate(
        place=Window(RowNumber(), partition_by=[F("at")], order_by=F("took").asc()),
        of=Window(Count("pk"), partition_by=[F("at")]),
    )
    half = Q(place__gte=F("of") * 0.5, place__lt=F("of") * 0.5 + 1)
    most = Q(place__gte=F("of") * 0.95, place__lt=F("of") * 0.95 + 1)
    for at, of, _place, seconds in (
        ranked.filter(half | most).values_list("at", "of", "place", "took").order_by("at", "place")
    ):
        step = found[at]
        step.half = step.half if step.judged else seconds.total_seconds()
        step.judged, step.most = of, seconds.total_seconds()
