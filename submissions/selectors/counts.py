"""What mails add up to by hour or day: counted from the rows, or for days that are over taken from their tallies."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber, Trunc

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
HITS = ("malicious", "suspicious")


def counts(period: Period) -> Found:
    """The counts of each step of the period; steps in which nothing was may be missing."""
    if period.step == HOUR:
        return counted(period.begin, period.end, "hour")
    closed = closed_until(period)
    kept = of_closed_days(period.begin, closed) if period.begin < closed else {}
    return kept | (counted(closed, period.end, "day") if closed < period.end else {})


def closed_until(period: Period) -> datetime:
    """The midnight up to which the days of the period have tallies."""
    return max(period.begin, min(period.end, midnight(Tally.first_open()))) if period.step == DAY else period.begin


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


Reporters = dict[str, tuple[int, int]]


def by_reporter(period: Period) -> Reporters:
    """Of each reporter how many mails, and how many of those were hits."""
    closed = closed_until(period)
    found = dict(reporters_of_closed_days(period.begin, closed)) if period.begin < closed else {}
    for reporter, (mails, hits) in reporters_of(closed, period.end).items():
        before = found.get(reporter, (0, 0))
        found[reporter] = (before[0] + mails, before[1] + hits)
    return found


def reporters_of_closed_days(begin: datetime, end: datetime) -> Reporters:
    """Kept for a day under the marks of these days, which are others after a change."""
    rows = Tally.objects.filter(day__gte=begin.date(), day__lt=end.date())
    marks = [mark.hex for mark in rows.values_list("mark", flat=True)]
    key = f"reporters-{begin:%Y%m%d}-{end:%Y%m%d}-{sha256(''.join(marks).encode()).hexdigest()}"
    kept: Reporters | None = cache.get(key)
    if kept is None:
        kept = reporters_of(begin, end)
        if len(marks) == (end - begin) // DAY:
            cache.set(key, kept, DAY.total_seconds())
    return kept


def reporters_of(begin: datetime, end: datetime) -> Reporters:
    """The same, counted from the rows."""
    people = reported(begin, end).exclude(reporter="").values("reporter")
    counted = people.annotate(mails=Count("pk"), hits=Count("pk", filter=Q(verdict__in=HITS)))
    return {reporter: (mails, hits) for reporter, mails, hits in counted.values_list("reporter", "mails", "hits")}


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
