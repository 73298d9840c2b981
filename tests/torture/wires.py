"""Faults on the wires to IMAP, relay, broker, database and sandbox while mails come in.

    python -m tests.torture wires --faults 600 --mails 2000 --state /tmp/wires.json

A proxy stands before each server. In turn one line is broken, and for up to three seconds all that connect anew meet
a slow, narrow, trickling, cut or reset line, or a black hole; then the line is broken once more and is well again.
"""

import random
import time
from functools import partial
from itertools import cycle, islice, product

from tests.servers.fault_proxy import Fault
from tests.whole.campaign import Campaign, options
from tests.whole.crash import Blow
from tests.whole.real_parts import RealParts

WIRES = ("imap", "smtp", "redis", "sandbox", "postgres")
LONGEST = 3
FAULTS = {
    "latency": Fault(latency=0.2),
    "bandwidth": Fault(bandwidth=20_000),
    "trickle": Fault(trickle=0.002),
    "cut": Fault(cut_after=700),
    "cut at once": Fault(cut_after=0),
    "reset": Fault(cut_after=300, reset=True),
    "blackhole": Fault(blackhole=True),
}


def main(arguments: list[str]) -> None:
    parser = options(__doc__, mails=2000)
    parser.add_argument("--faults", type=int, default=600)
    chosen = parser.parse_args(arguments)
    wires = WIRES if chosen.database == "postgres" else WIRES[:-1]
    pairs = random.Random(chosen.seed).sample(kinds := list(product(wires, FAULTS)), len(kinds))
    blows = [
        Blow(f"faults at {wire}", partial(spoil, wire, fault)) for wire, fault in islice(cycle(pairs), chosen.faults)
    ]
    # The relay's refusals put a letter off by minutes, up to an hour
    Campaign(chosen, blows, wired=True, patience=7200).run()


def spoil(wire: str, fault: str, parts: RealParts, chance: random.Random) -> None:
    parts.wires[wire].strike(FAULTS[fault])
    time.sleep(chance.uniform(0.5, LONGEST))
    parts.wires[wire].strike(Fault())
