"""PostgreSQL stops at once and comes back, or closes every connection, while mails come in.

python -m tests.torture failovers --failovers 200 --cuts 200 --mails 2000 --state /tmp/failovers.json
"""

from tests.whole.campaign import Campaign, options
from tests.whole.crash import CUT, FAIL_OVER


def main(arguments: list[str]) -> None:
    parser = options(__doc__, mails=2000)
    parser.add_argument("--failovers", type=int, default=200)
    parser.add_argument("--cuts", type=int, default=200)
    chosen = parser.parse_args(arguments)
    Campaign(chosen, [FAIL_OVER] * chosen.failovers + [CUT] * chosen.cuts).run()
