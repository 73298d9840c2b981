"""How the parts of the installation do, by what the rows say: asks nobody outside."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from mailmonitor.models import Event, Heartbeat
from notifications.models import Notification
from submissions import quotas
from submissions.models import Analysis, Mailbox, SandboxProfile, Submission
from submissions.words import span

LATE = timedelta(minutes=30)
SILENT = timedelta(minutes=2)
DAY = timedelta(days=1)
NEWEST = 2000
# The sections of the manual, by the first word of what is looked at; what is not named stands under the last.
CHAPTERS = {
    "worker": "processes",
    "queue": "processes",
    "mailbox": "mailboxes",
    "sandbox": "sandboxes",
    "mails": "something-is-stuck",
    "answers": "how-reporters-are-answered",
    "smtp": "how-reporters-are-answered",
    "templates": "how-reporters-are-answered",
    "retention": "retention",
    "storage": "backup",
    "settings": "keys-and-secrets",
    "": "is-it-well",
}


@dataclass(frozen=True)
class Card:
    """One part: `state` is OK, WARNING, ERROR or DISABLED; `since` and `fix` are empty when all is well.

    `search` finds the mails that it speaks of.
    """

    name: str
    state: str
    detail: str
    last: datetime | None = None
    since: datetime | None = None
    fix: str = ""
    search: str = ""

    @property
    def key(self) -> str:
        """Colour and icon."""
        return {"OK": "clean", "WARNING": "suspicious", "ERROR": "malicious"}.get(self.state, "skipped")

    @property
    def chapter(self) -> str:
        return chapter(self.name)


def chapter(name: str) -> str:
    """The section of the manual that speaks of a part of this name."""
    return CHAPTERS.get(name.partition(" ")[0].lower(), CHAPTERS[""])


def cards() -> list[Card]:
    """Some fifteen queries, however much work there is."""
    return [worker(), *map(mailbox, Mailbox.objects.all()), *work()]


def work() -> list[Card]:
    """What waits, how quickly it is dealt with, and what is removed when."""
    took = latencies()
    sandboxes = [account(row, took) for row in SandboxProfile.objects.all() if quotas.in_use(row)]
    return [waiting(), analyses(), *sandboxes, answers(), retention()]


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
        return Card(name, "WARNING", "not read yet", fix="It is read within a minute, once worker and beat run.")
    told = f"{row.folder} on {row.host} is read" if row.host else f"{row.folder} is read"
    if not row.backlog:
        return Card(name, "OK", f"{told}, nothing is left in it", last=row.last_success_at)
    left = f"{told}, {row.backlog} mails in it are not stored"
    if row.is_held:
        return Card(name, "OK", f"{left} yet", last=row.last_success_at)
    fix = "Its events name each mail that could not be stored, and why. They are tried again every 15 minutes."
    return Card(name, "WARNING", left, last=row.last_success_at, fix=fix)


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
        fix = "Look at the oldest of them: its page says what it waits for."
        told = f"{found['number']} {words}, the oldest too long"
        return Card(name, "WARNING", told, since=oldest, fix=fix, search="is:open")
    return Card(name, "OK", f"{found['number']} {words}")


def latencies() -> dict[tuple[str, str], list[timedelta]]:
    """How long analyses of the last day took, ascending, by sandbox and profile: of the newest ones that really ran."""
    took = defaultdict(list)
    since = timezone.now() - DAY
    rows = Analysis.objects.order_by("-id").values_list("sandbox", "profile", "created_at", "finished_at", "cached")
    for kind, profile, begin, end, cached in rows[:NEWEST]:
        if end and end > since and not cached:
            took[kind, profile].append(end - begin)
    return {place: sorted(times) for place, times in took.items()}


def latency_words(times: list[timedelta]) -> str:
    """Median and 95th percentile by nearest rank."""
    if not times:
        return "no analysis in 24 hours"
    half, most = ((times[-(-len(times) * part // 100) - 1]).total_seconds() for part in (50, 95))
    return f"half of {len(times)} analyses within {span(half)}, 95 % within {span(most)}"


def account(row: SandboxProfile, took: dict[tuple[str, str], list[timedelta]]) -> Card:
    """What a sandbox last told of our account, and how long it takes."""
    name = f"Sandbox {row}"
    if row.error:
        fix = "Analyses wait and go on by themselves. Ask it now with the button below."
        state = "WARNING" if quotas.is_low(row) else "ERROR"
        return Card(name, state, row.error, last=row.asked_at, since=row.failing_since, fix=fix)
    online = quotas.words(row) if row.account or row.asked_at is None else ""
    told = [online, quotas.quota_words(row.account), latency_words(took.get((row.kind, row.name), []))]
    return Card(name, "OK", ", ".join(filter(None, told)), last=row.asked_at)


def answers() -> Card:
    """Mails to reporters: what failed in the last day needs a look."""
    recent = Notification.objects.filter(created_at__gte=timezone.now() - DAY)
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
        fix = "Look at them: each says what the relay answered."
        return Card("Answers", "WARNING", f"{failed} failed, {told}", last=last, fix=fix, search="notified:failed")
    return Card("Answers", "OK", told, last=last)


def retention() -> Card:
    """What is removed, and when next."""
    if not settings.RETENTION_DAYS:
        return Card("Retention", "DISABLED", "everything is kept: RETENTION_DAYS is 0")
    now, at = timezone.now().astimezone(UTC), settings.NIGHTLY_AT
    tonight = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    next_at = tonight if tonight > now else tonight + DAY
    last = Event.objects.filter(reference="retention").order_by("-id").values_list("at", flat=True).first()
    told = f"mails older than {settings.RETENTION_DAYS} days are removed, next {next_at:%d %b %H:%M} UTC"
    return Card("Retention", "OK", told, last=last)
