"""The list of submissions: which rows, in which order, and what stands in each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from submissions.models import Analysis, Artifact, Item, Submission
from submissions.models.submission import BEING_ANALYSED, NOT_ANALYSED, TO_REVIEW
from submissions.search.meaning import condition
from submissions.selectors.literally import literally
from submissions.words import VERDICTS, how_many

PAGE = 50
COUNTS_KEPT_SECONDS = 10
MOST_COUNTED = 10_000
State = Submission.State
UNREADABLE = (State.UNPARSEABLE, State.OVERSIZE, State.FAILED)
TABS = {
    "": ("All", Q()),
    "review": ("Needs review", literally(TO_REVIEW)),
    "malicious": ("Malicious", Q(verdict="malicious")),
    "suspicious": ("Suspicious", Q(verdict="suspicious")),
    "unknown": ("Unknown", Q(verdict="unknown")),
    "clean": ("Clean", Q(verdict="clean")),
    "analysing": ("Analysing", literally(BEING_ANALYSED)),
    "failed": ("Failed", literally(NOT_ANALYSED)),
}
WORDS: dict[str, str] = {State.UNPARSEABLE: "Unreadable"}


@dataclass(frozen=True)
class Wanted:
    """What the address of the list asks for. `grouped`: of each campaign only the newest mail that matches."""

    tab: str = ""
    text: str = ""
    grouped: bool = False


@dataclass
class Row:
    """One line of the list."""

    submission: Submission
    files: int = 0
    links: int = 0
    skipped: int = 0
    findings: dict[str, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Colour and icon."""
        if self.submission.state in Submission.OPEN:
            return "running"
        return self.submission.verdict or ("failed" if self.submission.state in UNREADABLE else "skipped")

    @property
    def word(self) -> str:
        if self.submission.state in Submission.OPEN or self.submission.verdict:
            return VERDICTS[self.key]
        return WORDS.get(self.submission.state) or str(self.submission.get_state_display())

    @property
    def contents(self) -> str:
        kinds = [(self.files, "file"), (self.links, "link")]
        return ", ".join(how_many(number, noun) for number, noun in kinds if number) or gettext("nothing found")

    @property
    def finding(self) -> str:
        """The gravest thing found so far: `1 malicious`."""
        for verdict in ("malicious", "suspicious"):
            if self.findings.get(verdict):
                return f"{self.findings[verdict]} {gettext(verdict)}"
        return f"{self.skipped} {gettext('skipped')}" if self.skipped else ""

    @property
    def told(self) -> str:
        """Whether the reporter knows."""
        row = self.submission
        silent = row.told == Submission.Told.NOTHING and row.no_answer
        return str(Submission.Told.SUPPRESSED.label if silent else row.get_told_display())

    @property
    def seconds(self) -> float | None:
        """From arrival to verdict."""
        row = self.submission
        return (row.concluded_at - row.received_at).total_seconds() if row.concluded_at else None


@dataclass(frozen=True)
class Page:
    """Up to fifty rows, newest first. `older` is the key to go on before, `newest` the first row's key."""

    rows: list[Row]
    older: int | None
    newest: int


def matching(wanted: Wanted) -> QuerySet[Submission]:
    """The submissions that the address asks for, newest first. Raises SearchFault for a search that is none."""
    chosen = TABS[wanted.tab][1]
    if wanted.text:
        chosen &= condition(wanted.text)
    rows = Submission.objects.filter(chosen).select_related("campaign")
    if wanted.grouped:
        newer = Submission.objects.filter(chosen, campaign=OuterRef("campaign"), pk__gt=OuterRef("pk"))
        rows = rows.filter(~Exists(newer))
    return rows.order_by("-id")


def page(wanted: Wanted, before: int | None = None) -> Page:
    """One page of the list: rows older than `before`, or the newest."""
    found = matching(wanted)
    if before is not None:
        found = found.filter(pk__lt=before)
    submissions = list(found[: PAGE + 1])
    older = submissions[PAGE - 1].pk if len(submissions) > PAGE else None
    return Page(rows(submissions[:PAGE]), older, submissions[0].pk if submissions else 0)


def rows(submissions: Sequence[Submission]) -> list[Row]:
    """Lines for these submissions. Two queries, however many there are."""
    lines = {row.pk: Row(row) for row in submissions}
    _count_items(lines)
    _count_findings(lines)
    return list(lines.values())


def _count_items(lines: dict[int, Row]) -> None:
    found = Item.objects.filter(submission__in=lines).order_by().values_list("submission", "artifact__kind")
    counted = found.annotate(kept=Count("id", filter=Q(skipped="")), skipped=Count("id", filter=~Q(skipped="")))
    for pk, kind, kept, skipped in counted:
        line = lines[pk]
        line.skipped += skipped
        if kind == Artifact.Kind.FILE:
            line.files = kept
        elif kind == Artifact.Kind.URL:
            line.links = kept


def _count_findings(lines: dict[int, Row]) -> None:
    newer = Analysis.objects.filter(
        artifact=OuterRef("artifact__analyses__artifact"),
        sandbox=OuterRef("artifact__analyses__sandbox"),
        profile=OuterRef("artifact__analyses__profile"),
        generation__gt=OuterRef("artifact__analyses__generation"),
    )
    bad = Item.objects.filter(
        ~Exists(newer), submission__in=lines, skipped="", artifact__analyses__verdict__in=("malicious", "suspicious")
    )
    counted = bad.order_by().values_list("submission", "artifact__analyses__verdict")
    for pk, verdict, number in counted.annotate(number=Count("artifact", distinct=True)):
        lines[pk].findings[verdict] = number


class Number(Subquery):
    """How many rows another query gives, in the same stroke."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def tab_counts(*, afresh: bool = False) -> dict[str, int]:
    """How many submissions each tab holds, counted up to MOST_COUNTED; up to ten seconds old unless asked afresh.

    Counted in no order: PostgreSQL reads for the newest first whole mails where the index alone would do.
    """
    kept: dict[str, int] | None = None if afresh else cache.get("tab-counts")
    if kept is None:
        numbers = [Number(matching(Wanted(tab)).order_by().values("pk")[:MOST_COUNTED]) for tab in TABS]
        found = Submission.objects.order_by().values_list(*numbers).first() or [0] * len(TABS)
        kept = dict(zip(TABS, found, strict=True))
        cache.set("tab-counts", kept, COUNTS_KEPT_SECONDS)
    return kept


def newer(wanted: Wanted, than: int) -> int:
    """How many matching submissions have come since, counted up to a hundred."""
    return matching(wanted).filter(pk__gt=than)[:100].count()
