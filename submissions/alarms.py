"""Telling the operators: a mailbox that nobody could read for five minutes, a sign-in that gets no token, and
what `parts` finds: a sandbox that is left alone or whose quota runs out, a relay that takes nothing, work that
stands still, a sender who is muted because he sends too many.

What alarms is decided by the rows alone, so a dead worker delays an alarm and loses none. Each trouble is
told once, and its end too.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Manager
from django.utils import timezone

from mailmonitor.models import Grant, Part, now
from notifications import outbox
from notifications.models import Notification
from notifications.outbox import Letter
from submissions import quotas
from submissions.failures import failures
from submissions.models import Mailbox, SandboxProfile, Submission

log = logging.getLogger(__name__)
SILENT = timedelta(minutes=5)
TOKENLESS = timedelta(minutes=2)


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a row since when; `last` is when it was well."""

    row: Mailbox | Grant | Part | SandboxProfile
    since: datetime
    last: datetime | None
    reply: str
    check: str = "mailbox"

    @property
    def part(self) -> str:
        return " ".join(f"The {self.row._meta.verbose_name} {self.row}".split())


def raise_alarms() -> list[int]:
    """Tell of what began or ended; the keys of the mails to deliver now."""
    troubles = {trouble.row.label: trouble for trouble in found()}
    told: list[int] = []
    rows: list[Mailbox | Grant | Part | SandboxProfile] = [
        *Mailbox.objects.all(),
        *Grant.objects.all(),
        *Part.objects.all(),
        *SandboxProfile.objects.all(),
    ]
    for row in rows:
        trouble = troubles.get(row.label)
        if trouble and row.alarmed_at is None:
            told += tell(trouble, "operator_alert")
        elif row.alarmed_at and not trouble:
            told += tell(Trouble(row, row.alarmed_at, None, ""), "operator_recovered")
    return told


def found() -> Iterator[Trouble]:
    """Everything that is wrong at this moment."""
    moment = now()
    patience = max(SILENT, 3 * settings.MAILBOX_POLL)
    for row in Mailbox.objects.filter(state=Mailbox.State.ACTIVE):
        since = row.last_success_at or row.failing_since or row.due_at
        if since is not None and moment - since > patience:
            yield Trouble(row, since, row.last_success_at, row.error or "nobody has looked into it")
    for grant in Grant.objects.filter(state=Grant.State.ACTIVE, failing_since__lt=moment - TOKENLESS):
        if grant.failing_since is not None:
            yield Trouble(grant, grant.failing_since, grant.renewed_at, grant.error)
    yield from parts()
    yield from sandboxes_in_trouble()


def parts() -> Iterator[Trouble]:
    """What fails as a whole."""
    for failure in failures(now()):
        part = Part.objects.get_or_create(name=failure.name)[0]
        yield Trouble(part, failure.since, failure.last, failure.reply, failure.check)


def sandboxes_in_trouble() -> Iterator[Trouble]:
    """A quota is told of while some of it is left; silence and maintenance are given the time to pass."""
    for row in SandboxProfile.objects.filter(failing_since__isnull=False):
        if row.failing_since and quotas.in_use(row) and (quotas.is_low(row) or now() - row.failing_since > SILENT):
            yield Trouble(row, row.failing_since, None, row.error, "sandbox")


@transaction.atomic
def tell(trouble: Trouble, kind: str) -> list[int]:
    """One mail to each operator, decided with the mark that keeps it from being decided again."""
    row = trouble.row
    began = kind == "operator_alert"
    objects: Manager[Any] = type(row)._default_manager
    if not objects.filter(pk=row.pk, alarmed_at__isnull=began).update(alarmed_at=now() if began else None):
        return []
    log.log(logging.ERROR if began else logging.INFO, "%s: %s since %s", trouble.part, kind, trouble.since)
    row.tell("alarmed" if began else "alarm-over", trouble.reply)
    letters = [
        outbox.decide(letter(trouble, kind, to, number)) for number, to in enumerate(settings.OPERATORS, start=1)
    ]
    return [mail.pk for mail in letters if mail and mail.state == Notification.State.QUEUED]


def letter(trouble: Trouble, kind: str, to: str, number: int) -> Letter:
    return Letter(
        kind=kind,
        thread=trouble.row.label,
        about=f"{trouble.row.label}/{now().timestamp():.3f}",
        generation=number,
        to=to,
        context={
            "instance_name": settings.PUBLIC_URL,
            "organisation": settings.ORGANISATION,
            "failed_part": trouble.part,
            "since": words(trouble.since),
            "last_success": words(trouble.last) if trouble.last else "never",
            "reply": trouble.reply,
            "doctor_command": f"manage.py doctor --only {trouble.check}" if trouble.check else "",
            "waiting_count": str(Submission.objects.filter(state__in=Submission.OPEN).count()),
        },
    )


def words(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%d %b %Y %H:%M %Z")
