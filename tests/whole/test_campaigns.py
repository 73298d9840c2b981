"""The short forms of the campaigns over whole installations; see tests/torture."""

import subprocess
import sys

import pytest

from tests.whole.installation import ROOT

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]


@pytest.mark.parametrize(
    "words",
    [
        "failovers --failovers 2 --cuts 1 --mails 8",
        "flushes --quick --flushes 2 --restarts 1 --refusals 1 --silences 0 --mails 8",
        "wires --faults 5 --mails 8",
        "clocks --jumps 3 --mails 8",
    ],
)
def test_nothing_is_lost_or_doubled_in_the_short_form_of(words: str) -> None:
    command = [sys.executable, "-m", "tests.torture", *words.split()]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n8 mails, " in done.stdout
    assert "broken promises: 0" in done.stdout
