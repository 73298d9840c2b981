"""A strict fake of AssemblyLine 4's REST API, after its published source."""

import hashlib
import itertools
import json
import re
from typing import Any

from tests.fakes.faults import Answer
from tests.fakes.joe_world import marked
from tests.fakes.server import Call, FakeServer

SCORES = {"malicious": 1200, "suspicious": 450, "clean": 0}
TAKES = frozenset(["name", "metadata", "params", "submission_profile", "url"])
PARAMETERS = frozenset(["ttl", "description", "priority", "initial_data", "services", "classification", "deep_scan"])
BY_KEY = re.compile(r'metadata\.mail_monitor:"([^"]+)"')
BY_DIGEST = re.compile(r'files\.sha256:"([0-9a-f]{64})" AND state:completed')


class AssemblyLineServer(FakeServer):
    """`state` is what submissions come to; `error_count` how many services failed on each."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(answer=self._answer, endpoint=lambda path: path.removeprefix("/api/v4/"), port=port)
        self.user, self.key = "mail", "test-key"
        self.state = "completed"
        self.error_count = 0
        self.submissions: dict[str, dict[str, Any]] = {}
        self._ids = itertools.count(1)

    def _answer(self, call: Call) -> Answer:
        if (call.headers.get("x-user"), call.headers.get("x-apikey")) != (self.user, self.key):
            return _answer("", status=401, error="Wrong username or password")
        if call.mode == "quota":
            return _answer("", status=503, error="You've exceeded your maximum concurrent submission quota of 5.")
        if call.path == "/api/v4/submit/" and call.method == "POST":
            return self._submitted(call)
        if call.path == "/api/v4/search/submission/":
            return self._searched(call.query["query"][0])
        sid = call.path.removeprefix("/api/v4/submission/").rstrip("/")
        if sid not in self.submissions:
            return _answer("", status=404, error=f"Submission ID {sid} does not exists.")
        return _answer(self._seen(sid))

    def _submitted(self, call: Call) -> Answer:
        binary = call.form.files.get("bin")
        try:
            wanted = json.loads(call.form.one("json", "{}") if binary else call.body)
        except ValueError:
            return _answer({}, status=400, error="Invalid content type")
        if wanted.keys() - TAKES or wanted.get("params", {}).keys() - PARAMETERS or bool(binary) == ("url" in wanted):
            return _answer({}, status=400, error="Unknown parameters")
        if binary is not None and not binary.content:
            return _answer({}, status=400, error="File empty. Submission failed")
        content, url = binary.content if binary else b"", wanted.get("url", "")
        sid = f"{next(self._ids):022d}"
        self.submissions[sid] = {
            "sid": sid,
            "files": [{"name": url or wanted["name"], "sha256": hashlib.sha256(content).hexdigest(), "size": 1}],
            "metadata": wanted.get("metadata", {}),
            "max_score": SCORES[marked("", content, url)[0]],
            "params": wanted.get("params", {}),
        }
        call.effect = {"sid": sid, "key": wanted.get("metadata", {}).get("mail_monitor")}
        return _answer(self._seen(sid))

    def _searched(self, query: str) -> Answer:
        if by_key := BY_KEY.fullmatch(query):
            found = [one for one in self.submissions.values() if one["metadata"].get("mail_monitor") == by_key[1]]
        elif by_digest := BY_DIGEST.fullmatch(query):
            found = [one for one in self.submissions.values() if one["files"][0]["sha256"] == by_digest[1]]
            found = found if self.state == "completed" else []
        else:
            return _answer("", status=400, error="The query could not be parsed")
        return _answer({"items": [{"sid": one["sid"], "id": one["sid"]} for one in found], "total": len(found)})

    def _seen(self, sid: str) -> dict[str, Any]:
        times = {"submitted": "2026-11-20T10:00:00Z", "completed": "2026-11-20T10:05:00Z"}
        return {**self.submissions[sid], "state": self.state, "error_count": self.error_count, "times": times}


def _answer(value: object, *, status: int = 200, error: str = "") -> Answer:
    body = {"api_response": value, "api_error_message": error, "api_server_version": "4.6", "api_status_code": status}
    return Answer(json.dumps(body).encode(), status)
