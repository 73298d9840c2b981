"""A sample and a report on their way into and out of the child process.

The child works on hostile bytes and may be taken over: its answer is read like a stranger's.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from submissions.sandbox.base import Reason, Report, Sample
from submissions.sandbox.static.settings import Settings
from submissions.verdicts import Verdict

_MOST_REASONS = 200
_LONGEST_WORDS = 1000
_SAMPLE_FIELDS = ("key", "digest", "name", "type", "url", "password", "notes")
_VERDICTS = frozenset({Verdict.MALICIOUS, Verdict.SUSPICIOUS, Verdict.UNKNOWN, Verdict.CLEAN})


class WireError(ValueError):
    """The bytes are no report."""


def request(sample: Sample, settings: Settings) -> bytes:
    """One line of JSON, then the content of a file."""
    head = {name: getattr(sample, name) for name in _SAMPLE_FIELDS}
    return json.dumps({"sample": head, "settings": asdict(settings)}).encode() + b"\n" + (sample.content or b"")


def read_request(payload: bytes) -> tuple[Sample, Settings]:
    """The same back; raises ValueError, KeyError or TypeError for what `request` did not write."""
    head, _, content = payload.partition(b"\n")
    values = json.loads(head)
    sample = values["sample"]
    sample["notes"] = tuple(sample["notes"])
    settings = values["settings"]
    own_domains, brands = tuple(settings["own_domains"]), tuple(settings["brands"])
    chosen = Settings(own_domains=own_domains, brands=brands, yara=settings["yara"])
    return Sample(content=None if sample["url"] else content, **sample), chosen


def write_report(report: Report) -> bytes:
    """The report as JSON; only what the static engine fills in."""
    values = {
        "verdict": report.verdict,
        "score": report.score,
        "threat_names": report.threat_names,
        "reasons": [asdict(reason) for reason in report.reasons],
        "tags": report.tags,
    }
    return json.dumps(values).encode()


def read_report(data: bytes) -> Report:
    """The report that `write_report` wrote; raises WireError for anything else."""
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WireError("it is not JSON") from error
    values = _record(values, {"verdict", "score", "threat_names", "reasons", "tags"})
    return Report(
        verdict=_verdict(values["verdict"]),
        score=_points(values["score"]),
        threat_names=_texts(values["threat_names"]),
        reasons=tuple(_reason(value) for value in _list(values["reasons"])),
        tags=_texts(values["tags"]),
    )


def _record(value: Any, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict) or set(value) != names:
        raise WireError("a record has other fields than it should")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > _MOST_REASONS:
        raise WireError("a list is none, or too long")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_WORDS:
        raise WireError("a text is none, or too long")
    return value


def _points(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not math.isfinite(value) or not 0 <= value <= 100:
        raise WireError("points are no number from 0 to 100")
    return value


def _verdict(value: Any) -> Verdict:
    if not isinstance(value, str) or value not in _VERDICTS:
        raise WireError("it is no verdict")
    return Verdict(value)


def _reason(value: Any) -> Reason:
    values = _record(value, {"id", "words", "points"})
    return Reason(_text(values["id"]), _text(values["words"]), _points(values["points"]))
