"""One file or link over all mails that held it."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from submissions.extraction.rewriters import unwrap
from submissions.file_names import promised_other
from submissions.judgement import item_verdict, newest
from submissions.models import Analysis, Artifact, Item, Submission
from submissions.selectors.listing import MOST_COUNTED, Row, rows

MAILS_SHOWN = 50
FORMS_SHOWN = 20
DAYS = 30
MOST_READ = 2000


@dataclass(frozen=True)
class Sightings:
    """In how many mails of how many reporters it was, when first and last, and per day of the last thirty.

    `partly`: there are more mails than were read, hence perhaps more reporters.
    """

    mails: int
    reporters: int
    partly: bool
    first: datetime | None
    last: datetime | None
    days: list[tuple[date, int]]

    @property
    def highest(self) -> int:
        return max((number for _, number in self.days), default=0)

    @property
    def bars(self) -> list[tuple[int, int, date, int]]:
        """Of each day: left edge and height of its bar in a drawing of 30 by 24, the day, the number."""
        scale = self.highest or 1
        return [(at, round(24 * number / scale), day, number) for at, (day, number) in enumerate(self.days)]


@dataclass(frozen=True)
class ArtifactDetail:
    """What the page of an artifact is drawn from. `analyses` are all there are, newest first."""

    artifact: Artifact
    names: list[str]
    seen_as: list[str]
    found_in: list[str]
    analyses: list[Analysis]
    sightings: Sightings
    rows: list[Row]

    @property
    def key(self) -> str:
        """Colour and icon."""
        if not self.analyses:
            return "skipped"
        return item_verdict(newest(self.analyses).get(self.artifact.pk, ())) or "running"

    @property
    def disguised(self) -> str:
        """The extension of the first of its names that promises another type."""
        odd = (promised_other(name, self.artifact.type) for name in self.names if self.artifact.kind == "file")
        return next(filter(None, odd), "")

    @property
    def changed(self) -> tuple[str, str] | None:
        """The last two words when they differ: the earlier and the newer."""
        words = [row.verdict for row in self.analyses if row.verdict][:2]
        return (words[1], words[0]) if len(set(words)) == 2 else None

    @property
    def steps(self) -> list[str]:
        """The longest way from a rewritten form to the link, read from the forms alone: no server was asked."""
        if self.artifact.kind != Artifact.Kind.URL:
            return []
        ways = [(*unwrap(form).seen_as, self.artifact.name) for form in self.seen_as]
        longest = max(ways, key=len, default=())
        return list(longest) if len(longest) > 1 else []


def artifact_detail(artifact: Artifact) -> ArtifactDetail:
    """Everything about the artifact. Eight queries, nine where not all of its mails are read."""
    items = Item.objects.filter(artifact=artifact).order_by("-submission_id")
    recent = list(items.values_list("name", "seen_as", "found_in")[:500])
    mails = mails_with(artifact)
    shown = Submission.objects.filter(pk__in=list(mails[:MAILS_SHOWN])).select_related("campaign").order_by("-id")
    return ArtifactDetail(
        artifact=artifact,
        names=_most_common([name for name, _, _ in recent]),
        seen_as=_most_common([form for _, forms, _ in recent for form in forms]),
        found_in=_most_common([place for _, _, places in recent for place in places]),
        analyses=list(Analysis.objects.filter(artifact=artifact).order_by("-id")),
        sightings=sightings(mails),
        rows=rows(list(shown)),
    )


def _most_common(words: list[str]) -> list[str]:
    return [word for word, _ in Counter(words).most_common(FORMS_SHOWN)]


def mails_with(artifact: Artifact) -> QuerySet[Item, int]:
    """The keys of the mails that hold the artifact, the newest first."""
    found = Item.objects.filter(artifact=artifact).values_list("submission_id", flat=True)
    return found.distinct().order_by("-submission_id")


def sightings(keys: QuerySet[Item, int]) -> Sightings:
    """What the mails of these keys say, of which the newest are read, and the very first."""
    number = keys[:MOST_COUNTED].count()
    mails = reported(keys[:MOST_READ])
    if number > MOST_READ:
        mails += reported(keys.reverse()[:1])
    counted = Counter(at.astimezone(UTC).date() for at, _ in mails)
    begin = timezone.now().date() - timedelta(days=DAYS - 1)
    days = [begin + timedelta(days=offset) for offset in range(DAYS)]
    return Sightings(
        mails=number,
        reporters=len({reporter for _, reporter in mails}),
        partly=number > len(mails),
        first=min((at for at, _ in mails), default=None),
        last=max((at for at, _ in mails), default=None),
        days=[(day, counted[day]) for day in days],
    )


def reported(keys: QuerySet[Item, int]) -> list[tuple[datetime, str]]:
    """When and by whom these mails were reported."""
    return list(Submission.objects.filter(pk__in=keys).order_by().values_list("received_at", "reporter"))
