"""Reading what CAPEv2 answers. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from submissions.sandbox.base import Reason, Report, Sample, SandboxError
from submissions.sandbox.reading import identifier, mapping, moment, number, percent, same_url, sequence, text
from submissions.verdicts import ORDER, Verdict, worst

FAILED = re.compile(r"failed_|banned")
STATUS = {
    "malicious": Verdict.MALICIOUS,
    "suspicious": Verdict.SUSPICIOUS,
    "clean": Verdict.CLEAN,
    "undetected": Verdict.UNKNOWN,
    "failed": Verdict.FAILED,
}
SHOWN = 50
Task = dict[str, object]


def data_of(answer: object) -> object:
    """The data of an answer; CAPE reports its errors with HTTP 200 and `error` true."""
    raw = mapping(answer, "answer")
    if raw.get("error") is True:
        words = text(raw, "error_value")
        kind = "permission" if "isabled" in words else "invalid" if "not" in words else "offline"
        raise SandboxError(f"CAPE: {words}", kind=kind, permanent=kind == "invalid")
    if raw.get("error") not in (False, [], None) or "data" not in raw:
        raise SandboxError("CAPE: the answer holds no data", kind="protocol")
    return raw["data"]


def is_ours(task: Task, sample: Sample) -> bool:
    return sample.key in text(task, "custom").split()


def is_about(task: Task, sample: Sample) -> bool:
    if sample.url:
        return same_url(text(task, "target"), sample.url)
    return text(mapping(task.get("sample") or {}, "sample"), "sha256") == sample.digest


def word_of(answer: dict[str, object]) -> Verdict:
    """The status in words, which only executables get; for all else CAPE's own bands of the score."""
    if status := text(answer, "malstatus"):
        return STATUS.get(status.lower(), Verdict.UNKNOWN)
    score = number(answer, "malscore")
    if score is None:
        return Verdict.UNKNOWN
    return Verdict.MALICIOUS if score >= 7 else Verdict.SUSPICIOUS if score >= 4 else Verdict.CLEAN


def read_report(answer: dict[str, object], task: Task, *, url: str, cached: bool) -> Report:
    """The report on one task; errors noted while it ran take away a `clean`."""
    errors = [words for words in sequence(task.get("errors") or [], "errors") if isinstance(words, str)]
    word = worst((word_of(answer), Verdict.UNKNOWN)) if errors else word_of(answer)
    score = number(answer, "malscore")
    found = [mapping(one, "signature") for one in sequence(answer.get("signatures") or [], "signatures")][:SHOWN]
    return Report(
        verdict=word,
        score=percent(None if score is None else score * 10),
        threat_names=_families(answer.get("detections")),
        reasons=tuple(
            [Reason(text(one, "name"), text(one, "description")) for one in found]
            + [Reason("cape-error", words[:300]) for words in errors[:SHOWN]]
        ),
        report_url=url,
        external_ids=(identifier(task, "id"),),
        analysed_at=moment(task, "completed_on"),
        cached=cached,
    )


def _families(detections: object) -> tuple[str, ...]:
    """Once a text, now a list of objects with a `family`."""
    if isinstance(detections, str):
        return (detections,) if detections else ()
    found = [mapping(one, "detection") for one in sequence(detections or [], "detections")]
    return tuple(dict.fromkeys(name for one in found[:SHOWN] if (name := text(one, "family"))))


def combined(reports: Sequence[Report], *, complete: bool) -> Report:
    """The report on the whole submission: that of the worst task; what is not complete is never clean."""
    decisive = min(reports, key=lambda one: ORDER.index(one.verdict))
    if all(one.verdict is Verdict.FAILED for one in reports):
        raise SandboxError("CAPE could not run it", kind="analysis", permanent=True)
    verdict = Verdict.UNKNOWN if decisive.verdict is Verdict.FAILED else decisive.verdict
    return replace(
        decisive,
        verdict=verdict if complete else worst((verdict, Verdict.UNKNOWN)),
        threat_names=tuple(dict.fromkeys(name for one in reports for name in one.threat_names)),
        external_ids=tuple(task for one in reports for task in one.external_ids),
    )
