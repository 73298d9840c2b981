"""One decision on many mails, carried out in portions: the row remembers how far it has come."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction

from mailmonitor.models import AT_ONCE
from submissions import review
from submissions.models import Campaign, Decision, Submission
from submissions.review import Refused
from submissions.verdicts import Verdict

State = Decision.State
Action = Decision.Action
PORTION = 50
MAX_ATTEMPTS = 3
MOST_NAMED = 10


@dataclass(frozen=True)
class Order:
    """What is to be done with each mail. A verdict, its reason and whether reporters are told belong to overruling."""

    action: str
    verdict: str = ""
    reason: str = ""
    notify: bool = False


@dataclass(frozen=True)
class Carried:
    """What a portion caused: mails to deliver, analyses to submit, and whether more mails wait for the decision."""

    notifications: tuple[int, ...] = ()
    analyses: tuple[int, ...] = ()
    more: bool = False


@transaction.atomic
def take(order: Order, actor: str, *, chosen: Iterable[int] = (), campaign: Campaign | None = None) -> Decision:
    """Take a decision on these mails, or on those that the campaign holds now.

    Raises Refused where there is no mail.
    """
    mails = Submission.objects.filter(campaign=campaign) if campaign else Submission.objects.filter(pk__in=list(chosen))
    keys = sorted(mails.values_list("pk", flat=True))
    if not keys:
        raise Refused("the campaign holds no mail" if campaign else "nothing was chosen")
    decision = Decision.objects.create(
        campaign=campaign,
        chosen=[] if campaign else keys,
        action=order.action,
        verdict=order.verdict,
        reason=order.reason,
        notify=order.notify,
        actor=actor,
        newest=keys[-1],
        total=len(keys),
    )
    decision.tell("decided", f"{decision.get_action_display()} {order.verdict} {order.reason}".strip(), actor=actor)
    return decision


def carry_on(pk: int) -> Carried:
    """Carry a decision out on its next mails. Safe to call twice.

    Raises LeaseLost when somebody took the row over meanwhile.
    """
    decision = Decision.claim(pk, [State.QUEUED], settings.LEASE)
    if decision is None:
        return Carried()
    if decision.attempts > MAX_ATTEMPTS:
        decision.advance(State.FAILED, "A mail of it broke the worker three times.")
        return Carried()
    mails = list(_waiting(decision)[: PORTION + 1])
    caused = [_carried_out(decision, mail) for mail in mails[:PORTION]]
    _record(decision, mails)
    return Carried(
        notifications=tuple(pk for one in caused for pk in one.notifications),
        analyses=tuple(pk for one in caused for pk in one.analyses),
        more=len(mails) > PORTION,
    )


def _waiting(decision: Decision) -> models.QuerySet[Submission]:
    """The mails that the decision has not come to, oldest first."""
    mails = Submission.objects.filter(pk__gt=decision.reached, pk__lte=decision.newest)
    mine = {"campaign": decision.campaign_id} if decision.campaign_id else {"pk__in": decision.chosen}
    return mails.filter(**mine).select_related("mailbox").order_by("pk")


def _carried_out(decision: Decision, mail: Submission) -> Carried:
    """What it caused; a mail that it cannot be carried out on is counted with the reason."""
    try:
        caused = _decide(decision, mail)
    except Refused as error:
        why = str(error)
        decision.skipped[why] = decision.skipped.get(why, 0) + 1
        decision.left[why] = [*decision.left.get(why, []), mail.pk][:MOST_NAMED]
        return Carried()
    decision.done += 1
    return caused


def _decide(decision: Decision, mail: Submission) -> Carried:
    """A mail that has the verdict already is only marked as reviewed: its reporter knows it."""
    actor = decision.actor
    match decision.action:
        case Action.OVERRIDE if mail.verdict != decision.verdict:
            verdict = Verdict(decision.verdict)
            return Carried(review.override(mail, verdict, decision.reason, actor, notify=decision.notify))
        case Action.OVERRIDE | Action.CONFIRM:
            review.confirm(mail, actor)
        case Action.AGAIN | Action.AGAIN_FAILED:
            failed_only = decision.action == Action.AGAIN_FAILED
            return Carried(analyses=tuple(review.again(mail, actor, failed_only=failed_only)))
        case Action.RESEND:
            return Carried(tuple(review.resend(mail, actor)))
        case Action.TAKE:
            review.assign(mail, User.objects.filter(username=actor).first(), actor)
    return Carried()


def _record(decision: Decision, mails: list[Submission]) -> None:
    dealt_with, more = mails[:PORTION], len(mails) > PORTION
    changes = {name: getattr(decision, name) for name in ("done", "skipped", "left")}
    changes["reached"] = dealt_with[-1].pk if dealt_with else decision.reached
    if more:
        decision.release(due_in=AT_ONCE, **changes)
    else:
        decision.advance(State.DONE, f"{decision.done} mails", **changes)
