"""The door to a sandbox: what every adapter takes, gives and raises."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from submissions.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Sample:
    """One artifact to be judged. Either `content` (a file) or `url` is set.

    `key` is our own mark (`mm:<uuid>`): an adapter stores it with the submission where the sandbox
    lets it, so that `find` can answer whether a submission whose answer was lost has arrived.
    `digest` is the sha256 of the content, or of the URL's UTF-8 bytes, in hexadecimal.
    """

    key: str
    digest: str
    name: str = ""
    content: bytes | None = field(default=None, repr=False)
    type: str = ""
    url: str = ""
    password: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return "url" if self.url else "file"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is what it is: a rule's id, its words for people, the points it adds (0 to 100)."""

    id: str
    words: str
    points: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A sandbox's final word on one artifact. `score` is 0 to 100, or None when it gives none."""

    verdict: Verdict
    score: int | None = None
    threat_names: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    tags: tuple[str, ...] = ()
    report_url: str = ""
    external_ids: tuple[str, ...] = ()
    runs: tuple[dict[str, object], ...] = ()
    analysed_at: datetime | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Submitted:
    """A sandbox took the sample. `report` is set when its word is already final."""

    reference: str
    report: Report | None = None


class SandboxError(Exception):
    """What went wrong at the sandbox's door; nothing else leaves an adapter.

    `permanent`: trying again cannot help, the analysis fails with this reason.
    `unknown`: the request may have been carried out; search with `find` before trying again.
    `kind` is one of quota, auth, permission, invalid, offline, network, protocol, unsupported, analysis.
    `retry_after` is in seconds, when the sandbox said so.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str,
        permanent: bool = False,
        unknown: bool = False,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.permanent = permanent
        self.unknown = unknown
        self.retry_after = retry_after


class Sandbox(Protocol):
    """Three questions to a sandbox. Each call ends within its own time-out and raises only SandboxError."""

    name: str

    def submit(self, sample: Sample) -> Submitted:
        """Hand the sample over, once: an adapter never repeats the request by itself."""
        ...

    def poll(self, reference: str) -> Report | None:
        """The final report, or None while the sandbox still works on it."""
        ...

    def find(self, sample: Sample) -> Submitted | None:
        """The submission that carries `sample.key`, or None when the sandbox knows of none."""
        ...
