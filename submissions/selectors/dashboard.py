"""What came in, how quickly it was judged, what waits, from whom it came: six plots whose numbers the list confirms."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.models import SandboxProfile, Submission
from submissions.quotas import quota_words
from submissions.selectors.counts import HITS, Counts, Found, by_reporter, counts
from submissions.selectors.period import Period, Step
from submissions.selectors.plots import Cell, Plot
from submissions.words import VERDICTS, span

ORDER = ("malicious", "suspicious", "unknown", "failed", "clean")
TOP = 10
KEPT_SECONDS = 30
AGES = (("< 5 min", ">-5m"), ("5 – 30 min", "-30m..-5m"), ("30 min – 2 h", "-2h..-30m"), ("> 2 h", "<-2h"))
MINUTES = (5, 30, 120)


@dataclass(frozen=True)
class Dashboard:
    """The plots of a period, counted at `at`."""

    at: datetime
    plots: list[Plot]


def dashboard(period: Period) -> Dashboard:
    """All plots; numbers are up to half a minute old. Eight queries."""
    key = f"dashboard-{period.begin:%Y%m%d%H}-{period.end:%Y%m%d%H}"
    kept: Dashboard | None = cache.get(key)
    if kept is None:
        found = counts(period)
        shown = [verdicts, times, senders, failures]
        plots = [plot(period, found) for plot in shown]
        plots.insert(2, waiting())
        if settings.DASHBOARD_REPORTERS:
            plots.insert(4, reporters(period))
        kept = Dashboard(timezone.now(), plots)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def verdicts(period: Period, found: Found) -> Plot:
    """Reports by verdict, the worst at the bottom."""
    lines = []
    for step in period.steps:
        numbers = of(found, step).verdicts
        cells = [Cell(numbers.get(one, 0), f"verdict:{one} {step.search}", key=one) for one in ORDER]
        lines.append((step.label, [*cells, Cell(sum(numbers.values()), step.search)]))
    return Plot("verdicts", _("Reports by verdict"), [*(VERDICTS[one] for one in ORDER), _("All")], lines)


def of(found: Found, step: Step) -> Counts:
    return found.get(step.begin) or Counts()


def times(period: Period, found: Found) -> Plot:
    """From the report to the verdict: of half of the reports, and of nineteen of twenty."""
    lines = [(step.label, _spans(of(found, step), f"is:done {step.search}")) for step in period.steps]
    target = settings.VERDICT_TARGET_MINUTES * 60
    headings = [_("Half within"), _("95% within"), _("Judged")]
    return Plot("times", _("Time to verdict"), headings, lines, stacked=False, target=target)


def _spans(counts: Counts, search: str) -> list[Cell]:
    words = [span(seconds) if counts.judged else "–" for seconds in (counts.half, counts.most)]
    return [
        Cell(counts.half, search, words[0], "half"),
        Cell(counts.most, search, words[1], "most"),
        Cell(counts.judged, search),
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


def senders(period: Period, found: Found) -> Plot:
    """The domains from which most malicious reports came."""
    total = defaultdict[str, int](int)
    for one in found.values():
        for domain, number in one.senders.items():
            total[domain] += number
    lines = [
        (domain, [Cell(total[domain], f"verdict:malicious sender:{domain} {period.search}", key="malicious")])
        for domain in first(total)
    ]
    return Plot("senders", _("Senders of malicious mails"), [_("Malicious")], lines, ranked=True)


def first(numbers: Mapping[str, int]) -> list[str]:
    """The names with the highest numbers."""
    least = min(nlargest(TOP, numbers.values()), default=0)
    names = (name for name, number in numbers.items() if number >= least)
    return sorted(names, key=lambda name: (-numbers[name], name))[:TOP]


def reporters(period: Period) -> Plot:
    """Who reported most, and how much of it was malicious or suspicious."""
    found = by_reporter(period)
    lines = []
    for reporter in first(found.mails):
        number, hits = found.mails[reporter], found.hits[reporter]
        search = f"reporter:{reporter}* {period.search}"
        rate = f"{round(100 * hits / number)} %"
        bad = Cell(hits, f"verdict:{','.join(HITS)} {search}", key="suspicious")
        rest = Cell(number - hits, f"-verdict:{','.join(HITS)} {search}", key="clean")
        lines.append((reporter, [bad, rest, Cell(number, search), Cell(hits / number, "", rate)]))
    headings = [_("Hits"), _("Others"), _("Reports"), _("Hit rate")]
    return Plot("reporters", _("Top reporters"), headings, lines, ranked=True)


def failures(period: Period, found: Found) -> Plot:
    """Reports whose analysis failed or whose answer could not be sent, beside the mails that went out."""
    lines = []
    for step in period.steps:
        counts = of(found, step)
        mails = Cell(counts.unsent, f"notified:failed {step.search}", key="malicious")
        analyses = Cell(counts.verdicts.get("failed", 0), f"verdict:failed {step.search}", key="failed")
        lines.append((step.label, [mails, analyses, Cell(counts.sent)]))
    headings = [_("Answer not sent"), _("Analysis failed"), _("Mails sent")]
    return Plot("failures", _("What failed"), headings, lines, note=quotas_left())


def quotas_left() -> str:
    """What each sandbox last told of its quotas, in words."""
    told = (
        (row, quota_words(row.account)) for row in SandboxProfile.objects.exclude(account={}).order_by("kind", "name")
    )
    return "; ".join(f"{row}: {words}" for row, words in told if words)
