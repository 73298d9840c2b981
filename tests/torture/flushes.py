"""The broker forgets everything, dies, refuses or falls silent while mails come in: how long until work goes on.

python -m tests.torture flushes --flushes 200 --restarts 20 --refusals 10 --silences 10 --state /tmp/flushes.json

With the settings of production. Each blow is waited out: everything that was due and that nobody held when it fell
must have moved again within a minute; of a silence, which itself lasts for a minute, from its end on.
"""

from tests.bench.receipts import PRODUCTION
from tests.whole.campaign import Campaign, options
from tests.whole.crash import FLUSH, REFUSAL, RESTART, SILENCE

GOAL = 60


def main(arguments: list[str]) -> None:
    parser = options(__doc__, mails=1000)
    parser.add_argument("--flushes", type=int, default=200)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--refusals", type=int, default=10)
    parser.add_argument("--silences", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="with the waits of the tests instead of production's")
    chosen = parser.parse_args(arguments)
    blows = [FLUSH] * chosen.flushes + [RESTART] * chosen.restarts
    blows += [REFUSAL] * chosen.refusals + [SILENCE] * chosen.silences
    settings = {} if chosen.quick else {**PRODUCTION, "SANDBOX": "joe"}
    Campaign(chosen, blows, resume_within=GOAL, settings=settings).run()
