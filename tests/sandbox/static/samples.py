"""Samples as the engine takes them, and what a report says, in short."""

import hashlib

from submissions.sandbox.base import Report, Sample
from submissions.sandbox.static.engine import judge
from submissions.sandbox.static.settings import Settings

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def file(content: bytes, name: str = "", *, password: str | None = None, notes: tuple[str, ...] = ()) -> Sample:
    digest = hashlib.sha256(content).hexdigest()
    return Sample(key="mm:1", digest=digest, name=name, content=content, password=password, notes=notes)


def link(url: str, *notes: str) -> Sample:
    return Sample(key="mm:1", digest=hashlib.sha256(url.encode()).hexdigest(), url=url, notes=notes)


def judged(content: bytes, name: str = "", *, password: str | None = None, notes: tuple[str, ...] = ()) -> Report:
    return judge(file(content, name, password=password, notes=notes))


def rules(report: Report) -> set[str]:
    """The ids of the rules that a report names."""
    return {reason.id for reason in report.reasons}


def rules_of(content: bytes, name: str = "") -> set[str]:
    return rules(judged(content, name))


def rules_of_link(url: str, *notes: str, settings: Settings | None = None) -> set[str]:
    return rules(judge(link(url, *notes), settings or Settings()))
