"""The short form of the campaigns that strike a step at its named points; see tests/torture/points.py."""

import subprocess
import sys

import pytest

from tests.whole.installation import ROOT

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]


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
    words = ["--strikes", str(strikes), "--blow", blow, "--database", database]

    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", "points", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "broken promises: 0" in done.stdout
