"""A strict fake of VirusTotal's API v3: what it knows it was told, or was uploaded."""

import base64
import hashlib
import json
from typing import Any

from tests.fakes.faults import Answer
from tests.fakes.joe_world import marked
from tests.fakes.server import Call, FakeServer

STATS = {
    "malicious": {"malicious": 40, "suspicious": 2, "harmless": 0, "undetected": 28},
    "suspicious": {"malicious": 1, "suspicious": 1, "harmless": 10, "undetected": 50},
    "clean": {"malicious": 0, "suspicious": 0, "harmless": 5, "undetected": 65},
}


class VirusTotalServer(FakeServer):
    """`known` is by address such as `files/<sha256>`; `finished` says whether uploads are analysed at once."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(answer=self._answer, endpoint=lambda path: path.removeprefix("/api/v3/"), port=port)
        self.key = "test-key"
        self.finished = True
        self.known: dict[str, dict[str, Any]] = {}
        self.analyses: set[str] = set()

    def learn(self, *, content: bytes = b"", url: str = "") -> str:
        """Know a file or URL from now on; gives the address it is found under."""
        digest = hashlib.sha256(url.encode() if url else content).hexdigest()
        stats = STATS[marked("", content, url)[0]]
        label = {"popular_threat_classification": {"suggested_threat_label": "trojan.demo"}}
        attributes = {"last_analysis_stats": stats, "last_analysis_date": 1795000000, "tags": ["macro"], **label}
        address = f"urls/{_encoded(url)}" if url else f"files/{digest}"
        subject = {"url": url} if url else {"sha256": digest}
        self.known[address] = {"id": digest, "type": "url" if url else "file", "attributes": attributes | subject}
        return address

    def _answer(self, call: Call) -> Answer:
        if call.headers.get("x-apikey") != self.key:
            return _error(401, "WrongCredentialsError")
        if call.mode == "quota":
            return _error(429, "QuotaExceededError")
        address = call.path.removeprefix("/api/v3/")
        if call.method == "POST":
            return self._uploaded(call, address)
        if address.removeprefix("analyses/") in self.analyses:
            status = "completed" if self.finished else "queued"
            return _data(
                {"id": address.removeprefix("analyses/"), "type": "analysis", "attributes": {"status": status}}
            )
        return _data(self.known[address]) if address in self.known else _error(404, "NotFoundError")

    def _uploaded(self, call: Call, address: str) -> Answer:
        if address == "files" and set(call.form.files) == {"file"}:
            learned = self.learn(content=call.form.files["file"].content)
        elif address == "urls" and set(call.form.fields) == {"url"}:
            learned = self.learn(url=call.form.one("url"))
        else:
            return _error(400, "BadRequestError")
        analysis = _encoded(learned)[:80] + "=="
        self.analyses.add(analysis)
        call.effect = {"uploaded": learned}
        return _data({"id": analysis, "type": "analysis"})


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _data(value: object) -> Answer:
    return Answer(json.dumps({"data": value}).encode())


def _error(status: int, code: str) -> Answer:
    return Answer(json.dumps({"error": {"code": code, "message": code}}).encode(), status)
