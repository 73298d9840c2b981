"""The way of one mail, on one screen. A task takes ids, calls one service and hints at what comes next.

    fetch_due -> fetch -> unpack -> submit -> poll ... -> conclude -> (notifications) deliver
                                      sweep issues again whatever is due or was abandoned

A hint may get lost or come twice: the rows are the jobs.
"""

from collections.abc import Sequence

from celery import shared_task

from mailmonitor import grants
from mailmonitor.hints import hint, remind
from mailmonitor.models import Grant, Heartbeat, LeaseLost
from notifications.tasks import deliver
from submissions import (
    alarms,
    analysis,
    conclusion,
    decisions,
    intake,
    invariants,
    mailboxes,
    policy,
    quotas,
    recovery,
    retention,
    storage,
    subscriptions,
)
from submissions.models import Analysis, Decision, Mailbox, Submission, Subscription

LONGEST_CHECK_SECONDS = 3 * 3600


@shared_task(name="submissions.renew_due")
def renew_due() -> None:
    remind(renew, Grant, grants.due())


@shared_task(name="submissions.renew", throws=(LeaseLost,))
def renew(grant: int) -> None:
    grants.renew(grant)


@shared_task(name="submissions.fetch_due")
def fetch_due() -> None:
    remind(fetch, Mailbox, mailboxes.due())


@shared_task(name="submissions.fetch", throws=(LeaseLost,))
def fetch(mailbox: int) -> None:
    hint(unpack, *mailboxes.fetch(mailbox))


@shared_task(name="submissions.unpack", throws=(LeaseLost,))
def unpack(submission: int) -> None:
    unpacked = intake.unpack(submission)
    hint(deliver, *unpacked.notifications)
    hint(submit, *unpacked.analyses)
    hint(deliver, *conclusion.conclude(submission))


@shared_task(name="submissions.submit", throws=(LeaseLost,))
def submit(pk: int) -> None:
    if analysis.submit(pk):
        go_on(conclusion.holders(pk))


@shared_task(name="submissions.poll", throws=(LeaseLost,))
def poll(pk: int) -> None:
    if analysis.poll(pk):
        go_on(conclusion.holders(pk))


@shared_task(name="submissions.reconcile", throws=(LeaseLost,))
def reconcile(pk: int) -> None:
    if analysis.reconcile(pk):
        go_on(conclusion.holders(pk))


@shared_task(name="submissions.conclude")
def conclude(submission: int) -> None:
    hint(deliver, *conclusion.conclude(submission))
    hint(submit, *policy.begin(submission))


def go_on(submissions: Sequence[int]) -> None:
    """Conclude one mail here and now: a message costs more than the step. Of several each gets a message."""
    if len(submissions) == 1:
        conclude(*submissions)
    else:
        hint(conclude, *submissions)


@shared_task(name="submissions.decide", throws=(LeaseLost,))
def decide(decision: int) -> None:
    carried = decisions.carry_on(decision)
    hint(deliver, *carried.notifications)
    hint(submit, *carried.analyses)
    hint(decide, *([decision] if carried.more else []))


@shared_task(name="submissions.tell_news", throws=(LeaseLost,))
def tell_news(subscription: int) -> None:
    hint(deliver, *subscriptions.look(subscription))


@shared_task(name="submissions.poll_due")
def poll_due() -> None:
    due = recovery.due()
    remind(poll, Analysis, due.poll)
    remind(reconcile, Analysis, due.reconcile)


@shared_task(name="submissions.ask_accounts")
def ask_accounts() -> None:
    for row in quotas.due():
        quotas.ask(row)


@shared_task(name="submissions.sweep", throws=(LeaseLost,))
def sweep() -> None:
    recovery.mind_the_clock()
    recovery.free_abandoned()
    for ended in recovery.end_overdue():
        hint(conclude, *conclusion.holders(ended))
    due = recovery.due()
    remind(unpack, Submission, due.unpack)
    remind(submit, Analysis, due.submit)
    remind(conclude, Submission, due.conclude)
    remind(decide, Decision, due.decide)
    remind(tell_news, Subscription, subscriptions.due())
    hint(deliver, *alarms.raise_alarms())
    recovery.seal_events()
    Heartbeat.beat("worker")


@shared_task(name="submissions.nightly")
def nightly() -> None:
    storage.remove_drafts()
    retention.every_night()


@shared_task(name="submissions.check_invariants", time_limit=LONGEST_CHECK_SECONDS)
def check_invariants() -> None:
    """Apart from the rest of the night, for with many millions of mails it takes longer than any other step."""
    invariants.watch()
