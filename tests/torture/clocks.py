"""The clocks of workers, beat and watcher jump by up to a day, one at a time, while mails come in.

    python -m tests.torture clocks --jumps 100 --mails 500 --state /tmp/clocks.json

The clock of PostgreSQL goes right, and it is the one that counts: whatever was due when a clock jumped must have moved
within two minutes.
"""

import random
from functools import partial
from pathlib import Path

from tests.whole.campaign import Campaign, options
from tests.whole.crash import Blow
from tests.whole.installation import COMMANDS
from tests.whole.real_parts import RealParts

GOAL = 120
HOURS = (24, -24, 1, -1, 0)


class WithClocks(Campaign):
    """Each process has a clock of its own."""

    def start(self, world: RealParts) -> None:
        for name in COMMANDS:
            clock(world, name).write_text("0")
            words = {"DJANGO_SETTINGS_MODULE": "tests.whole.wrong_clock", "CLOCK": str(clock(world, name))}
            world.installation.own[name] = words
        world.installation.start()


def main(arguments: list[str]) -> None:
    parser = options(__doc__, mails=500)
    parser.add_argument("--jumps", type=int, default=100)
    chosen = parser.parse_args(arguments)
    whom = list(COMMANDS)
    blows = [Blow("jumps", partial(jump, whom[number % len(whom)])) for number in range(chosen.jumps)]
    WithClocks(chosen, blows, resume_within=GOAL).run()


def jump(name: str, parts: RealParts, chance: random.Random) -> None:
    draft = clock(parts, name).with_suffix(".new")
    draft.write_text(str(chance.choice(HOURS)))
    draft.rename(clock(parts, name))


def clock(parts: RealParts, name: str) -> Path:
    """The file that tells by how many hours the clock of the process is wrong."""
    return parts.installation.directory / f"{name}.clock"
