"""What a sandbox found in a mail that it took apart itself becomes words on items, beside those we found."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db.models import Max
from django.db.models.functions import Now

from submissions.items import artifacts, clean, keep
from submissions.models import Analysis, Artifact, Item, Submission
from submissions.sandbox.base import Part, Report
from submissions.verdicts import Verdict

FOUND = "found-by-sandbox"


def said(report: Report) -> dict[str, Any]:
    """A sandbox's final word as columns of an analysis."""
    return {
        "verdict": report.verdict,
        "score": report.score,
        "threat_names": list(report.threat_names),
        "reasons": [asdict(reason) for reason in report.reasons],
        "tags": list(report.tags),
        "runs": list(report.runs),
        "report_url": report.report_url,
        "external_ids": list(report.external_ids),
        "analysed_at": report.analysed_at,
        "cached": report.cached,
        "finished_at": Now(),
    }


def record(row: Analysis, parts: Iterable[Part]) -> None:
    """Store each part's word as an analysis of its own artifact, in the caller's transaction."""
    given = {(part.kind, part.digest): part for part in parts}
    known = artifacts(
        Artifact(kind=part.kind, digest=part.digest, name=clean(part.name)[:2048]) for part in given.values()
    )
    newest = _generations(row, [artifact.pk for artifact in known.values()])
    Analysis.objects.bulk_create(
        [_part(row, known[key], part, newest.get(known[key].pk, 0) + 1) for key, part in given.items()]
    )


def _generations(row: Analysis, wanted: list[int]) -> dict[int, int]:
    rows = Analysis.objects.filter(artifact__in=wanted, sandbox=row.sandbox, profile=row.profile).order_by()
    return dict(rows.values_list("artifact").annotate(newest=Max("generation")))


def _part(row: Analysis, artifact: Artifact, part: Part, generation: int) -> Analysis:
    failed = part.report.verdict is Verdict.FAILED
    return Analysis(
        artifact=artifact,
        sandbox=row.sandbox,
        profile=row.profile,
        generation=generation,
        part_of=row,
        deadline_at=row.deadline_at,
        state=Analysis.State.FAILED if failed else Analysis.State.FINISHED,
        due_at=None,
        error="; ".join(reason.words for reason in part.report.reasons) if failed else "",
        **said(part.report),
    )


def show(submission: Submission) -> None:
    """Give the mail an item for every part that a sandbox reported; one it holds already has a word of its own now.

    A whitelist rule stays with its item as a mark and no longer keeps the word from counting.
    """
    mails = submission.items.filter(artifact__kind=Artifact.Kind.MAIL).values("artifact")
    parts = Analysis.objects.filter(part_of__artifact__in=mails).select_related("artifact").order_by("pk")
    found = {part.artifact_id: part for part in parts}
    if not found:
        return
    submission.items.filter(artifact__in=found).exclude(skipped="").update(skipped="")
    held = set(submission.items.values_list("artifact_id", flat=True))
    missing = [part.artifact for pk, part in found.items() if pk not in held]
    last = submission.items.aggregate(last=Max("position"))["last"]
    keep(submission, [Item(artifact=one, name=one.name, notes=[FOUND]) for one in missing], from_position=last + 1)
