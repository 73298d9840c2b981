"""What people do with a reported mail: each function is one decision, one transaction, one event with a name."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from mailmonitor.models import LeaseLost, now
from notifications import outbox
from notifications.delivery import resend as resend_mail
from notifications.models import Notification
from notifications.rendering import Rendered, render
from submissions import letters
from submissions.judgement import judge
from submissions.letters import mail_context
from submissions.models import Analysis, Artifact, Review, Submission
from submissions.verdicts import Verdict

State = Submission.State


class Refused(Exception):
    """Why a decision cannot be carried out now, in words."""


@transaction.atomic
def confirm(row: Submission, actor: str) -> None:
    """Say that somebody has looked at it and agrees. Raises Refused while it is still analysed."""
    if row.state in Submission.OPEN:
        raise Refused("still being analysed")
    _reviewed(row, actor)
    row.tell("reviewed", row.verdict, actor=actor)


def _reviewed(row: Submission, actor: str, **values: object) -> Review:
    Submission.objects.filter(pk=row.pk).update(reviewed_at=Now())
    values = {"reviewed_by": actor, **values}
    return Review.objects.update_or_create(submission=row, defaults=values)[0]


def override(row: Submission, verdict: Verdict, reason: str, actor: str, *, notify: bool) -> tuple[int, ...]:
    """Overrule the verdict; with `notify` the reporter learns it. Gives back the mails to deliver.

    Raises Refused when there is no verdict yet, it is the same, or it changed meanwhile.
    """
    if row.state != State.DONE:
        raise Refused("there is no verdict yet")
    if row.verdict == verdict:
        raise Refused("that is the verdict already")
    with transaction.atomic():
        previous, score = Verdict(row.verdict), row.score
        if not Submission.objects.filter(pk=row.pk, state=State.DONE, verdict=previous).update(
            verdict=verdict, score=None
        ):
            raise Refused("somebody changed it at the same moment")
        row.refresh_from_db()
        review = Review.objects.filter(submission=row).first()
        first = {} if review and review.machine_verdict else {"machine_verdict": previous, "machine_score": score}
        count = (review.overrides if review else 0) + 1
        _reviewed(row, actor, reason=reason, overrides=count, **first)
        row.tell("overridden", f"{previous} to {verdict}: {reason}", actor=actor)
        if notify:
            return letters.changed(row, judge(row), previous, reason)
        outbox.withdraw(row.label, told=False)
        return ()


def override_preview(row: Submission, verdict: Verdict, reason: str) -> Rendered:
    """The mail that an override would cause; nothing is written."""
    previous, row.verdict = Verdict(row.verdict), verdict
    try:
        context = {**mail_context(row, letters.CHANGED), **letters.changed_context(row, judge(row), previous, reason)}
        return render(letters.CHANGED, settings.LANGUAGE_CODE, context)
    finally:
        row.verdict = previous


@transaction.atomic
def again(row: Submission, actor: str, *, failed_only: bool = False, artifact: Artifact | None = None) -> list[int]:
    """Analyse the mail's items anew, or this one of them; gives back the analyses to submit.

    Raises Refused while the mail is analysed.
    """
    if row.state != State.DONE:
        raise Refused("already running" if row.state in Submission.OPEN else "nothing of it can be analysed")
    repeated = _repeatable(row, failed_only=failed_only)
    fresh = [
        afresh(analysis, analysis.context)
        for analysis in repeated
        if artifact is None or analysis.artifact_id == artifact.pk
    ]
    if not fresh:
        raise Refused("nothing to analyse again")
    made = Analysis.objects.bulk_create(fresh)
    try:
        row.advance(State.ANALYSING, "analysed again", due_in=timedelta(seconds=60))
    except LeaseLost as error:
        raise Refused("already running") from error
    row.tell("again", f"{len(made)} items", actor=actor)
    return [analysis.pk for analysis in made]


def _repeatable(row: Submission, *, failed_only: bool) -> list[Analysis]:
    """The newest ended analyses of the mail's items, each once."""
    found = {
        analysis.pk: analysis
        for judged in judge(row)
        if not judged.item.skipped
        for analysis in judged.analyses
        if analysis.state in Analysis.FINAL and (not failed_only or analysis.state == Analysis.State.FAILED)
    }
    return list(found.values())


def afresh(analysis: Analysis, context: dict[str, object]) -> Analysis:
    """The next generation of an analysis, which no earlier result may stand in for."""
    return Analysis(
        artifact_id=analysis.artifact_id,
        sandbox=analysis.sandbox,
        profile=analysis.profile,
        generation=analysis.generation + 1,
        afresh=True,
        context=context,
        deadline_at=now() + timedelta(hours=settings.SANDBOX_TIMEOUT_HOURS),
    )


@transaction.atomic
def assign(row: Submission, person: User | None, actor: str) -> None:
    """Say who takes care of it; None for nobody."""
    Review.objects.update_or_create(submission=row, defaults={"assigned_to": person})
    row.tell("assigned", person.get_username() if person else "nobody", actor=actor)


def note(row: Submission, text: str, actor: str) -> None:
    """Leave words for the colleagues, in the timeline."""
    row.tell("note", text, actor=actor)


def resend(row: Submission, actor: str) -> list[int]:
    """Send the mails that failed once more; gives back their keys. Raises Refused when there is none."""
    waiting: Collection[int] = Notification.objects.filter(thread=row.label).values_list("pk", flat=True)
    sent = [pk for pk in waiting if resend_mail(pk, actor=actor)]
    if not sent:
        raise Refused("no mail of it has failed")
    return sent
