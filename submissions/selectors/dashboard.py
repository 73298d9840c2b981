"""What came in, how quickly it was judged, what waits, from whom it came: six plots whose numbers the list confirms."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber, Trunc
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models import Notification
from submissions.models import SandboxProfile, Submission
from submissions.quotas import quota_words
from submissions.selectors.period import HOUR, Period
from submissions.selectors.plots import Cell, Plot
from submissions.words import VERDICTS, span

ORDER = ("malicious", "suspicious", "unknown", "failed", "clean")
HITS = ("malicious", "suspicious")
TOP = 10
MOST_FAILED = 5000
KEPT_SECONDS = 30
AGES = (("< 5 min", ">-5m"), ("5 – 30 min", "-30m..-5m"), ("30 min – 2 h", "-2h..-30m"), ("> 2 h", "<-2h"))
MINUTES = (5, 30, 120)


@dataclass(frozen=True)
class Dashboard:
    """The plots of a period, counted at `at`."""

    at: datetime
    plots: list[Plot]


def dashboard(period: Period) -> Dashboard:
    """All plots; numbers are up to half a minute old. Nine queries."""
    key = f"dashboard-{period.begin:%Y%m%d%H}-{period.end:%Y%m%d%H}"
    kept: Dashboard | None = cache.get(key)
    if kept is None:
        plots = [verdicts(period), times(period), waiting(), senders(period), failures(period)]
        if settings.DASHBOARD_REPORTERS:
            plots.insert(4, reporters(period))
        kept = Dashboard(timezone.now(), plots)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def reported(period: Period) -> QuerySet[Submission]:
    return Submission.objects.filter(received_at__gte=period.begin, received_at__lt=period.end).order_by()


def by_step(period: Period) -> Trunc:
    """The hour or day in which a mail was reported."""
    return Trunc("received_at", "hour" if period.step == HOUR else "day", output_field=DateTimeField(), tzinfo=UTC)


def verdicts(period: Period) -> Plot:
    """Reports by verdict, the worst at the bottom."""
    counted = reported(period).annotate(at=by_step(period)).values_list("at", "verdict").annotate(mails=Count("pk"))
    numbers: dict[datetime, dict[str, int]] = defaultdict(dict)
    for at, verdict, number in counted:
        numbers[at][verdict] = number
    lines = []
    for step in period.steps:
        found = numbers[step.begin]
        cells = [Cell(found.get(one, 0), f"verdict:{one} {step.search}", key=one) for one in ORDER]
        lines.append((step.label, [*cells, Cell(sum(found.values()), step.search)]))
    return Plot("verdicts", _("Reports by verdict"), [*(VERDICTS[one] for one in ORDER), _("All")], lines)


def times(period: Period) -> Plot:
    """From the report to the verdict: of half of the reports, and of nineteen of twenty."""
    took = ExpressionWrapper(F("concluded_at") - F("received_at"), DurationField())
    done = reported(period).filter(state=Submission.State.DONE).annotate(at=by_step(period), took=took)
    ranked = done.annotate(
        place=Window(RowNumber(), partition_by=[F("at")], order_by=F("took").asc()),
        of=Window(Count("pk"), partition_by=[F("at")]),
    )
    half = Q(place__gte=F("of") * 0.5, place__lt=F("of") * 0.5 + 1)
    most = Q(place__gte=F("of") * 0.95, place__lt=F("of") * 0.95 + 1)
    found: dict[datetime, list[tuple[int, float]]] = defaultdict(list)
    for at, of, _place, seconds in (
        ranked.filter(half | most).values_list("at", "of", "place", "took").order_by("at", "place")
    ):
        found[at].append((of, seconds.total_seconds()))
    lines = [(step.label, _spans(found[step.begin], f"is:done {step.search}")) for step in period.steps]
    target = settings.VERDICT_TARGET_MINUTES * 60
    headings = [_("Half within"), _("95% within"), _("Judged")]
    return Plot("times", _("Time to verdict"), headings, lines, stacked=False, target=target)


def _spans(found: Sequence[tuple[int, float]], search: str) -> list[Cell]:
    number = found[0][0] if found else 0
    half, most = (found[0][1], found[-1][1]) if found else (0.0, 0.0)
    words = [span(seconds) if found else "–" for seconds in (half, most)]
    return [
        Cell(half, search, words[0], "half"),
        Cell(most, search, words[1], "most"),
        Cell(number, search),
    ]


def waiting() -> Plot:
    """What is being analysed now, by the time for which it waits."""
    now = timezone.now()
    bounds = [now, *(now - timedelta(minutes=minutes) for minutes in MINUTES), None]
    rows = Submission.objects.filter(state__in=Submission.OPEN)
    named = {
        f"age{place}": Count("pk", filter=_between(bounds[place], bounds[place + 1])) for place in range(len(AGES))
    }
    found = rows.aggregate(**named, oldest=Min("received_at"))
    lines = [
        (words, [Cell(found[f"age{place}"], f"is:open reported:{search}", key="running")])
        for place, (words, search) in enumerate(AGES)
    ]
    oldest = found["oldest"]
    note = span((now - oldest).total_seconds()) if oldest else ""
    return Plot("waiting", _("Being analysed now"), [_("Reports")], lines, ranked=True, note=note)


def _between(newest: datetime | None, oldest: datetime | None) -> Q:
    """Received at `newest` or before, and after `oldest`."""
    return Q(received_at__lt=newest) & (Q(received_at__gte=oldest) if oldest else Q())


def senders(period: Period) -> Plot:
    """The domains from which most malicious reports came."""
    bad = reported(period).filter(verdict="malicious").exclude(sender_domain="")
    counted = bad.values_list("sender_domain").annotate(mails=Count("pk")).order_by("-mails", "sender_domain")[:TOP]
    lines = [
        (domain, [Cell(number, f"verdict:malicious sender:{domain} {period.search}", key="malicious")])
        for domain, number in counted
    ]
    return Plot("senders", _("Senders of malicious mails"), [_("Malicious")], lines, ranked=True)


def reporters(period: Period) -> Plot:
    """Who reported most, and how much of it was malicious or suspicious."""
    people = reported(period).exclude(reporter="").values("reporter")
    counted = people.annotate(mails=Count("pk"), hits=Count("pk", filter=Q(verdict__in=HITS)))
    lines = []
    for reporter, number, hits in counted.order_by("-mails", "reporter").values_list("reporter", "mails", "hits")[:TOP]:
        search = f"reporter:{reporter}* {period.search}"
        rate = f"{round(100 * hits / number)} %"
        found = Cell(hits, f"verdict:{','.join(HITS)} {search}", key="suspicious")
        rest = Cell(number - hits, f"-verdict:{','.join(HITS)} {search}", key="clean")
        lines.append((reporter, [found, rest, Cell(number, search), Cell(hits / number, "", rate)]))
    headings = [_("Hits"), _("Others"), _("Reports"), _("Hit rate")]
    return Plot("reporters", _("Top reporters"), headings, lines, ranked=True)


def failures(period: Period) -> Plot:
    """Reports whose analysis failed or of which a mail could not be sent, beside the mails that went out."""
    failed = Notification.objects.filter(state="failed", created_at__gte=period.begin).order_by("-created_at")
    threads = failed.filter(thread__startswith="submission:").values_list("thread", flat=True)[:MOST_FAILED]
    keys = {int(thread.partition(":")[2]) for thread in threads}
    unsent = _counted(reported(period).filter(pk__in=keys), period)
    broken = _counted(reported(period).filter(verdict="failed"), period)
    sent = mails_sent(period)
    lines = []
    for step in period.steps:
        mails = Cell(unsent.get(step.begin, 0), f"notified:failed {step.search}", key="malicious")
        analyses = Cell(broken.get(step.begin, 0), f"verdict:failed {step.search}", key="failed")
        lines.append((step.label, [mails, analyses, Cell(sent.get(step.begin, 0))]))
    headings = [_("Answer not sent"), _("Analysis failed"), _("Mails sent")]
    return Plot("failures", _("What failed"), headings, lines, note=quotas_left())


def mails_sent(period: Period) -> dict[datetime, int]:
    """How many mails went out to reporters, by the hour or day in which they did."""
    rows = Notification.objects.filter(
        state="sent", sent_at__gte=period.begin, sent_at__lt=period.end, thread__startswith="submission:"
    )
    at = Trunc("sent_at", "hour" if period.step == HOUR else "day", output_field=DateTimeField(), tzinfo=UTC)
    return dict(rows.order_by().annotate(at=at).values_list("at").annotate(mails=Count("pk")))


def quotas_left() -> str:
    """What each sandbox last told of its quotas, in words."""
    told = (
        (row, quota_words(row.account)) for row in SandboxProfile.objects.exclude(account={}).order_by("kind", "name")
    )
    return "; ".join(f"{row}: {words}" for row, words in told if words)


def _counted(rows: QuerySet[Submission], period: Period) -> dict[datetime, int]:
    return dict(rows.annotate(at=by_step(period)).values_list("at").annotate(mails=Count("pk")))
