"""The long campaigns of the answers can be started as they are documented."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("command", "words"),
    [("mail_headers --messages 20", "20 messages, seed 1: 0 faults"), ("flood --mails 2", "2 mails: held")],
)
def test_a_campaign_runs_by_its_name(command: str, words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "tests.torture", *command.split()], capture_output=True, text=True)

    assert words in done.stdout, done.stderr
    assert done.returncode == 0
