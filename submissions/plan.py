"""Which sandboxes an item goes through, in which order, and what their words add up to. Pure.

The plan of a mail is made when it is unpacked and kept with it, so that a change of the policy never changes the
rules of what is under way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from submissions.verdicts import Verdict, worst

Words = Mapping[tuple[str, str], Verdict | None]
DECISIVE = (Verdict.MALICIOUS, Verdict.SUSPICIOUS, Verdict.CLEAN)
ACCUSING = (Verdict.MALICIOUS, Verdict.SUSPICIOUS)


@dataclass(frozen=True, slots=True)
class Step:
    """One sandbox under one profile. `kinds` are the artifacts it gets; a word counts for `reuse_days`, by kind."""

    sandbox: str
    profile: str
    kinds: tuple[str, ...]
    required: bool
    reuse_days: dict[str, float]

    @property
    def key(self) -> tuple[str, str]:
        return self.sandbox, self.profile


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in their order. Words from before `since` count only while they are young enough, failures never."""

    since: datetime | None = None
    steps: tuple[Step, ...] = ()

    def steps_for(self, kind: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if kind in step.kinds)

    def still_counts(self, kind: str, key: tuple[str, str], finished_at: datetime | None, *, failed: bool) -> bool:
        """Whether a final word may be used for this mail: one from after `since`, or a young one of a planned step."""
        if self.since is None or finished_at is None or finished_at >= self.since:
            return True
        days = next((step.reuse_days.get(kind, 0) for step in self.steps if step.key == key), 0)
        return not failed and finished_at > self.since - timedelta(days=days)

    def as_json(self) -> dict[str, Any]:
        since = self.since.isoformat() if self.since else ""
        return {"since": since, "steps": [asdict(step) for step in self.steps]}


def read_plan(stored: Mapping[str, Any]) -> Plan:
    """The plan that `as_json` made; an empty one for mails from before there were plans."""
    if not stored:
        return Plan()
    steps = [Step(**{**step, "kinds": tuple(step["kinds"])}) for step in stored["steps"]]
    return Plan(datetime.fromisoformat(stored["since"]), tuple(steps))


def next_step(steps: Sequence[Step], words: Words) -> Step | None:
    """The first step without a final word, None when none is needed any more: malicious ends the search."""
    for step in steps:
        word = words.get(step.key)
        if word is None:
            return step
        if word is Verdict.MALICIOUS:
            return None
    return None


def combined(steps: Sequence[Step], words: Words) -> Verdict | None:
    """The worst word; None while a step is still to come.

    A step that is not required counts when it accuses or acquits. A sandbox outside the plan, asked for another
    mailbox, can only accuse.
    """
    if next_step(steps, words):
        return None
    planned = {step.key: step for step in steps}
    said = [word for key, word in words.items() if word is not None and _counts(planned.get(key), word)]
    return worst(said)


def _counts(step: Step | None, word: Verdict) -> bool:
    if step is None:
        return word in ACCUSING
    return step.required or word in DECISIVE
