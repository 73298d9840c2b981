"""Kills at random times over a whole installation: two workers with two processes each, beat and the watcher.

    python -m tests.torture random_kills --kills 2000 --mails 10000 --database postgres --state /tmp/random.json

Six of ten kills hit a process of a worker's pool, the others a whole process with its children; the broker is
flushed now and then. It runs in parts of 500 mails, each over fresh servers and then counted in their ledgers;
with --state it goes on where it was stopped.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.whole.crash import answers, faults, in_doubt, mails, torment
from tests.whole.installation import all_answered
from tests.whole.real_parts import real_parts

PART, ALIKE = 500, 50
SETTINGS = {"REPORTER_DOMAINS": "*", "LEASE_SECONDS": "10", "SMTP_LEASE_SECONDS": "10", "FETCH_LEASE_SECONDS": "10"}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--flushes", type=int, default=200)
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--state", type=Path)
    options = parser.parse_args(arguments)
    done = json.loads(options.state.read_text()) if options.state and options.state.exists() else []
    while (number := len(done)) < (parts := max(1, options.mails // PART)):
        done.append(part(options, number, parts))
        print(json.dumps(done[-1]), flush=True)
        if options.state:
            options.state.write_text(json.dumps(done))
    if not tell(done):
        sys.exit(1)


def part(options: argparse.Namespace, number: int, parts: int) -> dict[str, object]:
    """Up to 500 mails with their share of the kills; what was wrong, and what is allowed in doubt."""
    count, kills, flushes = min(PART, options.mails), options.kills // parts, options.flushes // parts
    alike, begin = max(1, count * ALIKE // PART), time.monotonic()
    chance = random.Random(f"{options.seed} {number}")
    with (
        tempfile.TemporaryDirectory() as name,
        real_parts(Path(name), delay=0.1, database=options.database, **SETTINGS) as world,
    ):
        world.installation.start()
        torment(world, mails(count, alike), chance, kills=kills, flushes=flushes)
        tormented = time.monotonic() - begin
        try:
            rows = world.installation.wait_until(all_answered(count), seconds=1200, pause=5)
            wrong = faults(world, rows, count, alike)
            world.installation.manage("check_invariants")
        except AssertionError as error:
            rows, wrong = world.installation.export(), [str(error)[:4000]]
        doubles = sum(len(ids) - 1 for ids in answers(world).values())
    doubtful = sum(in_doubt(row, kind) for row in rows for kind in ("received", "summary"))
    return {
        "mails": count, "kills": kills, "flushes": flushes, "letters in doubt": doubtful, "letters twice": doubles,
        "wrong": wrong, "seconds under fire": round(tormented), "seconds": round(time.monotonic() - begin),
    }  # fmt: skip


def tell(done: list[dict[str, object]]) -> bool:
    """Prints what was reached; True when nothing was wrong."""
    total: Counter[str] = Counter()
    for one in done:
        total.update({name: value for name, value in one.items() if isinstance(value, int)})
    wrong = [fault for one in done for fault in one["wrong"]]  # type: ignore[attr-defined]
    print(", ".join(f"{value} {name}" for name, value in total.items()))
    print(f"broken promises: {len(wrong)}")
    for fault in wrong[:20]:
        print(f"  {fault}")
    return not wrong
