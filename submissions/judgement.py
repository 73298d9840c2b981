"""What an item's analyses add up to: the one place that pages, answers and the verdict share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from submissions.models import Analysis, Item, Submission
from submissions.verdicts import Verdict, worst

FINISHED, FAILED = Analysis.State.FINISHED, Analysis.State.FAILED


@dataclass(frozen=True)
class Judged:
    """An item with its newest analyses. `verdict` is None while one is open, and for a harmless skip."""

    item: Item
    analyses: tuple[Analysis, ...]

    @property
    def counts(self) -> bool:
        """Whether the item has a say in the mail's verdict."""
        return self.item.skipped not in Item.HARMLESS

    @property
    def is_open(self) -> bool:
        return self.counts and not self.item.skipped and item_verdict(self.analyses) is None

    @property
    def verdict(self) -> Verdict | None:
        """The item's verdict; one that was skipped without being harmless is unknown."""
        if not self.counts:
            return None
        return Verdict.UNKNOWN if self.item.skipped else item_verdict(self.analyses)

    @property
    def deciding(self) -> Analysis | None:
        """The analysis whose word the verdict is."""
        return next((row for row in self.analyses if word(row) == self.verdict), None)

    @property
    def score(self) -> int | None:
        return self.deciding.score if self.deciding else None


def word(analysis: Analysis) -> Verdict | None:
    """What one analysis says: None while it is open."""
    if analysis.state == FAILED:
        return Verdict.FAILED
    return Verdict(analysis.verdict) if analysis.state == FINISHED else None


def item_verdict(analyses: Iterable[Analysis]) -> Verdict | None:
    """The worst word of the newest analyses of an item; None while one is open or there is none yet."""
    words = [word(analysis) for analysis in analyses]
    final = [verdict for verdict in words if verdict is not None]
    return worst(final) if words and len(final) == len(words) else None


def newest(analyses: Iterable[Analysis]) -> dict[int, tuple[Analysis, ...]]:
    """By artifact: the analysis of the highest generation for each sandbox and profile."""
    best: dict[tuple[int, str, str], Analysis] = {}
    for analysis in sorted(analyses, key=lambda row: row.generation):
        best[analysis.artifact_id, analysis.sandbox, analysis.profile] = analysis
    grouped: dict[int, tuple[Analysis, ...]] = {}
    for (artifact, *_), analysis in best.items():
        grouped[artifact] = (*grouped.get(artifact, ()), analysis)
    return grouped


def judge(submission: Submission) -> list[Judged]:
    """The items of a mail, in their order, with what is known of each. Two queries."""
    items = list(submission.items.select_related("artifact", "rule"))
    analyses = Analysis.objects.filter(artifact__in={item.artifact_id for item in items})
    return judged(items, newest(analyses))


def judged(items: Iterable[Item], analyses: Mapping[int, tuple[Analysis, ...]]) -> list[Judged]:
    """The same for items and analyses that have been read already."""
    return [Judged(item, analyses.get(item.artifact_id, ())) for item in items]
