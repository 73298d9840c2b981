"""A kill at every named point of every step."""

import random
from pathlib import Path

from tests.torture.stepping.campaign import Campaign, Tally, table
from tests.torture.stepping.steps import Step
from tests.whole.real_parts import RealParts


def killed(campaign: Campaign, name: str, pk: int) -> str:
    return campaign.ended(Step(name, pk, campaign.aim(name, pk)).start().wait())


def run(parts: RealParts, *, strikes: int, seed: int, state: Path | None) -> int:
    """Prints the table; 1 when a promise was broken."""
    tally = Tally.read(state)
    Campaign(parts, tally, random.Random(seed + tally.batches), killed).run(strikes)
    print(table(tally, "kills"))
    return 1 if tally.wrong else 0
