"""Nothing changes on the mail server before the mail's bytes are synced and its row is committed.

    python -m tests.torture order --mails 10000 --database postgres

Every sync, rename, commit and move of a fetching process is watched; at each move another connection to the database
looks for the rows. The mails lie in Dovecot. With --careless it is a negative control: it must find each mail.
"""

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

import django

from tests.whole.real_parts import real_parts


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--careless", action="store_true", help="mails are moved before they are stored: must fail")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as directory, real_parts(Path(directory), database=options.database) as parts:
        os.environ.update(parts.installation.environment, DJANGO_SETTINGS_MODULE="mailmonitor.settings")
        django.setup()
        if options.careless:
            importlib.import_module("tests.torture.stepping.careless").acknowledge_early()
        early = importlib.import_module("tests.torture.stepping.order").run(parts, options.mails)
    if early:
        sys.exit(1)
