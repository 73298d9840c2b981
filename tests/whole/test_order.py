"""The short form of the campaign over the order of syncs, commits and moves; see tests/torture/order.py."""

import subprocess
import sys

import pytest

from tests.whole.installation import ROOT

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]


def order(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.torture", "order", "--mails", "20", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("database", ["postgres", "sqlite"])
def test_nothing_changes_on_the_server_before_the_mail_is_safe(database: str) -> None:
    done = order("--database", database)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 of 20 mails moved, 20 changes" in done.stdout
    assert "broken promises: 0" in done.stdout


def test_mails_that_are_moved_too_early_are_found_out() -> None:
    done = order("--careless")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "broken promises: 20 mails" in done.stdout
