"""All kinds of mail at a glance: on or off, in which languages, sent when and how often."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from notifications.kinds import KINDS
from notifications.models import Notification, Template

SPAN = timedelta(days=30)
State = Notification.State


@dataclass(frozen=True)
class KindRow:
    """One kind; the counts are those of the last 30 days."""

    title: str
    enabled: bool
    languages: int
    last_sent_at: datetime | None
    sent: int
    failed: int
    suppressed: int


def overview() -> list[KindRow]:
    """A row for each kind, in the order of the registry."""
    texts: dict[str, Mapping[str, Any]] = {
        row["kind"]: row
        for row in Template.objects.values("kind").annotate(
            languages=Count("pk"), disabled=Count("pk", filter=Q(enabled=False))
        )
    }
    recent = Notification.objects.filter(created_at__gte=timezone.now() - SPAN).values("kind")
    mails: dict[str, Mapping[str, Any]] = {
        row["kind"]: row
        for row in recent.annotate(
            last=Max("sent_at"),
            sent=Count("pk", filter=Q(state=State.SENT)),
            failed=Count("pk", filter=Q(state=State.FAILED)),
            suppressed=Count("pk", filter=Q(state=State.SUPPRESSED)),
        )
    }
    return [kind_row(name, texts.get(name, {}), mails.get(name, {})) for name in KINDS]


def kind_row(name: str, texts: Mapping[str, Any], mails: Mapping[str, Any]) -> KindRow:
    return KindRow(
        KINDS[name].title,
        enabled=not texts.get("disabled", 0),
        languages=texts.get("languages", 0),
        last_sent_at=mails.get("last"),
        sent=mails.get("sent", 0),
        failed=mails.get("failed", 0),
        suppressed=mails.get("suppressed", 0),
    )
