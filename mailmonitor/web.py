"""HTTPS to an address that an administrator has set: bounded in time and size, and never led elsewhere."""

import io
from contextlib import closing
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from mailmonitor.tls import trusting

SECONDS = (10, 30)
ANSWER_BYTES = 1024 * 1024


class Trusting(HTTPAdapter):
    """Trusts the system's authorities and those of a file."""

    def __init__(self, ca_file: str) -> None:
        self.context = trusting(ca_file)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self.context)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(*args, **kwargs, ssl_context=self.context)


class Session(requests.Session):
    """Follows no redirect, takes at most `limit` bytes of an answer, sends no credentials of its own.

    A larger answer raises ValueError; a server that cannot answer now (429, 5xx) HTTPError, which holds the
    answer; everything else what requests raises.
    """

    def __init__(self, ca_file: str = "", *, limit: int = ANSWER_BYTES) -> None:
        super().__init__()
        self.limit = limit
        self.auth = anonymous
        self.mount("https://", Trusting(ca_file))

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs |= {"timeout": SECONDS, "allow_redirects": False, "stream": True}
        response = super().request(method, url, *args, **kwargs)
        body = bytearray()
        with closing(response):
            for chunk in response.iter_content(64 * 1024):
                body += chunk
                if len(body) > self.limit:
                    raise ValueError(f"the answer is over {self.limit} bytes")
        response.raw = io.BytesIO(bytes(body))
        response._content = bytes(body)
        if response.status_code == requests.codes.too_many_requests or response.status_code >= 500:
            raise requests.HTTPError(f"HTTP {response.status_code} from {response.url}", response=response)
        return response


def anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from looking for a password in a .netrc file."""
    return request
