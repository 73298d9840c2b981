"""The outbox stays quick when it is old and full: its sweep reads by indexes (`make bench ARGS=outbox` has times)."""

import re

import pytest

from notifications.delivery import due, waiting
from tests.bench.outbox import WAITING, fill, measured
from tests.servers.postgres import Postgres

SENT = 5_000
WHOLE_TABLE = re.compile(r"Seq Scan on|SCAN notifications_notification(?! USING INDEX)", re.IGNORECASE)


@pytest.mark.django_db
def test_the_sweep_reads_by_indexes_on_sqlite() -> None:
    fill(SENT)

    plan = waiting().explain()

    assert len(due()) == WAITING
    assert "notification_due" in plan
    assert not WHOLE_TABLE.search(plan)


@pytest.mark.servers
def test_the_sweep_reads_by_indexes_on_postgresql(postgres_server: Postgres) -> None:
    found = measured(postgres_server.new_database(), SENT)

    assert found["found"] == WAITING
    assert "notification_due" in found["plan"]
    assert not WHOLE_TABLE.search(found["plan"])
