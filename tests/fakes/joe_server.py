"""A strict fake of the Joe Sandbox Web API v2 over real HTTP, for tests, demonstrations and crash campaigns.

    python -m tests.fakes.joe_server --port 8090 --ledger joe.jsonl --delay 1 --fault submission/new=503:2

A running server takes more faults by `POST /_control/faults` with `[{"endpoint", "mode", "count", "skip"}]`.
"""

import argparse
import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path

from tests.fakes import joe_lab
from tests.fakes.faults import Answer
from tests.fakes.forms import Form
from tests.fakes.joe_rules import (
    ALLOWED,
    API_FAULTS,
    BAD_KEY,
    CHUNK,
    ERRORS_EMPTY,
    FORBIDDEN,
    INVALID,
    MISSING,
    UNKNOWN_ENDPOINT,
    JoeError,
    check,
    check_edition,
    check_source,
)
from tests.fakes.joe_shapes import DOWNLOADS, RESHAPES, file_of
from tests.fakes.joe_world import SYSTEMS, Submission, World
from tests.fakes.ledger import Ledger
from tests.fakes.server import Call, FakeServer

API = "/api"
PAGE = 20


class JoeServer(FakeServer):
    """`world` holds the state and the switches; `api_url` is what a client needs.

    `cloud` is the edition: it has quotas and parameters of its own.
    """

    def __init__(self, *, port: int = 0, ledger: Path | None = None) -> None:
        super().__init__(answer=self._answer, endpoint=_endpoint, port=port)
        self.ledger = Ledger(ledger)
        self.world = World()
        self.lab = joe_lab.Lab()
        self.cloud = True
        self.bare_hits = False

    @property
    def api_url(self) -> str:
        return self.url + API

    def _answer(self, call: Call) -> Answer:
        try:
            if call.mode == "errors-empty":
                return ERRORS_EMPTY
            if call.mode == "echo-key":
                raise JoeError(BAD_KEY, f"Invalid API key: {call.form.one('apikey')}")
            if call.mode in API_FAULTS:
                raise API_FAULTS[call.mode]
            answer = self._carried_out(call)
        except JoeError as error:
            body = {"errors": [{"code": error.code, "message": error.message}]}
            return Answer(json.dumps(body).encode(), error.status)
        return answer if isinstance(answer, Answer) else Answer(json.dumps(answer).encode())

    def _carried_out(self, call: Call) -> object:
        endpoint = _endpoint(call.path)
        if call.method != "POST" or call.query or not call.path.startswith(API + "/v2/"):
            raise JoeError(UNKNOWN_ENDPOINT, "Unknown endpoint.")
        if call.form.one("apikey") != self.world.api_key:
            raise JoeError(BAD_KEY, "Invalid API key.")
        if endpoint.startswith("joelab/"):
            return self.lab.answer(endpoint, call.form)
        if endpoint not in ALLOWED:
            raise JoeError(UNKNOWN_ENDPOINT, "Unknown endpoint.")
        check(endpoint, call.form)
        check_edition(call.form, cloud=self.cloud)
        question: Callable[[Call], object] = getattr(self, "_" + endpoint.replace("/", "_").replace("-", "_"))
        return question(call)

    def _submission_new(self, call: Call) -> object:
        form, source = call.form, check_source(call.form)
        if unknown := set(form.fields.get("systems[]", [])) - set(SYSTEMS):
            raise JoeError(INVALID, f"Invalid parameter systems: {min(unknown)}.")
        sample = form.files.get("sample") or form.files.get("cookbook")
        submission = self.world.open(
            Submission(
                id="",
                name=form.one(source) or (sample.name if sample else ""),
                source=source,
                comments=form.one("comments"),
                systems=form.fields.get("systems[]", []),
                tags=form.fields.get("tags[]", []),
                url=form.one(source) if source in ("url", "sample-url") else "",
                content=sample.content if sample else form.one(source).encode(),
            )
        )
        if source != "chunked-sample":
            if sample and not sample.content:
                raise JoeError(INVALID, "The sample is empty.")
            self.world.complete(submission)
        call.effect = self._effect(submission)
        return {"data": {"submission_id": submission.id}}

    def _submission_chunked_sample(self, call: Call) -> object:
        submission = self.world.get(call.form.one("submission_id"))
        numbers = {name: int(call.form.one(name)) for name in CHUNK - {"submission_id"}}
        self.world.add_chunk(submission, numbers, call.form.files["chunk"].content)
        call.effect = self._effect(submission)
        return {"data": {"submission_id": submission.id}}

    def _effect(self, submission: Submission) -> dict[str, object]:
        done = submission.complete_at is not None
        return {
            "submission_id": submission.id,
            "comments": submission.comments,
            "url": submission.url,
            "complete": done,
            "sha256": submission.analyses[0]["sha256"] if done else "",
        }

    def _submission_info(self, call: Call) -> object:
        submission = self.world.get(call.form.one("submission_id"))
        data: dict[str, object] = {
            "submission_id": submission.id,
            "name": submission.name,
            "status": self.world.status(submission),
            "time": submission.made_at.isoformat(timespec="seconds"),
        }
        if data["status"] != "accepted":
            data["analyses"] = seen = self.world.seen(submission)
            worst = max(seen, key=lambda one: int(str(one["score"])), default=None)
            data["most_relevant_analysis"] = worst and {name: worst[name] for name in ("webid", "detection", "score")}
        return {"data": RESHAPES.get(call.mode, lambda same: same)(data)}

    def _submission_list(self, call: Call) -> object:
        newest = sorted(self.world.submissions.values(), key=lambda one: int(one.id), reverse=True)
        items = [
            {"submission_id": one.id, "name": one.name, "time": one.made_at.isoformat(timespec="seconds")}
            for one in newest
        ]
        return _page([] if call.mode == "none-listed" else items, call.form)

    def _submission_delete(self, call: Call) -> object:
        submission = self.world.get(call.form.one("submission_id"))
        del self.world.submissions[submission.id]
        return {"data": {"deleted": True}}

    def _analysis_info(self, call: Call) -> object:
        return {"data": self.world.analysis(call.form.one("webid"))}

    def _analysis_list(self, call: Call) -> object:
        return _page([{"webid": one["webid"]} for one in self.world.analyses()], call.form)

    def _analysis_search(self, call: Call) -> object:
        query = call.form.one("q")
        names = ("md5", "sha1", "sha256", "filename", "webid", "scriptname")
        hits = [
            one
            for one in self.world.analyses()
            if query in (one[name] for name in names) or query in str(one["comments"]).split()
        ]
        return {"data": [{"webid": one["webid"]} for one in hits] if self.bare_hits else hits}

    def _analysis_download(self, call: Call) -> Answer:
        analysis, kind = self.world.analysis(call.form.one("webid")), call.form.one("type")
        if kind not in DOWNLOADS or kind in self.world.missing:
            raise JoeError(INVALID, "Invalid parameter type.")
        if analysis["status"] != "finished":
            raise JoeError(INVALID, "The analysis is not finished.")
        if int(call.form.one("run", "0")) >= len(analysis["runs"]):  # type: ignore[arg-type]
            raise JoeError(INVALID, "Invalid parameter run.")
        if kind in self.world.files:
            return Answer(self.world.files[kind], type="application/octet-stream")
        return file_of(analysis, kind)

    def _analysis_delete(self, call: Call) -> object:
        webid = self.world.analysis(call.form.one("webid"))["webid"]
        for submission in self.world.submissions.values():
            submission.analyses = [one for one in submission.analyses if one["webid"] != webid]
        return {"data": {"deleted": True}}

    def _server_online(self, _: Call) -> object:
        return {"data": {"online": self.world.online}}

    def _server_info(self, _: Call) -> object:
        return {"data": {"queuesize": self.world.queue}}

    def _server_systems(self, _: Call) -> object:
        described = {"description": "<b>Windows</b>", "arch": "WINDOWS", "count": 8}
        return {"data": [{"name": name, **described} for name in SYSTEMS]}

    def _server_lia_countries(self, _: Call) -> object:
        return {"data": ["Switzerland", "Germany"]}

    def _server_languages_and_locales(self, _: Call) -> object:
        return {"data": ["English (United States)", "German (Switzerland)"]}

    def _account_info(self, _: Call) -> object:
        if not self.cloud:
            raise JoeError(FORBIDDEN, "Only available on Joe Sandbox Cloud.")
        limit, used = self.world.quota_limit, self.world.used
        period = {"current": used, "limit": limit, "remaining": max(limit - used, 0)}
        return {"data": {"type": "desktop", "quota": {"daily": period, "monthly": period}}}


