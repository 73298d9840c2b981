"""A pretended sandbox for demonstrations and tests (`SANDBOX=fake`). It analyses nothing."""

from collections import Counter

from submissions.sandbox.base import Reason, Report, Sample, SandboxError, Submitted
from submissions.verdicts import Verdict

MARKERS = (("malware", Verdict.MALICIOUS, 100), ("suspicious", Verdict.SUSPICIOUS, 50))
REFERENCE = "pretended"


class FakeSandbox:
    """Its word follows from a marker: `malware` or `suspicious` in the content, name or URL; else clean.

    It still refuses what a real sandbox refuses. `polls` is how often it says "still running" first. It remembers
    submissions only within its process; its references hold the verdict, so any process can poll them.
    """

    name = "fake"
    repeatable = True

    def __init__(self, *, polls: int = 0) -> None:
        self.polls = polls
        self.submitted: dict[str, str] = {}
        self._asked: Counter[str] = Counter()

    def submit(self, sample: Sample) -> Submitted:
        if not sample.url and not sample.content:
            raise SandboxError("an empty file cannot be analysed", kind="unsupported", permanent=True)
        verdict, score = _judge(sample)
        reference = f"{REFERENCE}:{verdict}:{score}:{sample.digest[:16]}"
        self.submitted[sample.key] = reference
        return Submitted(reference)

    def poll(self, reference: str, sample: Sample) -> Report | None:
        parts = reference.split(":")
        if len(parts) != 4 or parts[0] != REFERENCE or parts[3] != sample.digest[:16]:
            raise SandboxError("no such submission", kind="invalid", permanent=True)
        self._asked[reference] += 1
        if self._asked[reference] <= self.polls:
            return None
        return Report(
            verdict=Verdict(parts[1]),
            score=int(parts[2]),
            reasons=(Reason("pretended", "A pretended verdict: nothing was analysed", int(parts[2])),),
            external_ids=(reference,),
        )

    def find(self, sample: Sample) -> Submitted | None:
        reference = self.submitted.get(sample.key)
        return Submitted(reference) if reference else None


def _judge(sample: Sample) -> tuple[Verdict, int]:
    searched = b" ".join([sample.name.encode("utf-8", "replace"), sample.url.encode("utf-8", "replace")])
    searched = (searched + b" " + (sample.content or b"")).lower()
    for marker, verdict, score in MARKERS:
        if marker.encode() in searched:
            return verdict, score
    return Verdict.CLEAN, 0
