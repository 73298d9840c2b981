"""Eight fetchers beside the watcher and two beats at one mailbox, whose lease ends every second.

    python -m tests.torture fetchers --mails 10000 --state /tmp/fetchers.json

Leases that end while their holder still reads make the fetchers run into each other.
"""

import time

from tests.whole.campaign import Campaign, options
from tests.whole.crash import Blow
from tests.whole.real_parts import RealParts

FETCHERS = [f"fetcher-{number}" for number in range(1, 9)]
PAUSE = Blow("pauses", lambda parts, chance: time.sleep(chance.uniform(0, 0.2)))


class ManyFetchers(Campaign):
    def start(self, world: RealParts) -> None:
        world.installation.start()
        world.installation.start("beat-2", *FETCHERS)


def main(arguments: list[str]) -> None:
    chosen = options(__doc__, mails=10_000).parse_args(arguments)
    ManyFetchers(chosen, [PAUSE] * max(1, chosen.mails // 20), settings={"FETCH_LEASE_SECONDS": "1"}).run()
