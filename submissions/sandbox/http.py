"""HTTP to a sandbox that may be slow, broken or hostile: every call ends, and ends with a clear word."""

import io
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import IO, Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from mailmonitor.tls import trusting
from submissions.sandbox.base import SandboxError

MEBIBYTE = 1024 * 1024
DAY = 24 * 60 * 60
HURRIED = 15.0


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two bytes, and for everything one question to the sandbox needs.

    `total` must be shorter than the lease under which the question is asked.
    """

    connect: float = 10
    read: float = 120
    total: float = 150

    @property
    def hurried(self) -> "Timeouts":
        """For a question asked under the same lease as the one that matters: at most 15 seconds."""
        return Timeouts(min(self.connect, HURRIED), min(self.read, HURRIED), min(self.total, HURRIED))


class _Request:
    """One request on its way: it knows whether it has reached the server, and cuts its socket when time is up.

    A time-out between two bytes never ends an answer that comes one byte per second; this does.
    """

    def __init__(self, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        self.connected = False
        self.too_late = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._alarm = threading.Timer(seconds, self._cut)
        self._alarm.daemon = True
        self._alarm.start()

    def watch(self, connection: HTTPConnection) -> None:
        self.connected = True
        # The socket still carries the short time-out for connecting, which would also end a long upload.
        connection.sock.settimeout(max(self.ends_at - time.monotonic(), 0.1))
        with self._lock:
            # A copy of the descriptor stays valid whatever TLS or the pool do with the original.
            self._socket = socket.socket(fileno=socket.dup(connection.sock.fileno()))
        if self.too_late:
            self._cut()

    def _cut(self) -> None:
        self.too_late = True
        with self._lock:
            if self._socket is not None:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # the server was faster

    def end(self) -> None:
        self._alarm.cancel()
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None


_current: ContextVar[_Request] = ContextVar("request to a sandbox")


class _WatchedConnection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _current.get().watch(self)


class _WatchedTlsConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _current.get().watch(self)


class _WatchedPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _WatchedConnection


class _WatchedTlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _WatchedTlsConnection


class _WatchedAdapter(HTTPAdapter):
    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self.context)
        self.poolmanager.pool_classes_by_scheme = {"http": _WatchedPool, "https": _WatchedTlsPool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs, ssl_context=self.context)
        manager.pool_classes_by_scheme = {"http": _WatchedPool, "https": _WatchedTlsPool}
        return manager


class BoundedSession(requests.Session):
    """The session for one question to a sandbox: all its requests together end within `timeouts.total`.

    It follows no redirect, reads nothing from the environment, keeps no connection and takes at most
    `max_bytes` of an answer. Every fault is a `SandboxError`, with `unknown` set once the server was reached.
    Good answers go to the file `into`, where one is given, and the response is empty then.
    `verify` may name a file of certificate authorities to trust beside the usual ones.
    """

    def __init__(
        self,
        timeouts: Timeouts,
        *,
        max_bytes: int = 8 * MEBIBYTE,
        into: IO[bytes] | None = None,
        verify: bool | str = True,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = bool(verify)
        self.proxies = dict(proxies or {})
        self.headers["Accept-Encoding"] = "identity"
        self.mount("https://", _WatchedAdapter(_trusting(verify) if isinstance(verify, str) else None))
        self.mount("http://", _WatchedAdapter(None))
        self.timeouts = timeouts
        self.max_bytes = max_bytes
        self.into = into
        self.ends_at = time.monotonic() + timeouts.total

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs |= {
            "timeout": (self.timeouts.connect, self.timeouts.read),
            "allow_redirects": False,
            "stream": True,
        }
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise SandboxError(f"not done within {self.timeouts.total:g} seconds", kind="network")
        request = _Request(left)
        token = _current.set(request)
        try:
            response = super().request(method, url, *args, **kwargs)
            response.raw = self._received(response)
            if request.too_late:  # what was cut may look like an answer that ended
                raise TimeoutError
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._fault(error, request) from None
        finally:
            _current.reset(token)
            request.end()
            self.close()
        return response

    def _received(self, response: requests.Response) -> IO[bytes]:
        if self.into is None or not response.ok:
            kept = io.BytesIO()
            self._copy_body(response, kept)
            kept.seek(0)
            return kept
        self._copy_body(response, self.into)
        return io.BytesIO()

    def _copy_body(self, response: requests.Response, target: IO[bytes]) -> None:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            response.close()
            raise SandboxError("the answer is compressed though we asked not to", kind="protocol", unknown=True)
        size = 0
        with closing(response.raw) as raw:
            for chunk in raw.stream(64 * 1024, decode_content=False):
                size += len(chunk)
                if size > self.max_bytes:
                    raise SandboxError(f"the answer is over {self.max_bytes} bytes", kind="protocol", unknown=True)
                target.write(chunk)

    def _fault(self, error: Exception, request: _Request) -> SandboxError:
        if request.too_late or time.monotonic() >= self.ends_at:
            words = f"no complete answer within {self.timeouts.total:g} seconds"
        elif isinstance(error, requests.exceptions.SSLError):
            words = f"the TLS connection failed: {_tls_cause(error)}"
        elif isinstance(error, requests.exceptions.ConnectTimeout):
            words = f"no connection within {self.timeouts.connect:g} seconds"
        elif isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.ReadTimeoutError):
            words = f"no answer within {self.timeouts.read:g} seconds"
        elif request.connected:
            words = "the connection broke before the answer was complete"
        else:
            words = f"no connection ({type(error).__name__})"
        return SandboxError(words, kind="network", unknown=request.connected)


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        return trusting(ca_file)
    except OSError as error:
        words = f"the file of certificate authorities {ca_file} cannot be read ({type(error).__name__})"
        raise SandboxError(words, kind="network") from None


def _tls_cause(error: Exception) -> str:
    return str(error).rsplit("(Caused by ", 1)[-1][:300]


def retry_after(response: requests.Response) -> int | None:
    """Seconds the server asks us to stay away (RFC 9110 10.2.3), 0 to one day; a date counts from its own clock."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), DAY)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(response.headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return min(max(int(wait.total_seconds()), 0), DAY)


def refusal(response: requests.Response) -> SandboxError | None:
    """What the status alone says, None for 2xx. Only a refusal that is certain leaves `unknown` unset."""
    status = response.status_code
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        target = response.headers.get("Location", "nowhere")[:200]
        return SandboxError(f"redirected (HTTP {status}) to {target}: configure the final address", kind="protocol")
    kind = {401: "auth", 403: "permission", 407: "network", 429: "quota", 413: "invalid"}.get(status, "protocol")
    if status >= 500:
        kind = "offline"
    return SandboxError(
        f"refused with HTTP {status}",
        kind=kind,
        permanent=status == 413,
        unknown=status >= 500 and status != 503,
        retry_after=retry_after(response),
    )


def decoded(response: requests.Response) -> Any:
    """The JSON value of an answer; anything else is a protocol error."""
    try:
        return response.json()
    except (ValueError, RecursionError):
        words = f"the answer (HTTP {response.status_code}) is not JSON: is the API address right?"
        raise SandboxError(words, kind="protocol", unknown=True) from None


def without_key(error: SandboxError, key: str, who: str) -> SandboxError:
    """The error as `who` said it, without our key, should a server or a library repeat it."""
    words = " ".join(str(error).split())[:500]
    error.args = (f"{who}: {words.replace(key, '[key]') if key else words}",)
    return error
