"""One decision on all mails of a campaign, carried out in portions: the row remembers how far it has come."""

from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.db import models, transaction

from mailmonitor.models import AT_ONCE, Event
from submissions import review
from submissions.models import Campaign, CampaignDecision, CampaignKey, Submission
from submissions.review import Refused
from submissions.verdicts import Verdict

State = CampaignDecision.State
Action = CampaignDecision.Action
PORTION = 50
MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class Carried:
    """What a portion caused: mails to deliver, and whether more mails wait for the decision."""

    notifications: tuple[int, ...] = ()
    more: bool = False


@dataclass(frozen=True)
class Reach:
    """Whom a decision would reach: mails that can be decided, those that are still analysed, who would be told."""

    mails: int
    still_open: int
    told: int


def reach(campaign: Campaign) -> Reach:
    """Counts what a decision would do now; nothing is written."""
    mails = Submission.objects.filter(campaign=campaign)
    ready = mails.exclude(state__in=Submission.OPEN)
    answered = ready.filter(no_answer="", state=Submission.State.DONE).exclude(reporter="")
    return Reach(ready.count(), mails.filter(state__in=Submission.OPEN).count(), answered.count())


@transaction.atomic
def decide(campaign: Campaign, actor: str, *, verdict: Verdict | None, reason: str, notify: bool) -> CampaignDecision:
    """Take the decision for the mails that are there now: a verdict overrules, None marks as reviewed.

    Raises Refused while an earlier decision on the campaign is under way.
    """
    if campaign.decisions.filter(state=State.QUEUED).exists():
        raise Refused("an earlier decision is still being carried out")
    newest = campaign.submissions.order_by("-id").first()
    if newest is None:
        raise Refused("the campaign holds no mail")
    decision = CampaignDecision.objects.create(
        campaign=campaign,
        action=Action.OVERRIDE if verdict else Action.CONFIRM,
        verdict=verdict or "",
        reason=reason,
        notify=notify,
        actor=actor,
        newest=newest.pk,
        total=campaign.submissions.count(),
    )
    decision.tell("decided", f"{decision.get_action_display()} {decision.verdict} {reason}".strip(), actor=actor)
    return decision


def carry_on(pk: int) -> Carried:
    """Carry a decision out on the next mails of its campaign. Safe to call twice.

    Raises LeaseLost when somebody took the row over meanwhile.
    """
    decision = CampaignDecision.claim(pk, [State.QUEUED], settings.LEASE)
    if decision is None:
        return Carried()
    if decision.attempts > MAX_ATTEMPTS:
        decision.advance(State.FAILED, "A mail of it broke the worker three times.")
        return Carried()
    mails = list(_waiting(decision)[: PORTION + 1])
    skipped, sent = Counter[str](decision.skipped), list[int]()
    for mail in mails[:PORTION]:
        try:
            sent += _decide(decision, mail)
        except Refused as error:
            skipped[str(error)] += 1
    return _recorded(decision, mails, skipped, tuple(sent))


def _waiting(decision: CampaignDecision) -> models.QuerySet[Submission]:
    """The mails that the decision has not come to, oldest first."""
    mails = Submission.objects.filter(campaign=decision.campaign_id, pk__gt=decision.reached, pk__lte=decision.newest)
    return mails.select_related("mailbox").order_by("pk")


def _decide(decision: CampaignDecision, mail: Submission) -> tuple[int, ...]:
    """A mail that has the verdict already is only marked as reviewed: its reporter knows it."""
    if decision.action == Action.CONFIRM or mail.verdict == decision.verdict:
        review.confirm(mail, decision.actor)
        return ()
    verdict = Verdict(decision.verdict)
    return review.override(mail, verdict, decision.reason, decision.actor, notify=decision.notify)


def _recorded(
    decision: CampaignDecision, mails: list[Submission], skipped: Counter[str], sent: tuple[int, ...]
) -> Carried:
    dealt_with, more = mails[:PORTION], len(mails) > PORTION
    reached = dealt_with[-1].pk if dealt_with else decision.reached
    done = decision.seen + len(dealt_with) - skipped.total()
    if more:
        decision.release(due_in=AT_ONCE, reached=reached, done=done, skipped=dict(skipped))
    else:
        decision.advance(State.DONE, f"{done} mails", reached=reached, done=done, skipped=dict(skipped))
    return Carried(sent, more)


@transaction.atomic
def set_apart(key: CampaignKey, actor: str, *, common: bool) -> str:
    """Say that a thing stands in mails of every kind and groups nothing from now on, or take that back; in words."""
    words = "groups nothing any more" if common else "groups mails again"
    CampaignKey.objects.filter(pk=key.pk).update(common=common)
    reference = f"campaign:{key.campaign_id}"
    Event.objects.create(reference=reference, subject=reference, kind="key", words=f"{key.value} {words}", actor=actor)
    return f"{key.value} {words}."
