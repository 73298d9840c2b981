"""What an item's analyses add up to: the one place that pages, answers and the verdict share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from submissions.models import Analysis, Item, Submission
from submissions.plan import Plan, Step, combined, next_step, read_plan
from submissions.verdicts import Verdict, worst

FINISHED, FAILED = Analysis.State.FINISHED, Analysis.State.FAILED
NO_PLAN = Plan()


@dataclass(frozen=True)
class Judged:
    """An item with its newest analyses and the steps it goes through.

    `verdict` is None while a step is to come or open, and for a harmless skip.
    """

    item: Item
    analyses: tuple[Analysis, ...]
    steps: tuple[Step, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether the item has a say in the mail's verdict."""
        return self.item.skipped not in Item.HARMLESS

    @property
    def is_open(self) -> bool:
        return self.counts and not self.item.skipped and self.verdict is None

    @property
    def verdict(self) -> Verdict | None:
        """The item's verdict: what the deny list knows needs no sandbox; what was skipped with harm is unknown."""
        if not self.counts:
            return None
        if self.item.denied:
            return Verdict.MALICIOUS
        return Verdict.UNKNOWN if self.item.skipped else item_verdict(self.analyses, self.steps)

    @property
    def next_step(self) -> Step | None:
        """The step that is to be begun; None while one is open and when none is needed."""
        if not self.is_open:
            return None
        step = next_step(self.steps, words(self.analyses))
        return step if step and step.key not in words(self.analyses) else None

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


def words(analyses: Iterable[Analysis]) -> dict[tuple[str, str], Verdict | None]:
    """What each sandbox says under each profile."""
    return {(analysis.sandbox, analysis.profile): word(analysis) for analysis in analyses}


def item_verdict(analyses: Iterable[Analysis], steps: tuple[Step, ...] = ()) -> Verdict | None:
    """The worst word of the newest analyses of an item; None while one is open or there is none yet."""
    said = words(analyses)
    if steps:
        return combined(steps, said)
    final = [verdict for verdict in said.values() if verdict is not None]
    return worst(final) if said and len(final) == len(said) else None


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
    """The items of a mail, in their order, with what is known of each. Two queries.

    While the mail is open, words that are too old for its plan are not known.
    """
    items = list(submission.items.select_related("artifact", "rule"))
    plan = read_plan(submission.plan)
    analyses = newest(Analysis.objects.filter(artifact__in={item.artifact_id for item in items}))
    if submission.state in Submission.OPEN:
        kinds = {item.artifact_id: item.artifact.kind for item in items}
        analyses = {pk: usable(found, plan, kinds[pk]) for pk, found in analyses.items()}
    return judged(items, analyses, plan)


def usable(analyses: Iterable[Analysis], plan: Plan, kind: str) -> tuple[Analysis, ...]:
    """Those that count for a mail with this plan."""
    return tuple(
        row
        for row in analyses
        if plan.still_counts(kind, (row.sandbox, row.profile), row.finished_at, failed=row.state == FAILED)
    )


def judged(items: Iterable[Item], analyses: Mapping[int, tuple[Analysis, ...]], plan: Plan = NO_PLAN) -> list[Judged]:
    """The same for items and analyses that have been read already."""
    return [Judged(item, analyses.get(item.artifact_id, ()), plan.steps_for(item.artifact.kind)) for item in items]
