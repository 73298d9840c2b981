"""Strikes at every named point of every step: before and after each commit, fsync, command, verb, call and hint.

    python -m tests.torture points --strikes 4500 --blow kill --database postgres --state /tmp/points.json

The blows: `kill` (SIGKILL), `stale` (SIGSTOP, and SIGCONT when others have long done the work), `cut` (the database
closes every connection), `full` (no space at this fsync or rename), `clock` (killed, with a clock that errs by up
to a day).

With --careless it is a negative control: the campaign must find mails that are lost.

With --state it goes on where it was stopped. The servers are real (Dovecot, PostgreSQL) or strict fakes with
ledgers (relay, Joe Sandbox); see tests/torture/stepping.
"""

import argparse
import importlib
import sys
from pathlib import Path

from tests.torture.in_process import in_process


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strikes", type=int, default=4500)
    parser.add_argument("--blow", choices=["kill", "stale", "cut", "full", "clock"], default="kill")
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--careless", action="store_true", help="mails are moved before they are stored: must fail")
    options = parser.parse_args(arguments)
    with in_process(options.database, careless=options.careless) as parts:
        campaign = importlib.import_module("tests.torture.stepping.points")
        failed = campaign.run(parts, blow=options.blow, strikes=options.strikes, seed=options.seed, state=options.state)
    if failed:
        sys.exit(1)
