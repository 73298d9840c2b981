"""Other reports of the same thing, and telling their reporters when its verdict changes."""

from django.db import transaction

from submissions import letters
from submissions.judgement import judge
from submissions.models import Item, Submission
from submissions.verdicts import Verdict

MOST = 500


def others(row: Submission, verdict: str = "") -> list[Submission]:
    """The other finished reports of the same thing that hold another verdict, the oldest first; 500 at most.

    `verdict` is the one to compare with, by default that of the report itself.

    The same thing is the same set of files and links that count. A mail without any has no others.
    """
    own = contents_of([row.pk])[row.pk]
    if not own:
        return []
    candidates = Submission.objects.filter(
        state=Submission.State.DONE, items__artifact=min(own), items__skipped__in=counting()
    )
    rows = (
        candidates.exclude(pk=row.pk).exclude(verdict=verdict or row.verdict).select_related("mailbox").order_by("pk")
    )
    found = list(rows.distinct()[:MOST])
    contents = contents_of([other.pk for other in found])
    return [other for other in found if contents[other.pk] == own]


def counting() -> list[str]:
    return ["", *(choice for choice in Item.Skipped.values if choice not in Item.HARMLESS)]


def contents_of(keys: list[int]) -> dict[int, set[int]]:
    """By report: the artifacts that have a say in its verdict."""
    found: dict[int, set[int]] = {pk: set() for pk in keys}
    rows = Item.objects.filter(submission__in=keys).exclude(skipped__in=Item.HARMLESS)
    for pk, artifact in rows.values_list("submission", "artifact"):
        found[pk].add(artifact)
    return found


def spread(row: Submission, reason: str, actor: str) -> tuple[int, ...]:
    """Give every other report of the same thing the verdict of this one and tell its reporter; the mails to deliver."""
    sent: tuple[int, ...] = ()
    for other in others(row):
        sent += change(other, Verdict(row.verdict), reason, actor=f"{actor} by {row.number}")
    return sent


@transaction.atomic
def change(row: Submission, verdict: Verdict, reason: str, *, actor: str) -> tuple[int, ...]:
    """Let a finished report have another verdict and tell its reporter. Nothing when somebody was quicker."""
    previous = Verdict(row.verdict)
    mine = Submission.objects.filter(pk=row.pk, state=Submission.State.DONE, verdict=previous)
    if not mine.update(verdict=verdict, score=None):
        return ()
    row.refresh_from_db()
    row.tell("overridden", f"{previous} to {verdict}: {reason}", actor=actor)
    return letters.changed(row, judge(row), previous, reason)
