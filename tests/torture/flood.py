"""Ten thousand mails of one sender: ten receipts, then nothing.

python -m tests.torture flood [--mails 10000]
"""

import argparse

from tests.torture.cases import repeat

CASE = "tests/pipeline/test_loops.py::test_a_flood_of_mails_from_one_sender_gets_ten_receipts_and_then_nothing"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=10_000)
    options = parser.parse_args(arguments)
    repeat(CASE, f"{options.mails} mails", FLOOD=options.mails)
