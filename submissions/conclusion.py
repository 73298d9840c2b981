"""When every item of a mail has its word, the mail gets its verdict and the reporter the answer."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from mailmonitor.models import LeaseLost
from submissions import letters, parts
from submissions.judgement import Judged, judge
from submissions.models import Analysis, Artifact, Item, Mailbox, Submission
from submissions.plan import read_plan
from submissions.verdicts import Verdict, combine

State = Submission.State
log = logging.getLogger(__name__)
RECHECK = timedelta(seconds=60)


def conclude(pk: int) -> tuple[int, ...]:
    """Close a mail when nothing of it is open any more; gives back the mails to deliver.

    Called after each final word and by the sweeper. Whoever comes second finds nothing to do: the
    change of state and the letters it causes are one transaction, and only one of them wins it.
    """
    try:
        with transaction.atomic():
            return _conclude(Submission.objects.select_related("mailbox").get(pk=pk))
    except LeaseLost:
        return ()


def _conclude(row: Submission) -> tuple[int, ...]:
    if row.state not in (State.UNPACKED, State.ANALYSING):
        return ()
    judged = judge(row)
    if any(item.item.artifact.kind == Artifact.Kind.MAIL for item in judged):
        parts.show(row)
        judged = judge(row)
    sent = _tell_items(row, judged)
    if any(item.is_open for item in judged):
        _wait(row)
        return sent + _tell_meanwhile(row, judged)
    verdict, previous = overall(row, judged), row.verdict
    first_at = row.concluded_at or Now()  # one analysed again has not taken longer for it
    row.advance(State.DONE, verdict, verdict=verdict, score=score(judged, verdict), concluded_at=first_at)
    transaction.on_commit(lambda: completed(row, len(judged)))
    if previous:
        return sent + _tell_change(row, judged, Verdict(previous))
    if row.mailbox.answer == Mailbox.Answer.SUMMARY and any(item.counts for item in judged):
        sent += letters.summary(row, judged)
    return sent


def completed(row: Submission, items: int) -> None:
    """The one line of the log that has a mail's totals."""
    took = (row.concluded_at - row.received_at).total_seconds() if row.concluded_at else None
    told = {"submission_id": row.number, "mailbox": row.mailbox.name, "verdict": row.verdict, "items": items}
    log.info("submission.completed", extra={**told, "duration_s": took})


def _tell_change(row: Submission, judged: Sequence[Judged], previous: Verdict) -> tuple[int, ...]:
    """It was analysed again: only another verdict is worth a mail."""
    if row.verdict == previous:
        return ()
    return letters.changed(row, judged, previous, "The mail was analysed again.")


def _tell_meanwhile(row: Submission, judged: Sequence[Judged]) -> tuple[int, ...]:
    """What cannot wait until everything is judged. A mail that is analysed again has been answered before."""
    if row.verdict:
        return ()
    warned = row.mailbox.early_warning and row.mailbox.answer == Mailbox.Answer.SUMMARY
    sent = letters.warning(row, judged) if warned else ()
    return sent or letters.delayed(row)


def _wait(row: Submission) -> None:
    """Something is still open: the sweeper looks again in a while, should the last word get lost."""
    if row.state == State.UNPACKED:
        row.advance(State.ANALYSING, due_in=RECHECK)
    else:
        row.release(due_in=RECHECK)


def _tell_items(row: Submission, judged: Sequence[Judged]) -> tuple[int, ...]:
    if row.mailbox.answer != Mailbox.Answer.PER_ITEM:
        return ()
    final = [item for item in judged if item.counts and not item.is_open]
    return tuple(pk for item in final for pk in letters.item(row, item))


def overall(row: Submission, judged: Sequence[Judged]) -> Verdict:
    """The verdict of the worst item; never clean when part of the mail could not be looked at."""
    incomplete = any(problem["incomplete"] for problem in row.problems)
    return combine([item.verdict for item in judged if item.counts and item.verdict], incomplete=incomplete)


def score(judged: Sequence[Judged], verdict: Verdict) -> int | None:
    """The highest score among the items that decided the verdict."""
    scores = [item.score for item in judged if item.verdict == verdict and item.score is not None]
    return max(scores, default=None)


def holders(analysis: int) -> list[int]:
    """The open submissions for which this analysis's word changes something now.

    A mail that waits for others in the same sandbox is left to the last of them, unless it tells or begins something
    before. Asked after the word was committed, so that of two that come at once one sees the other.
    """
    judge_of = Analysis.objects.values("sandbox", "profile").get(pk=analysis)
    mails = Item.objects.filter(artifact__analyses=analysis, skipped="").values("submission")
    others = Item.objects.filter(
        submission=OuterRef("pk"),
        skipped="",
        artifact__in=Analysis.objects.filter(state__in=Analysis.OPEN, **judge_of).values("artifact"),
    )
    rows = Submission.objects.filter(state__in=(State.UNPACKED, State.ANALYSING), pk__in=mails)
    waiting = rows.annotate(waits=Exists(others)).select_related("mailbox")
    return [row.pk for row in waiting if not row.waits or _acts_meanwhile(row)]


def _acts_meanwhile(row: Submission) -> bool:
    """Whether a word may be told, or the next sandbox begun, while other items of the mail are open."""
    told = row.mailbox.early_warning or row.mailbox.answer == Mailbox.Answer.PER_ITEM
    return told or len(read_plan(row.plan).steps) > 1
