"""A strict fake of CAPEv2's REST API. As in CAPE, errors that it words itself come with HTTP 200."""

import hashlib
import itertools
import json
import re
from dataclasses import dataclass
from typing import Any

from tests.fakes.faults import Answer
from tests.fakes.forms import Upload
from tests.fakes.joe_world import marked
from tests.fakes.server import Call, FakeServer

FIELDS = frozenset(
    "static package timeout priority options machine platform tags custom memory clock enforce_timeout unique "  # noqa: SIM905
    "referrer tlp tags_tasks route cape url".split()
)
SCORES = {"malicious": 9.0, "suspicious": 5.0, "clean": 0.4}
TASK = re.compile(r"/apiv2/tasks/(view|get/report)/(\d+)/(?:(json|litereport)/)?")


@dataclass
class CapeError(Exception):
    words: str


class CapeServer(FakeServer):
    """`status` is what tasks come to; `lite` says whether the small reports are written; `parts` is how many
    tasks a submission becomes, as an archive does."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(answer=self._answer, endpoint=lambda path: path.removeprefix("/apiv2/"), port=port)
        self.token = "test-key"
        self.status = "reported"
        self.lite = True
        self.malstatus: dict[str, str | None] = {}
        self.errors: list[str] = []
        self.parts = 1
        self.tasks: dict[int, dict[str, Any]] = {}
        self._ids = itertools.count(1)

    def _answer(self, call: Call) -> Answer:
        if call.headers.get("authorization") != f"Token {self.token}":
            return Answer(json.dumps({"detail": "Invalid token."}).encode(), 401)
        if call.mode == "disabled":
            return _json({"error": True, "error_value": "File Create API is Disabled"})
        if call.mode == "database":
            return _json({"error": True, "error_value": "Error adding task to database", "errors": []})
        try:
            return _json(self._carried_out(call))
        except CapeError as error:
            return _json({"error": True, "error_value": error.words})
        except LookupError:
            return Answer(b"<h1>Not Found</h1>", 404, "text/html")

    def _carried_out(self, call: Call) -> object:
        if call.path in ("/apiv2/tasks/create/file/", "/apiv2/tasks/create/url/") and call.method == "POST":
            return self._create(call)
        if call.method != "GET":
            raise CapeError("Method not allowed")
        if call.path.startswith("/apiv2/tasks/search/sha256/"):
            digest = call.path.split("/")[5]
            return {"error": [], "data": [one for one in self.seen() if one["sample"].get("sha256") == digest]}
        if call.path.startswith("/apiv2/tasks/list/"):
            [category] = call.query.get("category", [""])
            return {"data": [one for one in self.seen() if category in ("", one["category"])], "config": "", "buf": 1}
        found = TASK.fullmatch(call.path)
        if found is None:
            raise LookupError(call.path)
        if int(found[2]) not in self.tasks:
            raise CapeError("Task not found in database")
        return self._told(found[1], int(found[2]), found[3])

    def _told(self, what: str, task: int, report: str) -> object:
        if what == "view":
            return {"error": False, "data": self._seen(task)}
        if self.status != "reported" or (report == "litereport" and not self.lite):
            raise CapeError("Reports directory does not exist")
        word = self.tasks[task]["word"]
        return {
            "info": {"id": task},
            "malscore": SCORES[word],
            "malstatus": self.malstatus.get(word),
            "detections": [{"family": "Emotet", "details": []}] if word == "malicious" else [],
            "signatures": [{"name": "office_macro", "description": "It runs a macro", "severity": 3}],
        }

    def _create(self, call: Call) -> object:
        unknown = call.form.fields.keys() - FIELDS
        if unknown:
            raise CapeError(f"Unknown field {min(unknown)}")
        if call.form.one("machine") not in ("", "win10"):
            raise CapeError(f"Machine '{call.form.one('machine')}' does not exist. Available: win10")
        url, file = call.form.one("url"), call.form.files.get("file")
        if call.path.endswith("/url/") and not url:
            raise CapeError("URL value is empty")
        if call.path.endswith("/file/") and (file is None or not file.content):
            raise CapeError("No file was submitted")
        tasks = [self._made(call.form.one("custom"), url, file) for _ in range(self.parts)]
        call.effect = {"task": tasks[0], "custom": call.form.one("custom")}
        message = f"Task ID {tasks[0]} has been submitted"
        return {"error": [], "data": {"task_ids": tasks, "message": message}, "errors": []}

    def _made(self, custom: str, url: str, file: Upload | None) -> int:
        task, content = next(self._ids), file.content if file else b""
        self.tasks[task] = {
            "id": task,
            "target": url or f"/tmp/cape/{file.name if file else ''}",
            "category": "url" if url else "file",
            "custom": custom,
            "sample": {} if url else {"sha256": hashlib.sha256(content).hexdigest()},
            "word": marked("", content, url)[0],
        }
        return task

    def seen(self) -> list[dict[str, Any]]:
        return [self._seen(task) for task in self.tasks]

    def _seen(self, task: int) -> dict[str, Any]:
        kept = {name: value for name, value in self.tasks[task].items() if name != "word"}
        return {**kept, "status": self.status, "errors": self.errors, "completed_on": "2026-11-20 10:00:00"}


def _json(value: object) -> Answer:
    return Answer(json.dumps(value).encode())
