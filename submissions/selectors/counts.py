"""What mails add up to by hour or day: counted from the rows, or for days that are over taken from their tallies."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value, Window
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
LONGEST_STRETCH = 30
Kept = TypeVar("Kept")


def counts(period: Period) -> Found:
    """The counts of each step of the period; steps in which nothing was may be missing."""
    if period.step == HOUR:
        return counted(period.begin, period.end, "hour")
    closed = closed_until(period)
    kept = under_marks("days", period.begin, closed, of_closed_days) if period.begin < closed else {}
    return kept | (counted(closed, period.end, "day") if closed < period.end else {})


def closed_until(period: Period) -> datetime:
    """The midnight up to which the days of the period have tallies."""
    return max(period.begin, min(period.end, midnight(Tally.first_open()))) if period.step == DAY else period.begin


def of_closed_days(begin: datetime, end: datetime) -> Found:
    """From the tallies; days that have none are counted, and kept."""
    rows = {row.day: row for row in Tally.objects.filter(day__gte=begin.date(), day__lt=end.date())}
    found = {midnight(day): Counts(**row.counts) for day, row in rows.items() if row.counts is not None}
    missing = [day for day in days(begin, end) if midnight(day) not in found]
    new: Found = {}
    for first, last in stretches(missing):
        fresh = counted(midnight(first), midnight(last) + DAY, "day")
        new |= {midnight(day): fresh.get(midnight(day), Counts()) for day in missing if first <= day <= last}
    if new:
        marks = {day: rows[day].mark for day in missing if day in rows}
        Tally.keep({at.date(): asdict(one) for at, one in new.items()}, marks)
    return found | new


def stretches(missing: list[date]) -> Iterator[tuple[date, date]]:
    """The first and last of days that follow each other, of a month at most."""
    begin = 0
    for place, day in enumerate(missing):
        ends = missing[place + 1 : place + 2] != [day + DAY]
        if ends or place - begin == LONGEST_STRETCH - 1:
            yield missing[begin], day
            begin = place + 1


def under_marks(name: str, begin: datetime, end: datetime, read: Callable[[datetime, datetime], Kept]) -> Kept:
    """What was read of days that are over: kept for a day, until the mark of one of them is another.

    The marks are looked up before anything is read: what changes meanwhile is read again the next time.
    """
    marks = list(Tally.objects.filter(day__gte=begin.date(), day__lt=end.date()).values_list("mark", flat=True))
    key = f"closed-{name}-{begin:%Y%m%d}-{end:%Y%m%d}"
    known: tuple[list[UUID], Kept] | None = cache.get(key)
    if known and known[0] == marks:
        return known[1]
    found = read(begin, end)
    if len(marks) == (end - begin) // DAY:
        cache.set(key, (marks, found), DAY.total_seconds())
    return found


@dataclass
class Reporters:
    """How many mails each reporter sent, and how many of those were hits."""

    mails: dict[str, int] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)


def by_reporter(period: Period) -> Reporters:
    """Of the days that are over, and of the rest."""
    closed = closed_until(period)
    found = under_marks("reporters", period.begin, closed, reporters_of) if period.begin < closed else Reporters()
    rest = reporters_of(closed, period.end)
    for total, numbers in ((found.mails, rest.mails), (found.hits, rest.hits)):
        for reporter, number in numbers.items():
            total[reporter] = total.get(reporter, 0) + number
    return found


def reporters_of(begin: datetime, end: datetime) -> Reporters:
    """The same, counted from the rows."""
    found = Reporters()
    people = reported(begin, end).exclude(reporter="").values("reporter")
    counted = people.annotate(mails=Count("pk"), hits=Count("pk", filter=Q(verdict__in=HITS)))
    for reporter, mails, hits in counted.values_list("reporter", "mails", "hits"):
        found.mails[reporter], found.hits[reporter] = mails, hits
    return found


def days(begin: datetime, end: datetime) -> Iterator[date]:
    return ((begin + number * DAY).date() for number in range((end - begin) // DAY))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def counted(begin: datetime, end: datetime, step: str) -> Found:
    """From the rows. Four queries, each from an index alone: that of the mails sent does not hold their keys."""
    found: Found = defaultdict(Counts)
    single = begin if step == "day" and end - begin == DAY else None
    mails = reported(begin, end).annotate(at=by(step, "received_at", single))
    judged, unsent = Q(state=Submission.State.DONE), Q(told=Submission.Told.FAILED)
    by_verdict = mails.values_list("at", "verdict").annotate(
        mails=Count("pk"), judged=Count("pk", filter=judged), unsent=Count("pk", filter=unsent)
    )
    for at, verdict, number, done, failed in by_verdict:
        found[at].verdicts[verdict] = number
        found[at].judged += done
        found[at].unsent += failed
    bad = mails.filter(verdict="malicious").exclude(sender_domain="")
    for at, domain, number in bad.values_list("at", "sender_domain").annotate(mails=Count("pk")):
        found[at].senders[domain] = number
    out = sent(begin, end).annotate(at=by(step, "sent_at", single)).values_list("at")
    for at, number in out.annotate(mails=Count("*")):
        found[at].sent = number
    _time(mails.filter(judged), found)
    return dict(found)


def reported(begin: datetime, end: datetime) -> QuerySet[Submission]:
    return Submission.objects.filter(received_at__gte=begin, received_at__lt=end).order_by()


def sent(begin: datetime, end: datetime) -> QuerySet[Notification]:
    """The mails to reporters that went out."""
    of_mails = Notification.objects.filter(state="sent", thread__startswith="submission:")
    return of_mails.filter(sent_at__gte=begin, sent_at__lt=end).order_by()


def by(step: str, column: str, single: datetime | None) -> Trunc | Value:
    """When the step of a row began; where there is but a `single` one, no row has to be asked."""
    if single:
        return Value(single, output_field=DateTimeField())
    return Trunc(column, step, output_field=DateTimeField(), tzinfo=UTC)


def _time(judged: QuerySet[Any], found: Found) -> None:
    """From the report to the verdict: of half of the reports, and of nineteen of twenty."""
    took = ExpressionWrapper(F("concluded_at") - F("received_at"), DurationField())
    place = Window(RowNumber(), partition_by=[F("at")], order_by=F("took").asc())
    wanted = {place for one in found.values() for place in places(one.judged)}
    ranked = judged.annotate(took=took).annotate(place=place).filter(place__in=wanted)
    seconds = {(at, place): took.total_seconds() for at, place, took in ranked.values_list("at", "place", "took")}
    for at, one in found.items():
        one.half, one.most = (seconds.get((at, place), 0) for place in places(one.judged))


def places(of: int) -> tuple[int, int]:
    """Where half of that many, and nineteen of twenty, have come by, counted from one."""
    return -(-of // 2), -(-of * 19 // 20)
