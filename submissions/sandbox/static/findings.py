"""What the detectors give, what they work on, and how findings become a report."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from submissions.sandbox.base import Reason, Report
from submissions.sandbox.static.rules import (
    CLEAN_ID,
    CLEAN_WORDS,
    HIGHEST,
    MALICIOUS_FROM,
    RULES,
    SUSPICIOUS_FROM,
)
from submissions.verdicts import Verdict

_DETAIL_LENGTH = 160
_MOST_THREATS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fits and what it fits, in a few words. `points` stands in for the rule's own when set.

    `threat` is a name for what was found, when it has one.
    """

    rule: str
    detail: str = ""
    points: int | None = None
    threat: str = ""

    @property
    def weight(self) -> int:
        return RULES[self.rule].points if self.points is None else self.points


@dataclass(frozen=True, slots=True)
class FileExam:
    """One file under examination: its bytes, its detected MIME type, its name as the mail has it."""

    content: bytes = field(repr=False)
    type: str
    name: str = ""
    password: str | None = None
    notes: tuple[str, ...] = ()


Detector = Callable[[FileExam], Iterator[Finding]]


def report(findings: Iterable[Finding]) -> Report:
    """The verdict and its reasons, the heaviest first. A rule counts once, however often it fits."""
    strongest: dict[str, Finding] = {}
    for finding in findings:
        known = strongest.get(finding.rule)
        if known is None or finding.weight > known.weight:
            strongest[finding.rule] = finding
    kept = sorted(strongest.values(), key=lambda finding: -finding.weight)
    score = min(sum(finding.weight for finding in kept), HIGHEST)
    verdict = _verdict(score, kept)
    reasons = tuple(_reason(finding) for finding in kept)
    if verdict is Verdict.CLEAN:
        reasons = (Reason(CLEAN_ID, CLEAN_WORDS), *reasons)
    threats = dict.fromkeys(finding.threat for finding in kept if finding.threat)
    return Report(verdict=verdict, score=score, reasons=reasons, threat_names=tuple(threats)[:_MOST_THREATS])


def _verdict(score: int, findings: Iterable[Finding]) -> Verdict:
    if score >= MALICIOUS_FROM:
        return Verdict.MALICIOUS
    if score >= SUSPICIOUS_FROM:
        return Verdict.SUSPICIOUS
    if any(RULES[finding.rule].incomplete for finding in findings):
        return Verdict.UNKNOWN
    return Verdict.CLEAN


def _reason(finding: Finding) -> Reason:
    words = RULES[finding.rule].words
    detail = shown(finding.detail)
    return Reason(finding.rule, f"{words}: {detail}" if detail else words, finding.weight)


def shown(detail: str) -> str:
    """Text of a hostile file for a page or a mail: one line, printable, short."""
    line = " ".join("".join(char if char.isprintable() else " " for char in detail).split())
    return line if len(line) <= _DETAIL_LENGTH else line[: _DETAIL_LENGTH - 1] + "…"
