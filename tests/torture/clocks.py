"""The clocks of workers, beat and watcher jump by up to a day, one at a time, while mails come in.

    python -m tests.torture clocks --jumps 100 --mails 500 --state /tmp/clocks.json

By libfaketime (Debian: faketime). The clock of PostgreSQL goes right, and it is the one that counts: whatever was
due when a clock jumped must have moved within two minutes. Over SQLite the machine has one clock, and all jump.
"""

import random
from functools import partial
from pathlib import Path

from tests.whole.campaign import Campaign, options
from tests.whole.crash import Blow
from tests.whole.installation import COMMANDS
from tests.whole.real_parts import RealParts

GOAL = 120
JUMPS = ("+24h", "-24h", "+1h", "-1h", "+0")


class WithClocks(Campaign):
    """Each process has a clock of its own."""

    def start(self, world: RealParts) -> None:
        for name in COMMANDS:
            world.installation.own[name] = faked(clock(world, name))
        world.installation.start()


def main(arguments: list[str]) -> None:
    parser = options(__doc__, mails=500)
    parser.add_argument("--jumps", type=int, default=100)
    chosen = parser.parse_args(arguments)
    whom = [[name] for name in COMMANDS] if chosen.database == "postgres" else [list(COMMANDS)]
    blows = [Blow("jumps", partial(jump, whom[number % len(whom)])) for number in range(chosen.jumps)]
    WithClocks(chosen, blows, resume_within=GOAL if chosen.database == "postgres" else 0).run()


def jump(names: list[str], parts: RealParts, chance: random.Random) -> None:
    by = chance.choice(JUMPS)
    for name in names:
        path = clock(parts, name)
        draft = path.with_suffix(".new")
        draft.write_text(by)
        draft.rename(path)


def clock(parts: RealParts, name: str) -> Path:
    path = parts.installation.directory / f"{name}.clock"
    if not path.exists():
        path.write_text("+0")
    return path


def faked(clock: Path) -> dict[str, str]:
    """The environment of a process whose wall clock is off by what the file says; its monotonic one goes right."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise SystemExit("libfaketime is not installed: apt-get install faketime (or ./.ci/packages test as root)")
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
