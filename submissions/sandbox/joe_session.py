"""What stands between `jbxapi` and the server: only answers that the client understands reach it."""

from typing import IO, Any

import jbxapi
from requests import Response

from submissions.sandbox.base import SandboxError
from submissions.sandbox.http import MEBIBYTE, BoundedSession, decoded, refusal, retry_after
from submissions.sandbox.joe_account import JoeAccount
from submissions.sandbox.reading import identifier, mapping, nonsense

JSON_BYTES = 8 * MEBIBYTE
KINDS = {1: "quota", 2: "invalid", 3: "invalid", 4: "auth", 5: "offline", 6: "offline", 7: "permission"}
INTERNAL_ERROR = 6


class JoeSession(BoundedSession):
    """`accepted` is the id of the submission that was made; `last` the latest answer."""

    def __init__(self, account: JoeAccount, max_bytes: int, *, into: IO[bytes] | None = None) -> None:
        super().__init__(
            account.timeouts, max_bytes=max_bytes, into=into, verify=account.verify, proxies=account.proxies
        )
        self.headers["User-Agent"] = f"MailMonitor (jbxapi {jbxapi.__version__})"
        self.accepted = ""
        self.last: Response | None = None

    def client(self, account: JoeAccount) -> jbxapi.JoeSandbox:
        # Whatever is left out would be read from the environment; more than one attempt would submit twice.
        client = jbxapi.JoeSandbox(
            apikey=account.api_key,
            apiurl=account.api_url,
            accept_tac=account.accept_tac,
            timeout=account.timeouts.read,
            retries=1,
        )
        client.session = self
        return client

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> Response:
        response = super().request(method, url, *args, **kwargs)
        self.last = response
        if refused := refusal(response):
            if not _is_api_error(response):
                raise refused
        elif not str(url).endswith("/analysis/download"):
            self._check_answer(response, str(url))
        return response

    def _check_answer(self, response: Response, url: str) -> None:
        answer = decoded(response)
        if not isinstance(answer, dict) or "data" not in answer:
            raise SandboxError("the answer holds no data: is the API address right?", kind="protocol", unknown=True)
        try:
            if url.endswith("/submission/new"):
                self.accepted = identifier(mapping(answer["data"], "submission"), "submission_id")
            elif url.endswith("/submission/chunked-sample"):
                self._check_chunk(answer["data"])
        except SandboxError as error:
            error.unknown = True
            raise

    def _check_chunk(self, data: object) -> None:
        """The client does not look at this answer. Recorded ones name the submission; an empty one may pass."""
        if data in (None, True, [], {}):
            return
        if identifier({"submission_id": self.accepted} | mapping(data, "chunk"), "submission_id") != self.accepted:
            raise nonsense("this is another submission")

    def fault(self, error: jbxapi.ApiError) -> SandboxError:
        """Joe's own error codes; an internal error leaves open whether the request was carried out."""
        kind = KINDS.get(error.code, "protocol")
        return SandboxError(
            f"{error.message} (Joe Sandbox error {error.code})",
            kind=kind,
            permanent=kind == "invalid",
            unknown=error.code == INTERNAL_ERROR,
            retry_after=None if self.last is None else retry_after(self.last),
        )


def _is_api_error(response: Response) -> bool:
    """A 4xx or 5xx with Joe's error list; a redirect never is one."""
    if response.status_code < 400:
        return False
    try:
        error = decoded(response)["errors"][0]
        return type(error["code"]) is int and isinstance(error["message"], str)
    except (SandboxError, LookupError, TypeError):
        return False
