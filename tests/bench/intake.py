"""Mails at a fixed rate by IMAP into a whole installation: how long for the receipt, what piles up, where time goes.

python -m tests.bench intake [--rate 10] [--minutes 30]

Two workers of two processes, beat and the watcher with the settings of production over Dovecot, Redis, PostgreSQL and
an SMTP sink, judged by the built-in engine. Each mail comes from another reporter, with a file and a link of its own.
A rate is held when 95 of 100 reporters had their receipt within a minute and no more than a minute's mails wait at
the end. When it is not, the next lower rate is tried, down to one mail a second.
"""

import argparse
import json
import time
from base64 import b64decode
from collections import Counter
from email import message_from_bytes
from statistics import median, quantiles

from tests.bench.processor import by_part, by_task
from tests.bench.receipts import PRODUCTION, wait_for
from tests.reports import report
from tests.servers.processes import directory_for
from tests.whole.real_parts import RealParts, real_parts

LONGEST = 60
LOWER = 0.8
DOMAINS = 50
TOLD = 10


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=10, help="mails a second")
    parser.add_argument("--minutes", type=float, default=30)
    options = parser.parse_args(arguments)
    rate = options.rate
    while not held(rate, options.minutes) and rate > 1:
        rate *= LOWER


def held(rate: float, minutes: float) -> bool:
    """One run over fresh servers; prints what it came to."""
    with directory_for("bench") as directory, real_parts(directory, **PRODUCTION) as parts:
        parts.imap.deliver(mail(0))
        parts.installation.start()
        wait_for(parts, 2)
        run = Run(parts, rate, int(rate * minutes * 60))
        before = by_part(parts)
        run.send()
        used = by_part(parts) - before
        is_held = run.tell()
        tell_profile(used, by_task(directory), run)
    return is_held


class Run:
    """What was sent when, and when the relay took its receipt and its verdict, by reporter."""

    def __init__(self, parts: RealParts, rate: float, count: int) -> None:
        self.parts, self.rate, self.count = parts, rate, count
        self.sent: dict[str, float] = {}
        self.receipts: dict[str, float] = {}
        self.verdicts: dict[str, float] = {}
        self.ledger = parts.smtp.ledger.open("rb")
        self.begin = self.end = 0.0

    def send(self) -> None:
        """Deliver at the rate and look at the relay's ledger in between; ends with the last mail."""
        self.begin = time.monotonic()
        print(f"{self.rate:.1f} mails a second, {self.count} in all; at second: sent, receipts, verdicts", flush=True)
        for number in range(1, self.count + 1):
            while time.monotonic() < self.begin + number / self.rate:
                self.look()
                time.sleep(0.05)
            self.sent[reporter(number)] = time.monotonic()
            self.parts.imap.deliver(mail(number))
            if number % max(1, self.count // TOLD) == 0:
                print(
                    f"  {time.monotonic() - self.begin:6.0f}: {number}, {len(self.receipts)}, {len(self.verdicts)}",
                    flush=True,
                )
        self.end = time.monotonic()

    def look(self) -> None:
        """Note the letters that the relay has taken since the last look."""
        while line := self.ledger.readline():
            if not line.endswith(b"\n"):
                self.ledger.seek(-len(line), 1)
                return
            entry = json.loads(line)
            subject = str(message_from_bytes(b64decode(entry["raw"]))["Subject"])
            taken = self.receipts if subject.startswith("Received") else self.verdicts
            taken.setdefault(entry["to"][0], time.monotonic())

    def tell(self) -> bool:
        """Wait a minute for those that still may come in time; True when the rate was held."""
        waiting = len(self.sent) - len(self.receipts)
        while time.monotonic() < self.end + LONGEST and not self.sent.keys() <= self.receipts.keys():
            self.look()
            time.sleep(0.2)
        now = time.monotonic()
        waits = [self.receipts.get(to, now + LONGEST) - at for to, at in self.sent.items()]
        verdicts = [self.verdicts[to] - at for to, at in self.sent.items() if to in self.verdicts]
        p95 = quantiles(waits, n=20)[-1]
        is_held = p95 <= LONGEST and waiting <= LONGEST * self.rate
        print(f"{self.rate:.1f} mails a second for {(self.end - self.begin) / 60:.1f} minutes: ", end="")
        print("held" if is_held else "not held")
        print(f"  receipt: {median(waits):.1f} s in the median, p95 {p95:.1f} s, at most {max(waits):.1f} s")
        if len(verdicts) > 1:
            print(f"  verdict: {median(verdicts):.1f} s, p95 {quantiles(verdicts, n=20)[-1]:.1f} s of {len(verdicts)}")
        print(f"  without receipt when the last mail was sent: {waiting}", flush=True)
        return is_held


def tell_profile(used: Counter[str], tasks: dict[str, list[float]], run: Run) -> None:
    """Where the time of two cores went."""
    mails = max(1, len(run.receipts))
    print(f"  processor time while mails came in, {(run.end - run.begin):.0f} s: {sum(used.values()):.0f} s")
    for name, seconds in used.most_common():
        print(f"    {name:12} {seconds:7.1f} s  {1000 * seconds / mails:6.1f} ms a mail")
    print("  tasks, by the clock on the wall:")
    for name, times in sorted(tasks.items(), key=lambda one: -sum(one[1])):
        print(f"    {name:28} {len(times):6}  {sum(times):7.1f} s  median {1000 * median(times):6.0f} ms")


def reporter(number: int) -> str:
    return f"person-{number}@corp-{number % DOMAINS}.example"


def mail(number: int) -> bytes:
    files = {f"own-{number}.txt": b"own %d" % number}
    return report(files, f"https://host-{number}.example/\n", number=number, reporter=reporter(number))
