"""One decision on all mails of a campaign: whom it would reach, taking it, and what groups mails no more."""

from dataclasses import dataclass

from django.db import transaction

from mailmonitor.models import Event
from submissions import decisions
from submissions.decisions import Action, Order, State
from submissions.models import Campaign, CampaignKey, Decision, Submission
from submissions.review import Refused
from submissions.verdicts import Verdict


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
def decide(campaign: Campaign, actor: str, *, verdict: Verdict | None, reason: str, notify: bool) -> Decision:
    """Take the decision for the mails that are there now: a verdict overrules, None marks as reviewed.

    Raises Refused while an earlier decision on the campaign is under way.
    """
    if campaign.decisions.filter(state=State.QUEUED).exists():
        raise Refused("an earlier decision is still being carried out")
    order = Order(Action.OVERRIDE if verdict else Action.CONFIRM, verdict or "", reason, notify)
    return decisions.take(order, actor, campaign=campaign)


@transaction.atomic
def set_apart(key: CampaignKey, actor: str, *, common: bool) -> str:
    """Say that a thing stands in mails of every kind and groups nothing from now on, or take that back; in words."""
    words = "groups nothing any more" if common else "groups mails again"
    CampaignKey.objects.filter(pk=key.pk).update(common=common)
    reference = f"campaign:{key.campaign_id}"
    Event.objects.create(reference=reference, subject=reference, kind="key", words=f"{key.value} {words}", actor=actor)
    return f"{key.value} {words}."
