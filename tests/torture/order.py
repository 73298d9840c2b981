"""Nothing changes on the mail server before the mail's bytes are synced and its row is committed.

    python -m tests.torture order --mails 10000 --database postgres

Every sync, rename, commit and move of a fetching process is watched; at each move another connection to the database
looks for the rows. The mails lie in Dovecot. With --careless it is a negative control: it must find each mail.
"""

import argparse
import importlib
import sys

from tests.torture.in_process import in_process


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--careless", action="store_true", help="mails are moved before they are stored: must fail")
    options = parser.parse_args(arguments)
    with in_process(options.database, careless=options.careless) as parts:
        early = importlib.import_module("tests.torture.stepping.order").run(parts, options.mails)
    if early:
        sys.exit(1)
