"""A campaign of blows on whole installations: in parts of 500 mails, each over fresh servers and then counted."""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.whole.crash import Blow, faults, in_doubt, mails, struck, torment
from tests.whole.installation import ROOT, all_answered
from tests.whole.promises import ENDS, RESUMES, ROWS, letters, table
from tests.whole.real_parts import RealParts, real_parts

PART, ALIKE = 500, 50
KEPT = ROOT / "var" / "campaigns"
SETTINGS = {"REPORTER_DOMAINS": "*", "LEASE_SECONDS": "10", "SMTP_LEASE_SECONDS": "10", "FETCH_LEASE_SECONDS": "10"}
Told = dict[str, Any]


def options(words: str | None, *, mails: int) -> argparse.ArgumentParser:
    """What every campaign understands; with --state it goes on where it was stopped."""
    parser = argparse.ArgumentParser(description=words, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=mails)
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--state", type=Path)
    return parser


@dataclass(frozen=True)
class Campaign:
    """`resume_within` has every blow waited out and is the most seconds until all that waited at it moves again.

    `settings` go over the usual ones; `more` are processes beside the usual ones; `patience` is how many seconds
    a part may need after its last blow.
    """

    options: argparse.Namespace
    blows: Sequence[Blow]
    resume_within: float = 0
    settings: dict[str, str] = field(default_factory=dict)
    wired: bool = False
    patience: float = 1200

    def run(self) -> None:
        """Prints each part and the sum; exits with 1 when a promise was broken."""
        path = self.options.state
        done: list[Told] = json.loads(path.read_text()) if path and path.exists() else []
        while (number := len(done)) < (parts := max(1, self.options.mails // PART)):
            done.append(self.part(number, self.blows[number::parts]))
            print(json.dumps(done[-1]), flush=True)
            if path:
                path.write_text(json.dumps(done))
        if not tell(done):
            sys.exit(1)

    def part(self, number: int, blows: Sequence[Blow]) -> Told:
        """Up to 500 mails with their share of the blows; what was wrong, and what is allowed in doubt."""
        begin, count = time.monotonic(), min(PART, self.options.mails)
        alike = max(1, count * ALIKE // PART)
        chance = random.Random(f"{self.options.seed} {number}")
        settings = {**SETTINGS, **self.settings}
        with (
            tempfile.TemporaryDirectory() as name,
            real_parts(Path(name), delay=0.1, database=self.options.database, wired=self.wired, **settings) as world,
        ):
            self.start(world)
            sent = mails(count, alike)
            resumed = torment(world, sent, chance, blows, measured=self.resume_within > 0)
            fire = time.monotonic() - begin
            told = self.counted(world, count, alike)
        late = [f"{RESUMES}: {name}, {after:.0f} s" for name, after in resumed if after > self.resume_within]
        return {
            "mails": count, **Counter(blow.name for blow in blows), **told, "wrong": told["wrong"] + late,
            "resumed": [(name, round(after, 1)) for name, after in resumed],
            "seconds under fire": round(fire), "seconds": round(time.monotonic() - begin),
        }  # fmt: skip

    def start(self, world: RealParts) -> None:
        world.installation.start()

    def counted(self, world: RealParts, count: int, alike: int) -> Told:
        """Once all is answered: the ledgers of the servers and the invariants of the rows."""
        try:
            rows = world.installation.wait_until(all_answered(count), seconds=self.patience, pause=5, keeping_up=True)
            wrong = [*faults(world, rows, count, alike), *broken_rows(world)]
        except AssertionError as error:
            rows, wrong = world.installation.export(), [f"{ENDS}: {str(error)[:2000]}\nlogs: {kept(world)}"]
        doubtful = sum(in_doubt(row, kind) for row in rows for kind in ("received", "summary"))
        doubles = sum(len(ids) - 1 for ids in letters(world).values())
        return {
            "letters in doubt": doubtful,
            "letters twice": doubles,
            "ended by themselves": world.installation.ended,
            "put aside": sum(map(struck, rows)),
            "wrong": wrong,
        }


def broken_rows(world: RealParts) -> list[str]:
    """What `manage.py check_invariants` finds."""
    try:
        world.installation.manage("check_invariants")
    except AssertionError as error:
        return [f"{ROWS}: {str(error)[:2000]}\nlogs: {kept(world)}"]
    return []


def kept(world: RealParts) -> Path:
    """Where the logs of a part that failed are kept, and the database when it is a file."""
    folder = KEPT / time.strftime("%Y%m%d-%H%M%S")
    folder.mkdir(parents=True)
    for pattern in ("*.log", "db.sqlite3*"):
        for path in world.installation.directory.glob(pattern):
            shutil.copy(path, folder)
    return folder


def tell(done: list[Told]) -> bool:
    """Prints what was reached; True when nothing was wrong."""
    total: Counter[str] = Counter()
    for one in done:
        total.update({name: value for name, value in one.items() if isinstance(value, int)})
    wrong = [fault for one in done for fault in one["wrong"]]
    print(", ".join(f"{value} {name}" for name, value in total.items()))
    for line in resumptions(done):
        print(line)
    print(table(wrong, total["mails"]))
    return not wrong


def resumptions(done: list[Told]) -> Iterator[str]:
    """For each kind of blow, how long all that waited stood still."""
    waits: dict[str, list[float]] = {}
    for name, after in (wait for one in done for wait in one.get("resumed", [])):
        waits.setdefault(name, []).append(after)
    for name, seconds in waits.items():
        yield f"after {name} all moved again: {median(seconds):.1f} s in the median, p100 {max(seconds):.1f} s"
