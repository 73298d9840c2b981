"""Kills at every named point of every step: before and after each commit, fsync, command, verb, call and hint.

    python -m tests.torture points --kills 4500 --database postgres --state /tmp/points.json

With --state it goes on where it was stopped. The servers are real (Dovecot, PostgreSQL) or strict fakes with
ledgers (relay, Joe Sandbox); see tests/torture/stepping.
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
    parser.add_argument("--kills", type=int, default=4500)
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--state", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as directory, real_parts(Path(directory), database=options.database) as parts:
        os.environ.update(parts.installation.environment, DJANGO_SETTINGS_MODULE="mailmonitor.settings")
        django.setup()
        campaign = importlib.import_module("tests.torture.stepping.points")
        failed = campaign.run(parts, strikes=options.kills, seed=options.seed, state=options.state)
    if failed:
        sys.exit(1)
