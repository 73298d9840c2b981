"""What each step of a mail costs in one process: processor time, queries and hints a mail, which no load changes.

python -m tests.bench steps [MAILS] [queries]

Dovecot, PostgreSQL and an SMTP sink, judged by the built-in engine; each mail comes from another reporter, with a file
and a link of its own. Celery carries nothing here. `queries` prints what the last run of each step asked for.
"""

import heapq
import os
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import count
from typing import Any

import django

from tests.bench.intake import mail
from tests.bench.processor import by_part
from tests.bench.receipts import PRODUCTION
from tests.servers.processes import directory_for
from tests.whole.real_parts import RealParts, real_parts

WARM = 10
PERIODIC = ("submissions.sweep", "submissions.poll_due", "notifications.deliver_due")
NUMBERS = count()
LONG = re.compile(r"SELECT .{60,}? FROM", re.DOTALL)


def main(arguments: list[str]) -> None:
    """In a process of its own, for its settings are those of the servers that it starts."""
    subprocess.run([sys.executable, "-m", "tests.bench.steps", *arguments], check=True)


class Costs:
    """Runs tasks one after the other, the urgent ones first, and adds up what each kind of step takes."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, int, Any, tuple[int, ...]]] = []
        self.numbers = count()
        self.seconds: Counter[str] = Counter()
        self.runs: Counter[str] = Counter()
        self.queries: Counter[str] = Counter()
        self.last: dict[str, list[str]] = defaultdict(list)
        self.said: list[str] = []

    def hint(self, task: Any, args: tuple[int, ...] = (), **_: Any) -> None:
        """Stands in for `apply_async`."""
        priority = task.app.conf.task_routes.get(task.name, {}).get("priority", 0)
        heapq.heappush(self.waiting, (priority, next(self.numbers), task, args))

    def note(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.said.append(sql)
        return execute(sql, params, many, context)

    def run(self, task: Any, args: tuple[int, ...] = ()) -> None:
        self.said.clear()
        begin = time.process_time()
        task.run(*args)
        self.seconds[task.name] += time.process_time() - begin
        self.runs[task.name] += 1
        self.queries[task.name] += len(self.said)
        self.last[task.name] = list(self.said)

    def run_all(self) -> None:
        while self.waiting:
            _, _, task, args = heapq.heappop(self.waiting)
            self.run(task, args)

    def tell(self, mails: int) -> None:
        print(f"{'step':28} {'ms a mail':>10} {'queries':>8} {'runs':>6}   a mail")
        for name, used in self.seconds.most_common():
            queries, runs = self.queries[name] / mails, self.runs[name] / mails
            print(f"{name:28} {1000 * used / mails:10.1f} {queries:8.1f} {runs:6.2f}")
        print(f"{'all':28} {1000 * self.seconds.total() / mails:10.1f} {self.queries.total() / mails:8.1f}")

    def tell_queries(self) -> None:
        for name, said in self.last.items():
            print(f"{name}: {len(said)}")
            for words in dict.fromkeys(said):
                print(f"  {LONG.sub('SELECT ... FROM', words)[:200]}")


def here(mails: int, *, queries: bool) -> None:
    with directory_for("bench") as directory, real_parts(directory, **PRODUCTION) as parts:
        os.environ.update(parts.installation.environment, LOG_LEVEL="WARNING")
        os.environ["DJANGO_SETTINGS_MODULE"] = "mailmonitor.settings"
        django.setup()
        measure(parts, WARM)
        costs, others = measure(parts, mails)
    costs.tell(mails)
    for name, used in others.most_common():
        print(f"{name:28} {1000 * used / mails:10.1f}")
    if queries:
        costs.tell_queries()


def measure(parts: RealParts, mails: int) -> tuple[Costs, Counter[str]]:
    """One round of fetching, what follows from it, and each periodic task once; and the time of the other processes."""
    from celery import Task, current_app
    from django.db import connection

    from submissions import mailboxes

    current_app.loader.import_default_modules()
    costs, tasks = Costs(), current_app.tasks
    Task.apply_async = lambda task, **how: costs.hint(task, **how)
    for _ in range(mails):
        parts.imap.deliver(mail(next(NUMBERS)))
    before = by_part(parts)
    with connection.execute_wrapper(costs.note):
        costs.run(tasks["submissions.fetch_due"])
        costs.waiting.clear()
        [mailbox] = mailboxes.watched()
        costs.run(tasks["submissions.fetch"], (mailbox,))
        costs.run_all()
        for name in PERIODIC:
            costs.run(tasks[name])
    return costs, by_part(parts) - before


if __name__ == "__main__":
    here(int(sys.argv[1]) if len(sys.argv) > 1 else 40, queries="queries" in sys.argv)
