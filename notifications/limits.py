"""How many mails go out: to one reporter, to one domain, in all, and in one conversation; and who is muted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from mailmonitor.models import now
from notifications.kinds import CALM, KINDS, RECEIPTS, RESULTS, Group
from notifications.models import Mute, Notification

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_REPORTER = ((10, HOUR), (30, DAY))
FLOOD = (20, timedelta(minutes=10))
FLOODED = "more than 20 reports in ten minutes"
PER_CONVERSATION = 3
ANSWERS = [kind.name for kind in KINDS.values() if kind.group in (Group.RECEIPT, Group.ITEM, Group.SUMMARY)]


def muted(recipient: str) -> str:
    """Why the address gets no mail at present, an empty text when it may get one."""
    row = Mute.objects.filter(Q(until=None) | Q(until__gt=Now()), address=recipient).first()
    return f"muted: {row.reason}" if row else ""


def floods(recipient: str, *, besides: str) -> bool:
    """Whether so many other reports of the address were answered lately that a machine must write them."""
    most, span = FLOOD
    rows = Notification.objects.filter(~Q(state=Notification.State.SUPPRESSED), kind__in=ANSWERS, recipient=recipient)
    return rows.exclude(thread=besides).filter(created_at__gte=Now() - span).values("thread").distinct().count() >= most


def mute(recipient: str, reason: str, span: timedelta | None) -> bool:
    """Send the address nothing for that time, or for ever; whether that is new."""
    begin = now()
    until = None if span is None else begin + span
    values = {"reason": reason, "began_at": begin, "until": until}
    _, made = Mute.objects.update_or_create(address=recipient, defaults=values)
    return made


def reached(kind: str, *, recipient: str, conversation: str, an_hour: int = PER_REPORTER[0][0]) -> str:
    """Why no further receipt may be sent now, an empty text when it may."""
    if kind not in RECEIPTS:
        return ""
    his = (
        sent()
        .filter(recipient=recipient)
        .aggregate(
            hour=Count("pk", filter=Q(created_at__gte=Now() - HOUR)),
            day=Count("pk", filter=Q(created_at__gte=Now() - DAY)),
            conversation=Count("pk", filter=Q(conversation=conversation) & ~Q(conversation="")),
        )
    )
    if his["hour"] >= an_hour:
        return f"limit: {an_hour} receipts an hour to one reporter"
    if his["day"] >= (a_day := max(an_hour, PER_REPORTER[1][0])):
        return f"limit: {a_day} receipts a day to one reporter"
    domain, lately = recipient.rpartition("@")[2], sent().filter(created_at__gte=Now() - HOUR)
    if is_used_up(settings.RECEIPTS_TO_ONE_DOMAIN, lately.filter(recipient__endswith=f"@{domain}")):
        return f"limit: {settings.RECEIPTS_TO_ONE_DOMAIN} receipts an hour to one domain"
    if is_used_up(settings.RECEIPTS_AN_HOUR, lately):
        return f"limit: {settings.RECEIPTS_AN_HOUR} receipts an hour"
    if his["conversation"] >= PER_CONVERSATION:
        return f"limit: {PER_CONVERSATION} receipts in one conversation"
    return ""


def is_used_up(most: int, rows: QuerySet[Notification]) -> bool:
    """Whether there are so many already. Zero is no limit."""
    return most > 0 and rows.count() >= most


def held_until(kind: str, *, recipient: str, an_hour: int) -> datetime | None:
    """When one mail tells all results past the limit; None for a result that goes out by itself.

    What calls for action never waits.
    """
    if kind not in CALM:
        return None
    rows = Notification.objects.filter(~Q(state=Notification.State.SUPPRESSED), recipient=recipient)
    waiting = rows.filter(state=Notification.State.QUEUED, for_digest=True, due_at__gt=Now()).order_by("due_at")
    if first := waiting.first():
        return first.due_at
    told = rows.filter(for_digest=False, kind__in=RESULTS, created_at__gte=Now() - HOUR)
    return now() + HOUR if told.count() >= an_hour else None


def sent() -> QuerySet[Notification]:
    """The receipts that went to reporters; copies for others have no recipient that counts."""
    return Notification.objects.filter(~Q(state=Notification.State.SUPPRESSED), ~Q(recipient=""), kind__in=RECEIPTS)


def relay_is_busy() -> bool:
    """Whether the last minute used up EMAIL_PER_MINUTE, what is being sent now included. Zero is no limit."""
    if not settings.EMAIL_PER_MINUTE:
        return False
    minute_ago = Now() - timedelta(minutes=1)
    states: Sequence[str] = (Notification.State.SENDING,)
    recent = Notification.objects.filter(Q(sent_at__gte=minute_ago) | Q(state__in=states))
    return recent.count() >= int(settings.EMAIL_PER_MINUTE)