def _endpoint(path: str) -> str:
    return path.partition("/v2/")[2].strip("/") or path


def _page(items: list[dict[str, object]], form: Form) -> object:
    start = form.one("pagination_next", "0")
    if not start.isdigit():
        raise JoeError(MISSING, "Invalid parameter pagination_next.")
    page = list(itertools.islice(items, int(start), int(start) + PAGE))
    more = {"pagination": {"next": str(int(start) + PAGE)}} if int(start) + PAGE < len(items) else {}
    return {"data": page, **more}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ledger", type=Path)
    parser.add_argument("--api-key", default=os.environ.get("FAKE_JOE_KEY", "test-key"))
    parser.add_argument("--delay", type=float, default=0.0, help="seconds in each of the three states before finished")
    parser.add_argument("--fault", action="append", default=[], metavar="ENDPOINT=MODE[:COUNT]")
    options = parser.parse_args(arguments)
    server = JoeServer(port=options.port, ledger=options.ledger)
    server.world.api_key = options.api_key
    server.world.delays = (options.delay,) * 3
    for fault in options.fault:
        endpoint, _, mode = fault.partition("=")
        name, _, count = mode.partition(":")
        server.faults.add(endpoint, name, count=int(count or 1))
    print(f"fake Joe Sandbox: {server.api_url}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
