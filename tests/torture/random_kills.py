"""Kills at random times over a whole installation: two workers with two processes each, beat and the watcher.

    python -m tests.torture random_kills --kills 2000 --mails 10000 --database postgres --state /tmp/random.json

Six of ten kills hit a process of a worker's pool, the others a whole process with its children; the broker is
flushed now and then.
"""

from tests.whole.campaign import Campaign, options
from tests.whole.crash import FLUSH, KILL


def main(arguments: list[str]) -> None:
    parser = options(__doc__, mails=10_000)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--flushes", type=int, default=200)
    chosen = parser.parse_args(arguments)
    Campaign(chosen, [KILL] * chosen.kills + [FLUSH] * chosen.flushes).run()
