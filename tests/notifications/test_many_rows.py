"""The outbox stays quick when it is old and full."""

import time

import pytest
from django.utils import timezone

from notifications import outbox
from notifications.models import Notification

pytestmark = pytest.mark.django_db
OLD, WAITING = 100_000, 300
SLOWEST_SECONDS = 0.020


def rows(count: int, **fields: object) -> list[Notification]:
    start = 0 if fields["state"] == "sent" else OLD
    return [
        Notification(
            thread=f"submission:{number}",
            about=f"submission:{number}",
            kind="received",
            message_id=f"<{number}@x>",
            **fields,
        )
        for number in range(start, start + count)
    ]


def test_the_sweep_of_a_hundred_thousand_mails_takes_less_than_twenty_milliseconds() -> None:
    now = timezone.now()
    Notification.objects.bulk_create(rows(OLD, state="sent", due_at=None, sent_at=now), batch_size=2000)
    Notification.objects.bulk_create(rows(WAITING, state="queued", due_at=now))

    times = []
    for _ in range(5):
        begin = time.perf_counter()
        found = outbox.due()
        times.append(time.perf_counter() - begin)

    assert len(found) == WAITING
    assert min(times) < SLOWEST_SECONDS
