"""The order in which the items of a mail go through sandboxes: the plan is made once, each step begun in its turn."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from mailmonitor.models import now
from submissions import sandboxes
from submissions.judgement import judge
from submissions.models import Analysis, Artifact, Item, Mailbox, MailboxStep, Submission
from submissions.plan import Plan, Step

DAY = timedelta(days=1)


def plan_for(mailbox: Mailbox) -> Plan:
    """The mailbox's steps; without any, all goes to the sandbox of the environment."""
    rows = list(mailbox.steps.select_related("profile"))
    if not rows:
        rows = [MailboxStep(profile=sandboxes.profile(sandboxes.chosen(), sandboxes.DEFAULT))]
    return Plan(now(), tuple(map(step, rows)))


def step(row: MailboxStep) -> Step:
    days = {str(kind): sandboxes.reuse(row.profile, kind) / DAY for kind in Artifact.Kind}
    return Step(row.profile.kind, row.profile.name, tuple(map(str, row.kinds)), row.required, days)


@transaction.atomic
def begin(pk: int) -> list[int]:
    """Begin the next step of every item of an open mail that has one; gives back the analyses to submit.

    Safe to call at any time and twice: a step that is begun, or whose artifact is in that sandbox for another
    mail, is not begun again.
    """
    submission = Submission.objects.get(pk=pk)
    if submission.state not in Submission.OPEN or not submission.plan:
        return []
    waiting: dict[tuple[str, str], dict[int, Item]] = defaultdict(dict)
    for judged in judge(submission):
        if found := judged.next_step:
            waiting[found.key].setdefault(judged.item.artifact_id, judged.item)
    return [pk for (sandbox, profile), items in waiting.items() for pk in made(sandbox, profile, items)]


def made(sandbox: str, profile: str, items: Mapping[int, Item]) -> list[int]:
    """Queued analyses of these artifacts, each of the generation after its newest.

    Inserted in one order everywhere, so that two mails of one campaign cannot lock each other out.
    """
    newest: dict[int, int] = {}
    deadline_at = now() + timedelta(hours=settings.SANDBOX_TIMEOUT_HOURS)
    rows = Analysis.objects.filter(artifact__in=items, sandbox=sandbox, profile=profile)
    for artifact, generation in rows.order_by("generation").values_list("artifact_id", "generation"):
        newest[artifact] = generation
    Analysis.objects.bulk_create(
        [
            Analysis(
                artifact_id=artifact,
                sandbox=sandbox,
                profile=profile,
                generation=newest.get(artifact, 0) + 1,
                context=context_of(items[artifact]),
                deadline_at=deadline_at,
            )
            for artifact in sorted(items)
        ],
        ignore_conflicts=True,
    )
    return list(rows.filter(state=Analysis.State.QUEUED).values_list("pk", flat=True))


def context_of(item: Item) -> dict[str, object]:
    """What a sandbox should know of an artifact beside its bytes."""
    return {"name": item.name[:255], "password": item.password, "notes": item.notes}


def skipped(plan: Plan, kind: str) -> str:
    """Why an item of this kind gets no analysis of its own under the plan, or an empty text."""
    if plan.steps_for(kind):
        return ""
    return Item.Skipped.WITH_THE_MAIL if plan.steps_for(Artifact.Kind.MAIL) else Item.Skipped.POLICY
