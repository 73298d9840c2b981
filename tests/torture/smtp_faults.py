"""Every fault of the relay at every verb, many times over: nothing lost, no receipt doubled.

python -m tests.torture smtp_faults [--repeat 200]

The same cases as in the tests; what was accepted is counted in the server.
"""

import argparse
import os
import sys
import time


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=200)
    options, started = parser.parse_args(arguments), time.monotonic()
    os.environ["SMTP_ROUNDS"] = str(options.repeat)
    import pytest

    failed = pytest.main(["-q", "-p", "no:cacheprovider", "tests/notifications/test_smtp_faults.py"])
    print(
        f"{options.repeat} rounds of each fault: {'failed' if failed else 'held'}, {time.monotonic() - started:.0f} s"
    )
    if failed:
        sys.exit(1)
