"""Ten thousand mails of one sender: ten receipts, then nothing.

python -m tests.torture flood [--mails 10000]
"""

import argparse
import os
import sys
import time

CASE = "tests/pipeline/test_loops.py::test_a_flood_of_mails_from_one_sender_gets_ten_receipts_and_then_nothing"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=10_000)
    options, started = parser.parse_args(arguments), time.monotonic()
    os.environ["FLOOD"] = str(options.mails)
    import pytest

    failed = pytest.main(["-q", "-p", "no:cacheprovider", CASE])
    print(f"{options.mails} mails: {'failed' if failed else 'held'}, {time.monotonic() - started:.0f} s")
    if failed:
        sys.exit(1)
