"""The short form of the campaigns that strike a step at its named points; see tests/torture/points.py."""

import subprocess
import sys

import pytest

from tests.whole.installation import ROOT

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]


def points(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.torture", "points", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("blow", "database", "strikes"),
    [
        ("kill", "postgres", 60),
        ("kill", "sqlite", 10),
        ("full", "postgres", 10),
        ("stale", "postgres", 8),
        ("cut", "postgres", 10),
        ("clock", "sqlite", 10),
    ],
)
def test_a_step_that_is_struck_anywhere_loses_and_doubles_nothing(blow: str, database: str, strikes: int) -> None:
    done = points("--strikes", str(strikes), "--blow", blow, "--database", database)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "broken promises: 0" in done.stdout


def test_mails_that_are_moved_before_they_are_stored_are_found_to_be_lost() -> None:
    done = points("--strikes", "20", "--careless")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "lost: <" in done.stdout
