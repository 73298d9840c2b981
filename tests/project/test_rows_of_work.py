from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mailmonitor.models import AT_ONCE, Event, LeaseLost
from submissions.models import Submission
from tests import rows

pytestmark = pytest.mark.django_db

State = Submission.State
MINUTE = timedelta(minutes=1)


def test_only_one_of_two_claims_wins() -> None:
    row = rows.submission(state="received")

    first = Submission.claim(row.pk, [State.RECEIVED], MINUTE)
    second = Submission.claim(row.pk, [State.RECEIVED], MINUTE)

    assert first is not None
    assert second is None


def test_a_lease_that_ended_can_be_claimed_again() -> None:
    row = rows.submission(state="received")
    Submission.claim(row.pk, [State.RECEIVED], timedelta(seconds=-1))

    again = Submission.claim(row.pk, [State.RECEIVED], MINUTE)

    assert again is not None
    assert again.attempts == 2


def test_a_row_in_another_state_cannot_be_claimed() -> None:
    row = rows.submission(state="received")

    assert Submission.claim(row.pk, [State.ANALYSING], MINUTE) is None


def test_whoever_lost_the_lease_cannot_write() -> None:
    row = rows.submission(state="received")
    stale = Submission.claim(row.pk, [State.RECEIVED], timedelta(seconds=-1))
    fresh = Submission.claim(row.pk, [State.RECEIVED], MINUTE)
    assert stale is not None
    assert fresh is not None

    with pytest.raises(LeaseLost):
        stale.advance(State.UNPACKED, due_in=AT_ONCE)
    fresh.advance(State.UNPACKED, due_in=AT_ONCE)

    assert Event.objects.filter(kind="unpacked").count() == 1


def test_advancing_frees_the_lease_and_tells_the_event() -> None:
    row = rows.submission(state="received")
    held = Submission.claim(row.pk, [State.RECEIVED], MINUTE)
    assert held is not None

    held.advance(State.UNPACKED, "2 files", due_in=AT_ONCE)

    held.refresh_from_db()
    assert (held.state, held.token, held.attempts) == (State.UNPACKED, None, 0)
    assert Event.objects.filter(reference=held.label, kind="unpacked", words="2 files").exists()


def test_a_way_that_is_not_listed_is_refused() -> None:
    row = rows.submission(state="received")

    with pytest.raises(ValueError, match="cannot go from received to done"):
        row.advance(State.DONE)


def test_a_final_state_has_no_due_time() -> None:
    row = rows.submission(state="received")

    with pytest.raises(ValueError, match="due time"):
        row.advance(State.UNPARSEABLE, due_in=AT_ONCE)
    with pytest.raises(ValueError, match="due time"):
        row.advance(State.UNPACKED)


@pytest.mark.parametrize(
    "values",
    [{"state": "nonsense"}, {"due_at": None}, {"lease_ends_at": timezone.now()}, {"state": "done", "due_at": None}],
)
def test_the_database_refuses_rows_that_break_the_rules(values: dict[str, object]) -> None:
    row = rows.submission(state="received")

    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=row.pk).update(**values)


def test_due_rows_are_those_whose_time_has_come_and_that_nobody_holds() -> None:
    due, later, held = (
        rows.submission(state="received"),
        rows.submission(state="received"),
        rows.submission(state="received"),
    )
    Submission.objects.filter(pk=later.pk).update(due_at=timezone.now() + MINUTE)
    Submission.claim(held.pk, [State.RECEIVED], MINUTE)

    assert Submission.due([State.RECEIVED]) == [due.pk]


def test_a_worker_is_told_of_a_waiting_row_once_in_a_while(settings: Any) -> None:
    first, second = rows.submission(state="received"), rows.submission(state="received")

    assert Submission.untold([second.pk, first.pk]) == [second.pk, first.pk]
    assert Submission.untold([second.pk, first.pk]) == []

    settings.HINT_AGAIN = timedelta(seconds=-1)
    assert Submission.untold([first.pk]) == [first.pk]


def test_a_row_that_moved_on_is_told_of_anew() -> None:
    row = rows.submission(state="received")
    Submission.untold([row.pk])

    row.advance(State.UNPACKED, due_in=AT_ONCE)

    assert Submission.untold([row.pk]) == [row.pk]
