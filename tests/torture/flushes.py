"""The broker forgets everything, or dies and comes back empty, while mails come in: how long until work goes on.

python -m tests.torture flushes --flushes 200 --restarts 20 --mails 1000 --state /tmp/flushes.json

With the settings of production. Each blow is waited out: everything that was due and that nobody held when it fell
must have moved again within a minute.
"""

from tests.bench.receipts import PRODUCTION
from tests.whole.campaign import Campaign, options
from tests.whole.crash import FLUSH, RESTART

GOAL = 60


def main(arguments: list[str]) -> None:
    parser = options(__doc__, mails=1000)
    parser.add_argument("--flushes", type=int, default=200)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="with the waits of the tests instead of production's")
    chosen = parser.parse_args(arguments)
    blows = [FLUSH] * chosen.flushes + [RESTART] * chosen.restarts
    settings = {} if chosen.quick else {**PRODUCTION, "SANDBOX": "joe"}
    Campaign(chosen, blows, resume_within=GOAL, settings=settings).run()
