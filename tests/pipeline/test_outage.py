"""A database that goes away in the middle of a step is no fault of the mail."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError

from mailmonitor import outage
from mailmonitor.models import LeaseLost
from submissions import intake, items
from submissions.models import Mailbox, Submission
from tests.pipeline.conftest import received
from tests.reports import report

pytestmark = pytest.mark.django_db
State = Submission.State
MAIL = report({"a.txt": b"a"})


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage, "PAUSES", (0, 0, 0))


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Nothing that was found can be stored, as long as the test says."""

    def broken(*_: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(items, "store", broken)
        yield patch


def test_a_mail_whose_database_fails_again_and_again_is_not_put_aside(
    mailbox: Mailbox, away: pytest.MonkeyPatch
) -> None:
    row = received(mailbox, MAIL)
    for _ in range(5):
        with pytest.raises(OperationalError):
            intake.unpack(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.token) == (State.RECEIVED, 0, None)
    assert Submission.due([State.RECEIVED]) == [row.pk]

    away.undo()
    intake.unpack(row.pk)

    row.refresh_from_db()
    assert row.state == State.UNPACKED


@pytest.mark.parametrize(("failures", "tries"), [(2, 0), (3, 1)])
def test_the_row_is_handed_back_when_the_database_answers_again_or_left_to_its_lease(
    mailbox: Mailbox, away: pytest.MonkeyPatch, failures: int, tries: int
) -> None:
    row, left = received(mailbox, MAIL), [failures]
    release = Submission.release

    def sometimes(held: Submission, **changes: Any) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise OperationalError("the database system is starting up")
        release(held, **changes)

    away.setattr(Submission, "release", sometimes)

    with pytest.raises(OperationalError):
        intake.unpack(row.pk)

    row.refresh_from_db()
    assert (row.attempts, row.is_held) == (tries, tries == 1)


def test_what_somebody_else_took_over_meanwhile_is_not_touched(mailbox: Mailbox, away: pytest.MonkeyPatch) -> None:
    row = received(mailbox, MAIL)

    def overtaken(*_: Any) -> None:
        Submission.objects.update(token="0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f")
        raise OperationalError("server closed the connection unexpectedly")

    away.setattr(intake, "extract", overtaken)

    with pytest.raises(LeaseLost):
        intake.unpack(row.pk)
