from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery

from mailmonitor import hints
from mailmonitor.celery import app
from mailmonitor.models import WorkRow
from submissions.models import Submission
from submissions.tasks import unpack
from tests import rows
from tests.servers.redis import redis


@pytest.fixture
def broker() -> Iterator[Celery]:
    """The application over a real and empty Redis of its own."""
    with redis() as server:
        counted = Celery("counted", broker=server.url(), set_as_current=False)
        counted.set_current()
        try:
            yield counted
        finally:
            app.set_current()
            counted.close()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows that workers were told of."""
    found: list[int] = []
    monkeypatch.setattr(hints, "hint", lambda task, *rows: found.extend(rows))
    return found


def test_hints_that_no_worker_took_are_counted(broker: Celery) -> None:
    assert hints.waiting() == 0

    for priority in (0, 6):
        broker.send_task("submissions.unpack", args=(1,), priority=priority)

    assert hints.waiting() == 2


def test_a_broker_that_is_away_counts_as_empty_however_often_it_is_asked(broker: Celery) -> None:
    broker.conf.broker_url = "redis://127.0.0.1:1/0"

    assert [hints.waiting(), hints.waiting()] == [0, 0]


@pytest.mark.django_db
@pytest.mark.parametrize(("queued", "again"), [(hints.MANY - 1, True), (hints.MANY, False)])
def test_nothing_is_told_again_while_many_hints_wait(
    queued: int, again: bool, told: list[int], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(hints, "waiting", lambda: queued)
    old, new = rows.submission(state="received"), rows.submission(state="received")
    settings.HINT_AGAIN = -settings.HINT_AGAIN
    remind([old])

    remind([old, new])

    assert told == [old.pk, *([old.pk] if again else []), new.pk]


def remind(due: list[WorkRow]) -> None:
    hints.remind(unpack, Submission, [row.pk for row in due])
