"""The crash lane: processes are killed at random, the broker is flushed, and ledgers are the truth."""

import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.reports import report
from tests.whole.installation import all_answered
from tests.whole.real_parts import RealParts, real_parts

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]

MAILS, ALIKE = 100, 10
KILLS, FLUSHES = 40, 5
SEED = 20261124


def mails() -> list[bytes]:
    """A hundred reports of as many people: ten hold the same file and link, the others each their own."""
    alike = [one(n, {"same.js": b"MALWARE same"}, "https://same.example/pay\n") for n in range(ALIKE)]
    return alike + [
        one(n, {f"own-{n}.txt": b"own %d" % n}, f"https://host-{n}.example/\n") for n in range(ALIKE, MAILS)
    ]


def one(number: int, files: dict[str, bytes], text: str) -> bytes:
    return report(files, text, number=number, reporter=f"person-{number}@corp.example")


def torment(parts: RealParts, chance: random.Random, *, kills: int, flushes: int) -> None:
    """Deliver the mails while processes die at random and the broker forgets everything."""
    waiting = mails()
    chance.shuffle(waiting)
    blows = ["kill"] * kills + ["flush"] * flushes
    chance.shuffle(blows)
    for number, blow in enumerate(blows):
        for _ in range(-(-len(waiting) // (len(blows) - number))):
            parts.imap.deliver(waiting.pop())
        time.sleep(chance.uniform(0.1, 1.2))
        if blow == "kill":
            parts.installation.kill_one_and_restart(chance)
        else:
            parts.redis.flush()


def submissions_by_artifact(parts: RealParts) -> Counter[str]:
    """How often Joe Sandbox really took each file and link as a whole."""
    calls = parts.joe.calls("submission/new") + parts.joe.calls("submission/chunked-sample")
    return Counter(str(call["url"] or call["sha256"]) for call in calls if call.get("complete"))


def answers(parts: RealParts) -> Counter[tuple[str, str]]:
    """How often the relay took a receipt and a verdict for each report, by the report's Message-ID."""
    taken: Counter[tuple[str, str]] = Counter()
    for mail in parts.smtp.mails():
        kind = "receipt" if str(mail.message["Subject"]).startswith("Received") else "verdict"
        taken[str(mail.message["In-Reply-To"]), kind] += 1
    return taken


def in_doubt(rows: list[dict[str, Any]], kind: str) -> int:
    """Mails whose outcome nobody can know: a process died between the final dot and the relay's answer."""
    letters = [letter for row in rows for letter in row["notifications"]]
    return sum("unknown" in (letter["reason"] or "") for letter in letters if letter["kind"].startswith(kind))


def test_nothing_is_lost_or_doubled_whatever_dies(tmp_path: Path) -> None:
    with real_parts(tmp_path, delay=0.3) as parts:
        parts.installation.start()
        torment(parts, random.Random(SEED), kills=KILLS, flushes=FLUSHES)

        rows = parts.installation.wait_until(all_answered(MAILS), seconds=400)

        assert len(rows) == MAILS
        assert len({row["message_id"] for row in rows}) == MAILS
        assert {row["state"] for row in rows} == {"done"}
        assert Counter(row["verdict"] for row in rows) == {"malicious": ALIKE, "clean": MAILS - ALIKE}
        taken = submissions_by_artifact(parts)
        assert (len(taken), max(taken.values())) == (2 * (MAILS - ALIKE) + 2, 1)
        sent = answers(parts)
        verdicts = [count for (_, kind), count in sent.items() if kind == "verdict"]
        receipts = [count for (_, kind), count in sent.items() if kind == "receipt"]
        assert len(verdicts) == MAILS
        assert sum(verdicts) <= MAILS + in_doubt(rows, "summary")
        assert max(receipts) == 1
        assert len(receipts) >= MAILS - in_doubt(rows, "received")


def test_without_the_sweeper_work_is_lost(tmp_path: Path) -> None:
    with real_parts(tmp_path, SWEEP_SECONDS="86400") as parts:
        parts.installation.start()
        torment(parts, random.Random(SEED), kills=KILLS // 2, flushes=FLUSHES)

        with pytest.raises(AssertionError, match="submissions, open"):
            parts.installation.wait_until(all_answered(MAILS), seconds=45)
