"""The crash lane: processes are killed at random, the broker is flushed, and ledgers are the truth."""

import random
from pathlib import Path

import pytest

from tests.whole.crash import FLUSH, KILL, faults, mails, torment
from tests.whole.installation import all_answered
from tests.whole.real_parts import real_parts

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]

MAILS, ALIKE = 100, 10
KILLS, FLUSHES = 40, 5
SEED = 20261124


def test_nothing_is_lost_or_doubled_whatever_dies(tmp_path: Path) -> None:
    with real_parts(tmp_path, delay=0.3, REPORTER_DOMAINS="*") as parts:
        parts.installation.start()
        torment(parts, mails(MAILS, ALIKE), random.Random(SEED), [KILL] * KILLS + [FLUSH] * FLUSHES)

        rows = parts.installation.wait_until(all_answered(MAILS), seconds=400, keeping_up=True)

        assert faults(parts, rows, MAILS, ALIKE) == []
        parts.installation.manage("check_invariants")


def test_without_the_sweeper_work_is_lost(tmp_path: Path) -> None:
    with real_parts(tmp_path, SWEEP_SECONDS="86400", REPORTER_DOMAINS="*") as parts:
        parts.installation.start()
        torment(parts, mails(MAILS, ALIKE), random.Random(SEED), [KILL] * (KILLS // 2) + [FLUSH] * FLUSHES)

        with pytest.raises(AssertionError, match="submissions, open"):
            parts.installation.wait_until(all_answered(MAILS), seconds=45)
