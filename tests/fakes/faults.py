"""Everything that goes wrong at a server's door, on request: which endpoint, how often."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

HTML = b"<html><head><title>Sorry</title></head><body><h1>Something is wrong here</h1></body></html>"


@dataclass
class Answer:
    """An HTTP answer. `headers` replace nothing but what they name."""

    body: bytes
    status: int = 200
    type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Fault:
    """A fault on `endpoint` (a path's tail, `*` for all) for the next `count` calls, after `skip` good ones."""

    endpoint: str
    mode: str
    count: int = 1
    skip: int = 0


# Answers given instead of carrying the request out.
INSTEAD = {
    "429": Answer(HTML, 429, "text/html"),
    "429-retry-after": Answer(HTML, 429, "text/html", {"Retry-After": "17"}),
    "500": Answer(HTML, 500, "text/html"),
    "502": Answer(HTML, 502, "text/html"),
    "503": Answer(HTML, 503, "text/html", {"Retry-After": "30"}),
    "401": Answer(HTML, 401, "text/html"),
    "403": Answer(HTML, 403, "text/html"),
    "html-200": Answer(HTML, 200, "text/html"),
    "wrong-types": Answer(json.dumps({"data": [[1, None], 2.5], "error": 7, "task_ids": "x"}).encode()),
    "no-data": Answer(b"[]"),
    "empty": Answer(b""),
    "deep-json": Answer(b"[" * 100_000),
    "compressed": Answer(b"\x1f\x8b\x08", headers={"Content-Encoding": "gzip"}),
    "redirect": Answer(b"", 302, "text/html", {"Location": "https://elsewhere.example/api"}),
}
# The request is carried out; its answer gets lost or broken on the way.
AFTERWARDS = {"timeout-after", "cut-after", "truncated", "502-after"}
# How the connection itself behaves instead of an answer.
WIRE = {"hang", "cut", "drip", "drip-headers", "huge"}


class Faults:
    """The faults still to come. `reshape` names changes of a good answer, known to each fake."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, endpoint: str, mode: str, *, count: int = 1, skip: int = 0) -> None:
        with self._lock:
            self._waiting.append(Fault(endpoint, mode, count, skip))

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    @property
    def left(self) -> int:
        """How many calls are still to meet one."""
        with self._lock:
            return sum(fault.count for fault in self._waiting)

    def take(self, endpoint: str) -> str:
        """The mode for this call, or an empty text."""
        with self._lock:
            for fault in self._waiting:
                if fault.endpoint not in ("*", endpoint) or fault.count < 1:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    return ""
                fault.count -= 1
                return fault.mode
        return ""


def drip(write: Callable[[bytes], object], data: bytes, *, stopped: threading.Event, seconds: float = 1.0) -> None:
    """One byte at a time, as slow as it takes to look alive."""
    for byte in data:
        write(bytes([byte]))
        if stopped.wait(seconds):
            return


def flood(write: Callable[[bytes], object], *, stopped: threading.Event, total: int = 10 * 1024**3) -> None:
    """A body of `total` bytes (10 GB), until somebody hangs up."""
    block, sent = b" " * 65536, 0
    while sent < total and not stopped.is_set():
        write(block)
        sent += len(block)
