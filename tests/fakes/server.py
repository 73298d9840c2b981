"""A real HTTP server on loopback for the fakes: forms in, answers out, a ledger of all, faults on request."""

import json
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.fakes.faults import AFTERWARDS, HTML, INSTEAD, WIRE, Answer, Faults, drip, flood
from tests.fakes.forms import BadForm, Form, read_form
from tests.fakes.ledger import Ledger

CONTROL = "/_control/faults"
REQUEST_BYTES = 256 * 1024 * 1024


@dataclass
class Call:
    """One request. `effect` is what the answering code wants to see in the ledger."""

    method: str
    path: str
    headers: dict[str, str]
    form: Form
    query: dict[str, list[str]]
    body: bytes
    mode: str = ""
    effect: dict[str, object] = field(default_factory=dict)


class FakeServer(ThreadingHTTPServer):
    """`answer` gets each call that no fault takes away; `endpoint` names a path for ledger and faults."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *, answer: Callable[[Call], Answer], endpoint: Callable[[str], str], port: int = 0) -> None:
        super().__init__((os.environ.get("FAKE_BIND", "127.0.0.1"), port), _Door)
        self.answer = answer
        self.endpoint = endpoint
        self.ledger = Ledger()
        self.faults = Faults()
        self.stopped = threading.Event()
        self.drip_seconds = 1.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what many tests are about."""


class _Door(BaseHTTPRequestHandler):
    server: FakeServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """The ledger is the log."""

    def do_POST(self) -> None:
        self._serve()

    def do_GET(self) -> None:
        self._serve()

    def _serve(self) -> None:
        target = urlsplit(self.path)
        body = self._body()
        if target.path == CONTROL:
            self._control(body)
            return
        endpoint = self.server.endpoint(target.path)
        mode = self.server.faults.take(endpoint)
        try:
            form = read_form(self.headers.get("Content-Type", ""), body) if self._is_form() else Form()
        except (BadForm, ValueError) as error:
            self.server.ledger.write(endpoint=endpoint, refused=str(error), status=400)
            self._send(Answer(str(error).encode(), 400, "text/plain"))
            return
        query = parse_qs(target.query, keep_blank_values=True)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, target.path, headers, form, query, body, mode)
        answer = self._answered(call)
        self._record(endpoint, call, answer)
        self._deliver(mode, answer)

    def _is_form(self) -> bool:
        return not any(kind in self.headers.get("Content-Type", "") for kind in ("json", "text/plain"))

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        return self.rfile.read(min(length, REQUEST_BYTES))

    def _control(self, body: bytes) -> None:
        for fault in json.loads(body or b"[]"):
            endpoint, mode = fault.pop("endpoint"), fault.pop("mode")
            self.server.faults.add(endpoint, mode, **fault)
        self._send(Answer(b"{}"))

    def _answered(self, call: Call) -> Answer:
        if call.mode in WIRE:
            return Answer(b"{}")
        return INSTEAD[call.mode] if call.mode in INSTEAD else self.server.answer(call)

    def _record(self, endpoint: str, call: Call, answer: Answer) -> None:
        secret = ("apikey", "authorization")
        self.server.ledger.write(
            endpoint=endpoint,
            method=call.method,
            path=call.path,
            fields={name: values for name, values in call.form.fields.items() if name not in secret},
            files={name: {"name": file.name, "size": len(file.content)} for name, file in call.form.files.items()},
            query=call.query,
            fault=call.mode,
            status=answer.status,
            **call.effect,
        )

    def _deliver(self, mode: str, answer: Answer) -> None:
        if mode in WIRE or mode in AFTERWARDS:
            self.close_connection = True
            self._misbehave(mode, answer)
        else:
            self._send(answer)

    def _misbehave(self, mode: str, answer: Answer) -> None:
        stopped = self.server.stopped
        if mode in ("hang", "timeout-after"):
            stopped.wait(600)
        elif mode in ("cut", "cut-after"):
            self.connection.shutdown(socket.SHUT_RDWR)
        elif mode == "truncated":
            self._send(Answer(answer.body[: len(answer.body) // 2], answer.status, answer.type))
        elif mode == "502-after":
            self._send(Answer(HTML, 502, "text/html"))
        elif mode == "drip-headers":
            drip(
                self.connection.sendall,
                b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 600,
                stopped=stopped,
                seconds=self.server.drip_seconds,
            )
        else:
            self._head(Answer(b"", 200))
            if mode == "huge":
                flood(self.connection.sendall, stopped=stopped)
            else:
                drip(self.connection.sendall, b" " * 600, stopped=stopped, seconds=self.server.drip_seconds)

    def _head(self, answer: Answer) -> None:
        """A head without a length: the body lasts until the connection ends."""
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Connection", "close")
        self.end_headers()

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
