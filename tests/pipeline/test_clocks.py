"""What a clock that jumps does to work that waits: nothing fires early for good, nothing freezes."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from mailmonitor.models import Heartbeat
from notifications import limits
from submissions import letters, recovery
from submissions.models import Analysis, Mailbox, Submission
from tests import rows

pytestmark = pytest.mark.django_db

DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def running() -> Analysis:
    """An analysis that is polled in a minute and has a day to end, with a sweeper at work."""
    Heartbeat.beat("worker")
    return rows.analysis(rows.artifact(), due_at=timezone.now() + MINUTE)


def swept(ago: timedelta) -> None:
    Heartbeat.objects.update(at=timezone.now() - ago)


def test_a_clock_that_is_set_back_moves_what_is_due(running: Analysis) -> None:
    """What it looks like afterwards: everything, the last sweep too, lies a day ahead."""
    Analysis.objects.update(due_at=F("due_at") + DAY, deadline_at=F("deadline_at") + DAY)
    swept(-DAY)

    recovery.mind_the_clock()

    running.refresh_from_db()
    assert abs(running.due_at - timezone.now() - MINUTE) < MINUTE  # type: ignore[operator]
    assert abs(running.deadline_at - timezone.now() - DAY) < MINUTE


def test_a_lease_taken_before_the_clock_was_set_back_ends(db: None) -> None:
    Heartbeat.beat("worker")
    row = rows.submission(state="received")
    Submission.claim(row.pk, ["received"], DAY + MINUTE)
    swept(-DAY)

    recovery.mind_the_clock()

    row.refresh_from_db()
    assert row.lease_ends_at is not None
    assert row.lease_ends_at < timezone.now() + 2 * MINUTE


def test_a_clock_that_is_set_on_ends_no_analysis(running: Analysis) -> None:
    Analysis.objects.update(deadline_at=timezone.now() - MINUTE)
    swept(DAY)

    recovery.mind_the_clock()

    assert recovery.end_overdue() == []
    running.refresh_from_db()
    assert running.deadline_at > timezone.now() + timedelta(hours=23)


def test_a_clock_that_goes_right_changes_nothing(running: Analysis) -> None:
    before = Analysis.objects.values().get()
    swept(MINUTE)

    recovery.mind_the_clock()

    assert Analysis.objects.values().get() == before


def test_a_worker_whose_clock_is_ahead_tells_nobody_of_a_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    row = rows.submission(received_at=timezone.now())
    wrong = timezone.now() + DAY
    monkeypatch.setattr(timezone, "now", lambda: wrong)

    assert letters.delayed(row) == ()


def test_a_worker_whose_clock_is_ahead_counts_the_receipts_of_this_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(10):
        rows.notification(rows.submission(), recipient="anna.lang@corp.example")
    wrong = timezone.now() + DAY
    monkeypatch.setattr(timezone, "now", lambda: wrong)

    reason = limits.reached("received", recipient="anna.lang@corp.example", conversation="")

    assert reason == "limit: 10 receipts an hour to one reporter"


def test_work_is_due_by_the_clock_of_the_database(monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox) -> None:
    wrong = timezone.now() + DAY
    monkeypatch.setattr(timezone, "now", lambda: wrong)

    row = Submission(mailbox=mailbox, digest="0" * 64, fingerprint="0" * 64, size=1, received_at=wrong)
    row.save()

    assert Submission.due(["received"]) == [row.pk]
