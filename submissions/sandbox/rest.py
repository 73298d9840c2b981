"""What the adapters without a client of their own stand on: JSON over HTTP with a key in a header."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from submissions.sandbox.base import SandboxError
from submissions.sandbox.http import MEBIBYTE, BoundedSession, Timeouts, decoded, refusal, without_key

ANSWER_BYTES = 64 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class RestAccount:
    """Where and as whom. `web_url` is the root of the pages for people, `verify` may be a file of authorities."""

    url: str
    key: str = field(default="", repr=False)
    user: str = ""
    web_url: str = ""
    verify: bool | str = True
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeouts: Timeouts = field(default_factory=Timeouts)

    @property
    def hurried(self) -> "RestAccount":
        return replace(self, timeouts=self.timeouts.hurried)

    @property
    def web_root(self) -> str:
        return (self.web_url or self.url).rstrip("/")


class RestSession(BoundedSession):
    """One question to the sandbox, of one or more requests. `changes` says that it makes something there."""

    def __init__(
        self,
        account: RestAccount,
        *,
        who: str,
        headers: Mapping[str, str],
        changes: bool = False,
    ) -> None:
        super().__init__(account.timeouts, max_bytes=ANSWER_BYTES, verify=account.verify, proxies=account.proxies)
        self.headers["User-Agent"] = "MailMonitor"
        self.headers.update(headers)
        self.account = account
        self.who = who
        self.changes = changes

    def json(self, method: str, path: str, *, absent: bool = False, **content: Any) -> Any:
        """The decoded answer; None for 404 where something may be `absent`."""
        try:
            response = self.request(method, f"{self.account.url.rstrip('/')}/{path}", **content)
            if absent and response.status_code == 404:
                return None
            if refused := refusal(response):
                raise refused
            return decoded(response)
        except SandboxError as error:
            error.unknown = error.unknown and self.changes
            raise without_key(error, self.account.key, self.who) from None
