"""A million messages with hostile subjects, names and ids parse back to the headers that were meant.

python -m tests.torture mail_headers [--messages 1000000] [--seed 1]
"""

import tests.conftest  # noqa: F401, I001
import argparse
import sys
import time
from itertools import islice

from tests.notifications.header_cases import faults

MOST_SHOWN = 20


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options, started = parser.parse_args(arguments), time.monotonic()
    found = list(islice(faults(options.seed, options.messages), MOST_SHOWN))
    print(*found, sep="\n")
    print(f"{options.messages} messages, seed {options.seed}: {len(found)} faults, {time.monotonic() - started:.0f} s")
    if found:
        sys.exit(1)
