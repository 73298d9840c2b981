"""How long work stands still after a blow, seen in the rows of PostgreSQL."""

import time
from collections.abc import Callable
from contextlib import suppress

import psycopg

from tests.whole.real_parts import RealParts

Rows = dict[tuple[str, int], tuple[object, ...]]
TABLES = ("submissions_submission", "submissions_analysis", "notifications_notification")
WAITING = "due_at <= clock_timestamp() AND (lease_ends_at IS NULL OR lease_ends_at < clock_timestamp())"
PATIENCE, UNTIL_WORK = 300, 30


def resumes(parts: RealParts, blow: Callable[[], None]) -> float:
    """Seconds from the blow until every row that was due and held by nobody then has moved.

    It falls as soon as there is such a row; 0 when there is none for half a minute.
    """
    latest = time.monotonic() + UNTIL_WORK
    while not (waiting := look(parts, WAITING)) and time.monotonic() < latest:
        time.sleep(0.05)
    blow()
    begin = time.monotonic()
    moved = begin
    while waiting and time.monotonic() < begin + PATIENCE:
        time.sleep(0.2)
        parts.installation.keep_up()
        with suppress(psycopg.OperationalError):
            now = look(parts, "due_at IS NOT NULL")
            still = {row: told for row, told in waiting.items() if now.get(row) == told}
            moved = time.monotonic() if len(still) < len(waiting) else moved
            waiting = still
    return time.monotonic() - begin if waiting else moved - begin


def look(parts: RealParts, condition: str) -> Rows:
    """State, due time, holder and tries of the rows that the condition picks."""
    found: Rows = {}
    with psycopg.connect(parts.installation.environment["DATABASE_URL"], autocommit=True) as link:
        for table in TABLES:
            words = f"SELECT id, state, due_at, token, attempts FROM {table} WHERE {condition}"
            found |= {(table, pk): tuple(told) for pk, *told in link.execute(words)}  # type: ignore[arg-type]
    return found
