"""Microsoft Graph, v1.0: one mailbox's messages, folders and sending, over HTTPS.

    GraphError
      status    the HTTP status; 0 when there was no answer
      code      Graph's own word for it, such as ErrorAccessDenied
      pause     seconds that the service asks to be left alone; 0 when it asks for none

https://learn.microsoft.com/graph/api/resources/message and /graph/throttling say what is relied on here.
"""

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests

from mailmonitor.web import Session

# Ids that stay when a message is moved, and pages that are not too long
PREFER = 'IdType="ImmutableId", odata.maxpagesize=100'
LONGEST_PAUSE = 3600
WORDS = 500


class GraphError(Exception):
    """The service said no, or nothing that can be understood."""

    def __init__(self, words: str, *, status: int = 0, code: str = "", pause: int = 0) -> None:
        super().__init__(words[:WORDS])
        self.status = status
        self.code = code
        self.pause = pause


class TooLarge(GraphError):
    """The answer is larger than allowed."""


class Graph:
    """One mailbox. `token` gives an access token for each request; `limit` is the largest answer in bytes."""

    def __init__(self, host: str, user: str, token: Callable[[], str], *, ca_file: str = "", limit: int = 0) -> None:
        self.root = f"https://{host}/v1.0/users/{quote(user, safe='@')}"
        self.origin = f"https://{host}/"
        self.token = token
        self.session = Session(ca_file, **({"limit": limit} if limit else {}))

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self._object(self._request("GET", self.root + path, params={f"${key}": query[key] for key in query}))

    def follow(self, link: str) -> dict[str, Any]:
        """A page that an earlier answer named. It must be Graph's own, for it gets our token."""
        if not link.startswith(self.origin):
            raise GraphError("the next page lies elsewhere")
        return self._object(self._request("GET", link))

    def post(self, path: str, content: dict[str, str]) -> dict[str, Any]:
        return self._object(self._request("POST", self.root + path, json=content))

    def mime(self, message: str) -> bytes:
        """The mail as MIME. Raises TooLarge."""
        return self._request("GET", f"{self.root}/messages/{quote(message, safe='')}/$value").content

    def send(self, mime: bytes) -> str:
        """Hand over a whole mail; it is queued by the service, which answers 202 and nothing more."""
        answer = self._request(
            "POST", f"{self.root}/sendMail", data=base64.b64encode(mime), headers={"Content-Type": "text/plain"}
        )
        return f"{answer.status_code} {answer.headers.get('request-id', '')}".strip()

    def _request(self, method: str, url: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token()}", "Prefer": PREFER, **more.pop("headers", {})}
        try:
            answer = self.session.request(method, url, headers=headers, **more)
        except requests.HTTPError as error:
            answer = error.response
        except requests.RequestException as error:
            raise GraphError(" ".join(str(error).split())) from error
        except ValueError as error:
            raise TooLarge(str(error)) from error
        if not answer.ok or answer.is_redirect:
            raise refusal(answer)
        return answer

    def _object(self, answer: requests.Response) -> dict[str, Any]:
        try:
            found = answer.json()
        except (ValueError, RecursionError) as error:
            raise GraphError("the answer is not JSON") from error
        if not isinstance(found, dict):
            raise GraphError("the answer is no JSON object")
        return found


def refusal(answer: requests.Response) -> GraphError:
    """Graph's own words: {"error": {"code": ..., "message": ...}}."""
    try:
        told = answer.json()["error"]
        code, words = str(told["code"]), str(told["message"])
    except (ValueError, LookupError, TypeError, RecursionError):
        code, words = "", answer.reason or "no reason given"
    asked = answer.headers.get("Retry-After", "")
    pause = min(int(asked), LONGEST_PAUSE) if asked.isascii() and asked.isdigit() else 0
    line = f"HTTP {answer.status_code} {code}: {' '.join(words.split())}"
    return GraphError(line, status=answer.status_code, code=code, pause=pause)
