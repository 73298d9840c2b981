"""Every fault of a mail server and every place where its line can break, many times over: each mail is stored once.

python -m tests.torture imap_faults [--repeat 200]

The same cases as in the tests; what was to be stored is counted in the server.
"""

import argparse

from tests.torture.cases import repeat

CASES = "tests/pipeline/test_imap_faults.py"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=200)
    options = parser.parse_args(arguments)
    repeat(CASES, f"{options.repeat} rounds of each fault", IMAP_ROUNDS=options.repeat)
