"""News of kept views: what newly matches is told by mail to the view's owner, or by webhook to another system.

A mail is told of once by each subscription, when its analysis has ended and it is found in the view: at once or
after somebody overruled its verdict. What is new is read from the events since the last look, so that a look
costs what happened meanwhile and not what the tables hold. Never more than one message in 15 minutes.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from mailmonitor.models import AT_ONCE, Event, now
from notifications import outbox
from notifications.addresses import deliverable
from notifications.models import Notification
from notifications.outbox import Letter
from submissions import roles, webhooks
from submissions.letters import WORDS
from submissions.models import SavedView, Submission, Subscription
from submissions.search.grammar import SearchFault
from submissions.selectors.listing import TABS, Wanted, matching
from submissions.verdicts import Verdict

log = logging.getLogger(__name__)
LOOK, QUIET = timedelta(minutes=1), timedelta(minutes=15)
AGAIN = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
MOST_FAILURES = 8
# A transaction may end after a later one has: what is younger is left for the next look.
SETTLED = timedelta(seconds=30)
PORTION, PORTIONS = 1000, 20
SHOWN = 50
ACTIVE, DISABLED = Subscription.State.ACTIVE, Subscription.State.DISABLED
MAIL, WEBHOOK = Subscription.Channel.MAIL, Subscription.Channel.WEBHOOK


@dataclass(frozen=True)
class News:
    """The mails that newly match, newest first, and the last event that was looked at."""

    heard: int
    mails: list[Submission]


def subscribe(view: SavedView, channel: str, address: str = "") -> Subscription:
    """Tell of what matches the view from now on; one that was switched off begins anew."""
    heard = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    fresh: dict[str, Any] = {"address": address, "heard": heard, "error": "", "failures": 0}
    with transaction.atomic():
        row, made = Subscription.objects.get_or_create(view=view, channel=channel, defaults=fresh)
        if not made and row.state == DISABLED:
            row.advance(ACTIVE, due_in=AT_ONCE, **fresh)
        elif not made:
            Subscription.objects.filter(pk=row.pk).update(address=address)
    return row


def due() -> list[int]:
    return Subscription.due([ACTIVE])


def look(pk: int) -> tuple[int, ...]:
    """Tell what is new; the keys of the mails to deliver now."""
    row = Subscription.claim(pk, [ACTIVE], settings.LEASE)
    if row is None:
        return ()
    if why := forbidden(row):
        row.advance(DISABLED, why, error=why)
        return ()
    try:
        news = gathered(row)
    except SearchFault as fault:
        row.release(due_in=QUIET, error=str(fault)[:500])
        return ()
    if not news.mails:
        row.release(due_in=LOOK, heard=news.heard, error="", failures=0)
        return ()
    return by_mail(row, news) if row.channel == MAIL else by_webhook(row, news)


def forbidden(row: Subscription) -> str:
    """Why nobody may be told any more: rights are looked at each time, not only when the view was subscribed to."""
    owner = row.view.owner
    if not owner.is_active or not owner.has_perm(roles.READ[0]):
        return "switched off: the view's owner may no longer see mails"
    if row.channel == WEBHOOK and not owner.has_perm(roles.SET_UP):
        return "switched off: the view's owner is no administrator any more"
    if row.channel == MAIL and not deliverable(owner.email):
        return "switched off: the view's owner has no mail address"
    return ""


def gathered(row: Subscription) -> News:
    """The mails of the view that something happened to since the last look. Raises SearchFault."""
    tab = row.view.tab if row.view.tab in TABS else ""
    ended = matching(Wanted(tab, row.view.text)).exclude(state__in=Submission.OPEN).exclude(told_by=row)
    settled, heard, mails = now() - SETTLED, row.heard, dict[int, Submission]()
    for _ in range(PORTIONS):
        events = Event.objects.filter(pk__gt=heard).order_by("pk").values_list("pk", "at", "reference")[:PORTION]
        seen = list(takewhile(lambda event: event[1] < settled, events))
        mails |= {mail.pk: mail for mail in told_of(ended, [reference for *_, reference in seen])}
        heard = seen[-1][0] if seen else heard
        if len(seen) < PORTION:
            break
    return News(heard, [mails[key] for key in sorted(mails, reverse=True)])


def told_of(rows: QuerySet[Submission], references: list[str]) -> QuerySet[Submission]:
    named = (reference.partition(":") for reference in references)
    return rows.filter(pk__in={int(key) for name, _, key in named if name == "submission" and key.isdecimal()})


@transaction.atomic
def by_mail(row: Subscription, news: News) -> tuple[int, ...]:
    """One letter to the owner, decided with the mark that keeps it from being decided again."""
    mail = outbox.decide(letter(row, news))
    told(row, news, error=mail.reason if mail else "")
    return (mail.pk,) if mail and mail.state == Notification.State.QUEUED else ()


def by_webhook(row: Subscription, news: News) -> tuple[int, ...]:
    """At least once: whose answer is lost gets the same mails again."""
    try:
        webhooks.post(row.address, message(row, news))
    except webhooks.WebhookError as error:
        failed(row, str(error))
    else:
        with transaction.atomic():
            told(row, news)
    return ()


def told(row: Subscription, news: News, *, error: str = "") -> None:
    row.told.add(*news.mails)
    row.release(due_in=QUIET, heard=news.heard, sent_at=now(), error=error, failures=0)


def failed(row: Subscription, error: str) -> None:
    """Try again later, and stop after many times."""
    failures = row.failures + 1
    if failures >= MOST_FAILURES:
        words = f"switched off after {failures} failures: {error}"
        log.error("the webhook of the view %s was %s", row.view, words)
        row.advance(DISABLED, words, error=words, failures=failures)
    else:
        row.release(due_in=AGAIN[min(failures, len(AGAIN)) - 1], error=error, failures=failures)


def address_of(view: SavedView) -> str:
    values = {name: value for name, value in (("show", view.tab), ("q", view.text)) if value}
    return f"{settings.PUBLIC_URL}{reverse('submissions:list')}?{urlencode(values) or 'show='}"


def letter(row: Subscription, news: News) -> Letter:
    return Letter(
        kind="view_news",
        thread=row.label,
        about=f"{row.label}/{news.heard}",
        to=row.view.owner.email,
        context={
            "instance_name": settings.PUBLIC_URL,
            "organisation": settings.ORGANISATION,
            "view_name": row.view.name,
            "view_url": address_of(row.view),
            "result_count": str(len(news.mails)),
            "artifact_table": [line(mail) for mail in news.mails[:SHOWN]],
        },
    )


def line(mail: Submission) -> dict[str, str]:
    """A mail as a line of the letter's table; what does not come from us is cut and cleaned there."""
    verdict = WORDS[Verdict(mail.verdict)] if mail.verdict else "Skipped"
    name = f"{mail.number} {mail.subject}"
    score = "" if mail.score is None else str(mail.score)
    return {"verdict": verdict, "name": name, "type": "Mail", "score": score, "reason": "", "reused": ""}


def message(row: Subscription, news: News) -> dict[str, object]:
    """The JSON that a webhook gets: `count` is of all, `mails` holds the newest of them."""
    return {
        "view": row.view.name,
        "url": address_of(row.view),
        "count": len(news.mails),
        "mails": [
            {
                "id": mail.number,
                "verdict": mail.verdict,
                "url": settings.PUBLIC_URL + reverse("submissions:detail", args=[mail.pk]),
            }
            for mail in news.mails[:SHOWN]
        ],
    }
