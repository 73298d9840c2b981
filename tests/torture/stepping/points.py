"""Strikes at every named point of every step, in one of the ways of `strikes`."""

import random
from pathlib import Path

from tests.torture.stepping.campaign import Campaign, Tally, table
from tests.torture.stepping.strikes import STRIKES
from tests.whole.real_parts import RealParts


def run(parts: RealParts, *, blow: str, strikes: int, seed: int, state: Path | None) -> int:
    """Prints the table; 1 when a promise was broken."""
    tally = Tally.read(state)
    Campaign(parts, tally, random.Random(seed + tally.batches), STRIKES[blow]).run(strikes)
    print(table(tally, f"strikes ({blow})"))
    return 1 if tally.wrong else 0
