"""The door to a sandbox: what every adapter takes, gives and raises."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Protocol, runtime_checkable

from submissions.verdicts import Verdict

CONTAINERS = re.compile(
    r"message/|multipart/|application/(x-)?(zip|gzip|7z|rar|tar|bzip|xz|iso|ace|arj|lzh|java-archive|"
    r"vnd\.(rar|ms-outlook|ms-cab|ms-tnef|efi\.iso)|ms-tnef|cab|vhd)"
)


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

    @property
    def is_container(self) -> bool:
        """Whether a sandbox may take it apart and judge what it holds: a mail or an archive."""
        return CONTAINERS.match(self.type) is not None


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
    parts: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What a sandbox found inside a mail or an archive that it took apart itself, and its word on it.

    `kind` is file or url; `digest` is built like that of a `Sample`.
    """

    kind: str
    name: str
    digest: str
    report: Report


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
    """Three questions to a sandbox. Each call ends within its own time-out and raises only SandboxError.

    An adapter may be used by several threads: it keeps nothing between two calls. `repeatable` says that
    submitting a sample twice costs nothing and leaves no trace outside, so a lost answer needs no search.
    """

    name: str
    repeatable: bool

    def submit(self, sample: Sample) -> Submitted:
        """Hand the sample over, once: an adapter never repeats the request by itself."""
        ...

    def poll(self, reference: str, sample: Sample) -> Report | None:
        """The final report, or None while the sandbox still works on it.

        `sample` is what was submitted; it may come without `content`. A word on anything else is refused.
        """
        ...

    def find(self, sample: Sample) -> Submitted | None:
        """The submission that carries `sample.key`, or None when the sandbox knows of none."""
        ...


@runtime_checkable
class Reuses(Protocol):
    """A sandbox that can be asked for a verdict that it, or somebody else there, has already reached."""

    def search_known(self, sample: Sample) -> Report | None:
        """The newest complete report on this very file or URL, marked `cached`, or None. Submits nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Quota:
    """How many submissions a period (`daily`, `monthly`) allows and how many are left."""

    period: str
    limit: int
    remaining: int


@dataclass(frozen=True, slots=True)
class AccountState:
    """How the sandbox does. `queue` is the number of waiting submissions, None when it does not say."""

    online: bool
    queue: int | None = None
    quotas: tuple[Quota, ...] = ()
    systems: tuple[str, ...] = ()


@runtime_checkable
class Accounts(Protocol):
    """A sandbox that tells about the account: for the health page, the quota alarm and the profile form."""

    def account_state(self) -> AccountState: ...


@dataclass(frozen=True, slots=True)
class Download:
    """A report as a file, rewound; whoever takes it closes it. `name` is harmless."""

    name: str
    type: str
    file: IO[bytes] = field(repr=False)


@runtime_checkable
class Downloads(Protocol):
    """A sandbox whose reports can be fetched. `report_formats` are the words `download` takes."""

    report_formats: tuple[str, ...]

    def download(self, external_id: str, report_format: str) -> Download:
        """One report on the analysis `external_id` (one of `Report.external_ids`)."""
        ...


@dataclass(frozen=True, slots=True)
class Screenshot:
    """A picture of the screen while the sample ran. `type` is image/png or image/jpeg."""

    type: str
    width: int
    height: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Indicator:
    """What the sample touched: `kind` is the sandbox's word, such as url, domain or ip."""

    kind: str
    value: str
    malicious: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the sandbox saw. `left_out` counts the pictures and indicators beyond the limits."""

    screenshots: tuple[Screenshot, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    left_out: int = 0


@runtime_checkable
class Shows(Protocol):
    """A sandbox that shows what it saw."""

    def evidence(self, external_id: str) -> Evidence:
        """The screenshots and indicators of the analysis `external_id`, within limits."""
        ...
