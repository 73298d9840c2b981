"""A system that takes webhooks, strictly: POST of one JSON object of the promised shape, anything else is 400."""

import json
import ssl

from tests.fakes.faults import Answer
from tests.fakes.server import Call, FakeServer
from tests.servers.certificates import Certificate

SHAPE = {"view": str, "url": str, "count": int, "mails": list}
MAIL = {"id": str, "verdict": str, "url": str}
LARGEST = 64 * 1024


class WebhookServer(FakeServer):
    """`taken` holds every message that was good."""

    def __init__(self, certificate: Certificate | None = None) -> None:
        super().__init__(answer=self.take, endpoint=lambda path: path)
        self.taken: list[dict[str, object]] = []
        self.scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.certificate, certificate.key)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def hook(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}/hook/T0PSECRET"

    def take(self, call: Call) -> Answer:
        try:
            message = json.loads(call.body)
        except ValueError:
            return Answer(b"no JSON", 400, "text/plain")
        good = call.method == "POST" and call.headers.get("content-type") == "application/json"
        if not good or len(call.body) > LARGEST or not shaped(message, SHAPE):
            return Answer(b"not as promised", 400, "text/plain")
        if not all(shaped(mail, MAIL) for mail in message["mails"]):
            return Answer(b"not as promised", 400, "text/plain")
        self.taken.append(message)
        return Answer(b"", 204)


def shaped(value: object, shape: dict[str, type]) -> bool:
    """Whether it is an object with exactly these keys and types."""
    return isinstance(value, dict) and {name: type(one) for name, one in value.items()} == shape
