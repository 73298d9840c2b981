"""The sweep of a full outbox: the indexes it uses and how long it takes, on SQLite and PostgreSQL.

python -m tests.bench outbox [SIZE]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from statistics import median
from typing import Any

from tests.servers.postgres import postgres

WAITING = 300
REPEATS = 20


def main(arguments: list[str]) -> None:
    size = int(arguments[0]) if arguments else 100_000
    with tempfile.TemporaryDirectory() as place, postgres() as server:
        for url in (f"sqlite:///{place}/outbox.sqlite3", server.new_database()):
            found = measured(url, size)
            print(f"{url.partition(':')[0]:9} {size} rows, {found['found']} due: median {found['median_ms']:.1f} ms")
            print(found["plan"])


def measured(url: str, size: int) -> dict[str, Any]:
    """Plan and milliseconds of the sweep in a fresh database with that many sent mails and some waiting ones."""
    with tempfile.TemporaryDirectory() as place:
        environment = {**os.environ, "DATABASE_URL": url, "EMBEDDED": "true", "VAR_DIR": place}
        command = [sys.executable, "-m", "tests.bench.outbox", str(size)]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def here(size: int) -> dict[str, Any]:
    """The same in the database of the settings."""
    from django.core.management import call_command
    from django.db import connection

    from notifications.delivery import due, waiting

    call_command("migrate", verbosity=0)
    fill(size)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        found = due()
        times.append((time.perf_counter() - begin) * 1000)
    return {"plan": waiting().explain(), "found": len(found), "median_ms": median(times)}


def fill(size: int) -> None:
    """That many sent mails, and after them those that wait."""
    from django.utils import timezone

    from notifications.models import Notification

    sent, queued = {"state": "sent", "sent_at": timezone.now(), "due_at": None}, {"state": "queued"}
    rows = [
        Notification(
            thread=f"submission:{number}",
            about=f"submission:{number}",
            kind="received",
            message_id=f"<{number}@x>",
            **(sent if number < size else queued),
        )
        for number in range(size + WAITING)
    ]
    Notification.objects.bulk_create(rows, batch_size=1000)


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "mailmonitor.settings"
    django.setup()
    print(json.dumps(here(int(sys.argv[1]))))
