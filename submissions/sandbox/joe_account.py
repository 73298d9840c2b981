"""How Joe Sandbox is reached and how it analyses: plain values, no network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from submissions.sandbox.base import Sample
from submissions.sandbox.http import Timeouts

CLOUD_HOSTS = ("joesecurity.org", "joesandbox.com")


@dataclass(frozen=True, slots=True)
class JoeAccount:
    """Where and as whom. `web_url` is the root of the pages for people; `verify` may be a file of authorities."""

    api_url: str
    api_key: str = field(repr=False)
    accept_tac: bool = False
    cloud: bool | None = None
    web_url: str = ""
    verify: bool | str = True
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeouts: Timeouts = field(default_factory=Timeouts)

    @property
    def is_cloud(self) -> bool:
        """Whether the parameters that only Joe Sandbox Cloud knows are sent; decided by the host unless said."""
        host = (urlsplit(self.api_url).hostname or "") if "://" in self.api_url else ""
        return host.endswith(CLOUD_HOSTS) if self.cloud is None else self.cloud

    @property
    def web_root(self) -> str:
        return (self.web_url or self.api_url.rstrip("/").removesuffix("/api")).rstrip("/")


@dataclass(frozen=True, slots=True)
class JoeProfile:
    """How to analyse: the parameters of `submission/new`; what is not set is left to the server.

    `url_reputation` shows the URLs to third parties, so it is off unless somebody wants it.
    `comment` stands before our key in the comments of each submission.
    """

    systems: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    comment: str = ""
    internet_access: bool | None = None
    internet_simulation: bool | None = None
    report_cache: bool | None = None
    url_reputation: bool = False
    fast_mode: bool | None = None
    analysis_time: int | None = None
    document_password: str | None = field(default=None, repr=False)
    archive_password: str | None = field(default=None, repr=False)
    archive_no_unpack: bool | None = None
    localized_internet_country: str | None = None
    language_and_locale: str | None = None
    priority: int | None = None
    delete_after_days: int | None = None

    def parameters(self, sample: Sample, *, cloud: bool) -> dict[str, object]:
        """The client's parameters for one sample, without those that are not set or that the server does not know."""
        chosen: dict[str, object] = {
            "systems": self.systems or None,
            "tags": self.tags or None,
            "comments": f"{self.comment} {sample.key}".strip(),
            "internet-access": self.internet_access,
            "internet-simulation": self.internet_simulation,
            "report-cache": self.report_cache,
            "email-notification": False,
            "fast-mode": self.fast_mode,
            "analysis-time": self.analysis_time,
            "document-password": sample.password or self.document_password,
            "archive-password": sample.password or self.archive_password,
            "archive-no-unpack": self.archive_no_unpack,
            "localized-internet-country": self.localized_internet_country,
            "language-and-locale": self.language_and_locale,
        }
        if cloud:
            chosen |= {"url-reputation": self.url_reputation, "delete-after-days": self.delete_after_days}
        else:
            chosen |= {"priority": self.priority}
        return {name: value for name, value in chosen.items() if value is not None}
