"""How the database is spoken to, so that what was committed stays and nobody waits for the dead."""

from datetime import timedelta
from typing import Any

import environ
from django.db import connections

KEPT = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
LONGEST_STANDSTILL = timedelta(seconds=60)
SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
POSTGRES = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


def configured(url: str, *leases: timedelta) -> dict[str, Any]:
    """Django's entry for the database at `url`; what the address itself sets goes before ours.

    A connection serves many steps, for opening one costs as much as a step. On PostgreSQL who stands still inside
    a transaction loses it, with its locks, in half of the shortest of the `leases` and after a minute at the latest:
    sooner than anybody else may take up what he held.
    """
    entry: dict[str, Any] = {**KEPT, **environ.Env.db_url_config(url)}
    given = entry.get("OPTIONS", {})
    if entry["ENGINE"].endswith("sqlite3"):
        entry["OPTIONS"] = {**SQLITE, **given}
    elif entry["ENGINE"].endswith("postgresql"):
        entry["OPTIONS"] = {**POSTGRES, **given, "options": session(min(LONGEST_STANDSTILL, min(leases) / 2), given)}
    return entry


def session(standstill: timedelta, given: dict[str, Any]) -> str:
    """The settings of each session, as libpq takes them (PostgreSQL manual, section 20.1.3)."""
    ours = {
        "synchronous_commit": "on",
        "idle_in_transaction_session_timeout": f"{int(standstill.total_seconds() * 1000)}ms",
    }
    words = [f"-c {name}={value}" for name, value in ours.items()]
    return " ".join([*words, str(given.get("options", ""))]).strip()


def let_migrations_stand_still(*, using: str, **_: object) -> None:
    """Before a migration: it holds nothing that anybody waits for, and one that is cut off must start anew."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
