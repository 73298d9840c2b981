"""What kills, and what counts afterwards: the servers' ledgers are the truth, never our own tables."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.reports import report
from tests.servers.postgres import Postgres
from tests.whole.promises import ENDS, KEPT, LOST, PROCESSED, RECEIPT, SUBMITTED, TWICE, VERDICT, letters, submissions
from tests.whole.real_parts import RealParts
from tests.whole.resuming import resumes

DOMAINS = 50


def mails(count: int, alike: int) -> list[bytes]:
    """Reports of as many people: some hold the same file and link, the others each their own."""
    same = [one(n, {"same.js": b"MALWARE same"}, "https://same.example/pay\n") for n in range(alike)]
    return same + [one(n, {f"own-{n}.txt": b"own %d" % n}, f"https://host-{n}.example/\n") for n in range(alike, count)]


def one(number: int, files: dict[str, bytes], text: str) -> bytes:
    return report(files, text, number=number, reporter=f"person-{number}@corp-{number % DOMAINS}.example")


@dataclass(frozen=True)
class Blow:
    """What befalls an installation under load, and how it is called in a table of them."""

    name: str
    fall: Callable[[RealParts, random.Random], None]


def torment(
    parts: RealParts, mails: list[bytes], chance: random.Random, blows: Sequence[Blow], *, measured: bool = False
) -> list[tuple[str, float]]:
    """Deliver the mails while blows fall in any order.

    When `measured`, each is waited out: its name and the seconds until everything that waited then has moved again.
    """
    waiting, order = chance.sample(mails, len(mails)), chance.sample(list(blows), len(blows))
    resumed = []
    for number, blow in enumerate(order):
        for _ in range(-(-len(waiting) // (len(order) - number))):
            parts.imap.deliver(waiting.pop())
        time.sleep(chance.uniform(0.1, 1.2))
        parts.installation.keep_up()
        if measured:
            resumed.append((blow.name, resumes(parts, partial(blow.fall, parts, chance))))
        else:
            blow.fall(parts, chance)
    return resumed


def kill(parts: RealParts, chance: random.Random) -> None:
    """Six of ten hit a process of a worker's pool, the others a whole process with its children."""
    if not (chance.random() < 0.6 and kill_a_child(parts, chance)):
        parts.installation.kill_one_and_restart(chance)


KILL = Blow("kills", kill)
FLUSH = Blow("flushes", lambda parts, _: parts.redis.flush())
RESTART = Blow("broker restarts", lambda parts, _: parts.redis.restart())
REFUSAL = Blow("refusals of a full broker", lambda parts, _: parts.redis.refuse(3))
SILENCE = Blow("minutes of silence", lambda parts, _: parts.redis.fall_silent(60))
FAIL_OVER = Blow("failovers", lambda parts, _: database(parts).fail_over())
CUT = Blow("cuts of all connections", lambda parts, _: database(parts).cut())


def database(parts: RealParts) -> Postgres:
    assert parts.postgres is not None, "SQLite has no server that could fail"
    return parts.postgres


def kill_a_child(parts: RealParts, chance: random.Random) -> bool:
    """SIGKILL one process of a worker's pool, as the kernel's memory killer would; False when there is none."""
    workers = [process for name, process in parts.installation.processes.items() if name.startswith("worker")]
    children = [child for worker in workers for child in children_of(worker.pid)]
    if not children:
        return False
    with suppress(ProcessLookupError):
        os.kill(chance.choice(children), signal.SIGKILL)
    return True


def children_of(process: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def in_doubt(row: dict[str, Any], kind: str) -> bool:
    """Whether nobody can know the outcome: a process died between the final dot and the relay's answer."""
    return any("unknown" in (one["reason"] or "") for one in row["notifications"] if one["kind"].startswith(kind))


def given_up(row: dict[str, Any]) -> bool:
    """Whether the verdict's outcome was lost twice, and the outbox says so."""
    verdicts = [one for one in row["notifications"] if one["kind"].startswith("summary")]
    return any("not sent again" in (one["reason"] or "") for one in verdicts)


def struck(row: dict[str, Any]) -> bool:
    """Whether its worker was killed three times over this one mail, which is then put aside and said so."""
    errors = [one["error"] or "" for item in row["items"] for one in item["analyses"]]
    return any("broke the worker three times" in words for words in [row["state_reason"], *errors])


def number_of(row: dict[str, Any]) -> int:
    return int(row["message_id"].partition("@")[0].rpartition("-")[2])


def faults(parts: RealParts, rows: list[dict[str, Any]], count: int, alike: int) -> list[str]:
    """What is wrong after a campaign over `count` mails, each with its promise; `struck` ones need no verdict."""
    stored = Counter(row["message_id"] for row in rows)
    wrong = [f"{LOST}: {count - len(stored)} mails"] if len(stored) < count else []
    wrong += [f"{TWICE}: {times} times {one}" for one, times in stored.items() if times > 1]
    spared = [row for row in rows if not struck(row)]
    for row in spared:
        expected = ("done", "malicious" if number_of(row) < alike else "clean")
        if (row["state"], row["verdict"]) != expected:
            ended = f"{row['state']}, {row['verdict']}: {row['state_reason']}"
            wrong.append(f"{ENDS}: {row['message_id']} as {ended}")
    # A round that was killed leaves stored mails in the folder until it is next compared with the table
    kept = len(parts.imap.mails(PROCESSED)) + len(parts.imap.mails())
    wrong += [f"{KEPT}: {kept} of {count}"] if kept != count else []
    taken = submissions(parts)
    wrong += [f"{SUBMITTED}: {times} times {one}" for one, times in taken.items() if times > 1]
    most = 2 * (count - alike) + 2
    if not most - 2 * (len(rows) - len(spared)) <= len(taken) <= most:
        wrong.append(f"{SUBMITTED}: {len(taken)} of {most}")
    sent = letters(parts)
    wrong += [f"{VERDICT}: none, not even a word, {row['message_id']}" for row in rows if untold(row, sent)]
    return wrong + [fault for row in spared for fault in wrong_answers(row, sent)]


def untold(row: dict[str, Any], sent: dict[tuple[str, str], list[str]]) -> bool:
    """Whether it was put aside and nobody told its reporter."""
    return struck(row) and (row["message_id"], "verdict") not in sent


def wrong_answers(row: dict[str, Any], sent: dict[tuple[str, str], list[str]]) -> list[str]:
    """One receipt and one verdict; in doubt a receipt may be missing, a verdict may come twice with the same id."""
    receipts, verdicts = (sent.get((row["message_id"], kind), []) for kind in ("receipt", "verdict"))
    wrong = []
    if len(receipts) > 1 or (not receipts and not (in_doubt(row, "received") or in_doubt(row, "thanks_known"))):
        wrong.append(f"{RECEIPT}: {len(receipts)} for {row['message_id']}")
    lost = not verdicts and not given_up(row)
    if lost or len(verdicts) > 1 + in_doubt(row, "summary") or len(set(verdicts)) > 1:
        wrong.append(f"{VERDICT}: {len(verdicts)} for {row['message_id']}")
    return wrong
