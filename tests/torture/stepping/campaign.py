"""Batches of mails taken through the pipeline step by step while a campaign strikes; each batch is then counted."""

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from notifications.models import Notification
from submissions.models import Submission
from tests.torture.stepping import ledgers, steps
from tests.torture.stepping.steps import Step, due, is_quiet, pass_time
from tests.whole import promises
from tests.whole.promises import ENDS, HOLDS
from tests.whole.real_parts import RealParts

BATCH = 10
ROUNDS = 60
SHARE = {"fetch": BATCH, "sweep": BATCH, "deliver_due": BATCH, "unpack": 2, "poll": 2, "conclude": 2, "deliver": 3}


@dataclass
class Tally:
    """What a campaign has reached; kept in a file so that it can go on where it was stopped."""

    path: Path | None
    batches: int = 0
    mails: int = 0
    strikes: int = 0
    points: Counter[str] = field(default_factory=Counter)
    aims: Counter[str] = field(default_factory=Counter)
    in_doubt: int = 0
    stale: int = 0
    accepted: int = 0
    handed_over: int = 0
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path | None) -> "Tally":
        if path is None or not path.exists():
            return cls(path)
        kept = json.loads(path.read_text())
        return cls(path, **{**kept, **{name: Counter(kept[name]) for name in ("points", "aims")}})

    def write(self) -> None:
        if self.path is not None:
            draft = self.path.with_suffix(".new")
            draft.write_text(json.dumps({name: value for name, value in vars(self).items() if name != "path"}))
            draft.rename(self.path)


@dataclass
class Campaign:
    """`strike` takes one due step through; it says which point was struck, or an empty text."""

    parts: RealParts
    tally: Tally
    chance: random.Random
    strike: Callable[["Campaign", str, int], str]
    doubt: ledgers.Doubt = field(default_factory=ledgers.Doubt)
    known: dict[str, set[str]] = field(default_factory=dict)
    struck: Counter[tuple[str, int]] = field(default_factory=Counter)
    strikes: int = 0

    def run(self, strikes: int) -> None:
        """Batches until so many strikes have fallen; the last one comes to its end in peace."""
        self.strikes = strikes
        steps.prepare()
        self.parts.imap.deliver(ledgers.Sent("warm", 1).one(0))
        steps.warm()
        ledgers.clear(self.parts)
        while self.tally.strikes < strikes:
            self.batch()
            self.tally.write()

    def batch(self) -> None:
        """Ten mails from the folder to their last letter, then the count of what the servers took."""
        sent = ledgers.Sent(f"m{os.getpid()}-{self.tally.batches}", BATCH)
        self.doubt, self.struck = ledgers.Doubt(), Counter()
        rounds = sum(1 for _ in self.rounds(sent))
        wrong = ledgers.faults(self.parts, sent, self.doubt)
        if rounds >= ROUNDS:
            wrong.append(f"{ENDS}: {sent.count} mails after {ROUNDS} rounds")
        self.tally.wrong += [f"{one} (batch {self.tally.batches})" for one in wrong]
        self.tally.batches += 1
        self.tally.mails += sent.count
        ledgers.clear(self.parts)

    def rounds(self, sent: ledgers.Sent) -> Iterator[None]:
        """One round: every step that is due, then time passes."""
        waiting = sent.mails()
        for _ in range(ROUNDS):
            if waiting:
                self.parts.imap.deliver(waiting.pop())
            for name, pk in [*due(), ("sweep", 0), ("deliver_due", 0)]:
                if point := self.strike(self, name, pk):
                    self.tally.strikes += 1
                    self.tally.points[f"{name}: {point}"] += 1
                    self.note_doubt(name, pk)
            yield
            pass_time()
            if not waiting and is_quiet() and not self.parts.imap.mails():
                return

    def aim(self, name: str, pk: int, *, only: tuple[str, ...] = ("",)) -> str:
        """The point of this step that was aimed at least; none when the row has had its share.

        Aims count, not strikes: a point that is seldom reached must not keep the others from their turn.
        """
        points = sorted(point for point in self.known.get(name, ()) if point.startswith(only))
        if self.struck[name, pk] >= SHARE.get(name, 1) or not points or self.tally.strikes >= self.strikes:
            return ""
        least = min(self.tally.aims[f"{name}: {point}"] for point in points)
        target = self.chance.choice([point for point in points if self.tally.aims[f"{name}: {point}"] == least])
        self.tally.aims[f"{name}: {target}"] += 1
        return target

    def ended(self, step: Step) -> str:
        """Learn the step's points and note what it should not have done; the struck point."""
        self.known.setdefault(step.name, set()).update(step.points)
        if step.code == steps.FAILED and not step.struck:
            self.tally.wrong.append(f"{HOLDS}: {step.name} {step.pk}: {step.words}")
        if step.struck:
            self.struck[step.name, step.pk] += 1
        return step.target if step.struck else ""

    def note_doubt(self, name: str, pk: int) -> None:
        """A letter whose sender was struck after the dot was announced may have been taken or not."""
        row = Notification.objects.filter(pk=pk).first() if name == "deliver" else None
        if row and row.state == Notification.State.SENDING and row.dot_sent_at:
            about = Submission.objects.get(pk=row.thread.partition(":")[2]).message_id
            self.doubt.letters[
                about, "receipt" if row.kind.startswith(("received", "thanks_known")) else "verdict"
            ] += 1
            self.tally.in_doubt += 1


def table(tally: Tally, strikes: str) -> str:
    """The figures reached, in a table for docs/benchmarks.md."""
    by_step = Counter[str]()
    for point, count in tally.points.items():
        by_step[point.split(":")[0]] += count
    lines = [
        f"{tally.mails} mails, {tally.strikes} {strikes} at {len(tally.points)} named points",
        f"  fewest at one point: {min(tally.points.values(), default=0)}; by step: {dict(by_step)}",
        f"  letters struck between dot and record: {tally.in_doubt}",
        f"  stale workers woken: {tally.stale}, writes accepted from them: {tally.accepted}, "
        f"of them stopped between the last look at the lease and the submission: {tally.handed_over}",
        promises.table(tally.wrong, tally.mails),
    ]
    return "\n".join(lines)
