"""Every fault of the relay at every verb, many times over: nothing lost, no receipt doubled.

python -m tests.torture smtp_faults [--repeat 200]

The same cases as in the tests; what was accepted is counted in the server.
"""

import argparse

from tests.torture.cases import repeat

CASES = "tests/notifications/test_smtp_faults.py"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=200)
    options = parser.parse_args(arguments)
    repeat(CASES, f"{options.repeat} rounds of each fault", SMTP_ROUNDS=options.repeat)
