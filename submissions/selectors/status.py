"""How the parts of the installation do, by what the rows say: asks nobody outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.utils import timezone

from mailmonitor.models import Heartbeat
from notifications.models import Notification
from submissions import quotas
from submissions.models import Analysis, Mailbox, SandboxProfile, Submission

LATE = timedelta(minutes=30)
SILENT = timedelta(minutes=2)


@dataclass(frozen=True)
class Card:
    """One part: `state` is OK, WARNING, ERROR or DISABLED; `since` and `fix` are empty when all is well."""

    name: str
    state: str
    detail: str
    last: datetime | None = None
    since: datetime | None = None
    fix: str = ""

    @property
    def key(self) -> str:
        """Colour and icon."""
        return {"OK": "clean", "WARNING": "suspicious", "ERROR": "malicious"}.get(self.state, "skipped")


def cards() -> list[Card]:
    """Some ten queries, however much work there is."""
    sandboxes = [account(row) for row in SandboxProfile.objects.all() if quotas.in_use(row)]
    return [worker(), *map(mailbox, Mailbox.objects.all()), waiting(), analyses(), *sandboxes, answers()]


def worker() -> Card:
    """Workers write a heartbeat; one that is silent for two minutes is gone."""
    beat = Heartbeat.objects.filter(name="worker").first()
    if beat is not None and timezone.now() - beat.at < SILENT:
        return Card("Worker", "OK", "at work", last=beat.at)
    fix = "Start the worker: celery -A mailmonitor worker. No mail is lost meanwhile."
    return Card("Worker", "ERROR", "no sign of life", last=beat.at if beat else None, fix=fix)


def mailbox(row: Mailbox) -> Card:
    name = f"Mailbox {row.name}"
    if row.state == Mailbox.State.DISABLED:
        return Card(name, "DISABLED", "switched off in administration", last=row.last_success_at)
    if row.failing_since:
        return Card(name, "ERROR", row.error, last=row.last_success_at, since=row.failing_since, fix=row.error_fix)
    if row.last_success_at is None:
        return Card(name, "WARNING", "not read yet")
    return Card(name, "OK", f"{row.folder} on {row.host} is read", last=row.last_success_at)


def waiting() -> Card:
    """Mails between arrival and verdict."""
    found = Submission.objects.filter(state__in=Submission.OPEN).aggregate(
        number=Count("pk"), oldest=Min("received_at")
    )
    return backlog("Mails", found, "wait for their verdict")


def analyses() -> Card:
    found = Analysis.objects.filter(state__in=Analysis.OPEN).aggregate(number=Count("pk"), oldest=Min("created_at"))
    return backlog("Sandbox", found, "are being analysed")


def backlog(name: str, found: dict[str, object], words: str) -> Card:
    """A queue by its length; one whose oldest row waits for more than half an hour is a warning."""
    oldest = found["oldest"]
    if isinstance(oldest, datetime) and timezone.now() - oldest > LATE:
        fix = "Look at the oldest: /submissions/?q=is:open"
        return Card(name, "WARNING", f"{found['number']} {words}, the oldest too long", since=oldest, fix=fix)
    return Card(name, "OK", f"{found['number']} {words}")


def account(row: SandboxProfile) -> Card:
    """What a sandbox last told of our account."""
    name = f"Sandbox {row}"
    if row.error:
        fix = "Analyses wait and go on by themselves. Ask it now with the button below."
        state = "WARNING" if quotas.is_low(row) else "ERROR"
        return Card(name, state, row.error, last=row.asked_at, since=row.failing_since, fix=fix)
    told = quotas.quota_words(row.account)
    return Card(name, "OK", ", ".join(part for part in (quotas.words(row), told) if part), last=row.asked_at)


def answers() -> Card:
    """Mails to reporters: what failed in the last day needs a look."""
    recent = Notification.objects.filter(created_at__gte=timezone.now() - timedelta(days=1))
    number = dict(recent.order_by().values_list("state").annotate(number=Count("pk")))
    last = (
        Notification.objects.filter(sent_at__isnull=False)
        .order_by("-sent_at")
        .values_list("sent_at", flat=True)
        .first()
    )
    sent, failed = number.get("sent", 0), number.get("failed", 0)
    queued = Notification.objects.filter(due_at__isnull=False).count()
    told = f"{queued} wait, {sent} sent in 24 hours"
    if failed:
        fix = "Look at them: /submissions/?q=notified:failed"
        return Card("Answers", "WARNING", f"{failed} failed, {told}", last=last, fix=fix)
    return Card("Answers", "OK", told, last=last)
