"""AssemblyLine 4 by its REST API. Our key is kept as metadata of the submission and can be searched by."""

import io
import json
from dataclasses import dataclass

from submissions.sandbox.base import Report, Sample, SandboxError, Submitted
from submissions.sandbox.reading import (
    acceptable,
    identifier,
    mapping,
    moment,
    nonsense,
    number,
    percent,
    same_url,
    sequence,
    text,
    upload_name,
)
from submissions.sandbox.rest import RestAccount, RestSession
from submissions.verdicts import Verdict

KEY = "mail_monitor"


@dataclass(frozen=True, slots=True)
class AssemblyLineProfile:
    """From which score on a word counts; the numbers are those AssemblyLine is shipped with.

    `submission_profile` names one of the server's own (such as `static`); `ttl` is in days.
    """

    malicious_from: int = 1000
    suspicious_from: int = 300
    submission_profile: str = ""
    priority: int | None = None
    ttl: int = 30


class AssemblyLineSandbox:
    name = "assemblyline"
    repeatable = False

    def __init__(self, account: RestAccount, profile: AssemblyLineProfile | None = None) -> None:
        self.account = account
        self.profile = profile or AssemblyLineProfile()

    def submit(self, sample: Sample) -> Submitted:
        acceptable(sample.url, sample.content)
        session, wanted = self._session(changes=True), self._wanted(sample)
        if sample.url:
            answer = session.json("POST", "api/v4/submit/", json=wanted | {"url": sample.url})
        else:
            file = (wanted["name"], io.BytesIO(sample.content or b""))
            answer = session.json("POST", "api/v4/submit/", data={"json": json.dumps(wanted)}, files={"bin": file})
        try:
            return Submitted(identifier(_response(answer), "sid"))
        except SandboxError as error:
            error.unknown = True
            raise

    def _wanted(self, sample: Sample) -> dict[str, object]:
        profile = self.profile
        parameters: dict[str, object] = {"ttl": profile.ttl, "description": "Reported by mail"}
        if profile.priority is not None:
            parameters["priority"] = profile.priority
        if sample.password:
            parameters["initial_data"] = json.dumps({"passwords": [sample.password]})
        named = {"submission_profile": profile.submission_profile} if profile.submission_profile else {}
        name = sample.url or upload_name(sample.name)
        return {"name": name, "metadata": {KEY: sample.key}, "params": parameters, **named}

    def poll(self, reference: str, sample: Sample) -> Report | None:
        if not reference.isalnum():
            raise SandboxError("no such submission", kind="invalid", permanent=True)
        submission = self._submission(self._session(), reference)
        if text(mapping(submission.get("metadata"), "metadata"), KEY) != sample.key:
            raise nonsense("this is somebody else's submission")
        return self._report(submission, sample)

    def find(self, sample: Sample) -> Submitted | None:
        found = self._search(self._session(), f'metadata.{KEY}:"{sample.key}"')
        return Submitted(found[0]) if found else None

    def search_known(self, sample: Sample) -> Report | None:
        """The newest complete submission of the same file; submissions of URLs have no digest of ours."""
        session = self._session(hurried=True)
        query = f'files.sha256:"{sample.digest}" AND state:completed'
        for sid in [] if sample.url else self._search(session, query)[:1]:
            report = self._report(self._submission(session, sid), sample, cached=True)
            return None if report is None or report.verdict is Verdict.UNKNOWN else report
        return None

    def _search(self, session: RestSession, query: str) -> list[str]:
        wanted = {"query": query, "rows": "5", "sort": "times.submitted desc"}
        hits = _response(session.json("GET", "api/v4/search/submission/", params=wanted))
        return [identifier(mapping(item, "submission"), "sid") for item in sequence(hits.get("items"), "items")]

    def _submission(self, session: RestSession, sid: str) -> dict[str, object]:
        answer = session.json("GET", f"api/v4/submission/{sid}/", absent=True)
        if answer is None:
            raise SandboxError("AssemblyLine no longer knows the submission", kind="invalid", permanent=True)
        submission = _response(answer)
        if identifier(submission, "sid") != sid:
            raise nonsense("this is another submission")
        return submission

    def _report(self, submission: dict[str, object], sample: Sample, *, cached: bool = False) -> Report | None:
        state = text(submission, "state")
        if state == "failed":
            raise SandboxError("AssemblyLine could not analyse it", kind="analysis", permanent=True)
        if state != "completed":
            return None
        if not any(_is_about(file, sample) for file in sequence(submission.get("files"), "files")):
            raise nonsense("the verdict is about something else than what was submitted")
        score, sid = number(submission, "max_score"), identifier(submission, "sid")
        return Report(
            verdict=self._word(score, errors=number(submission, "error_count")),
            score=percent(None if score is None else score / 10),
            report_url=f"{self.account.web_root}/submission/report/{sid}",
            external_ids=(sid,),
            analysed_at=moment(mapping(submission.get("times") or {}, "times"), "completed"),
            cached=cached,
        )

    def _word(self, score: float | None, *, errors: float | None) -> Verdict:
        """A low score is clean only when the server says that no service failed."""
        if score is None:
            return Verdict.UNKNOWN
        if score >= self.profile.suspicious_from:
            return Verdict.MALICIOUS if score >= self.profile.malicious_from else Verdict.SUSPICIOUS
        return Verdict.CLEAN if errors == 0 else Verdict.UNKNOWN

    def _session(self, *, changes: bool = False, hurried: bool = False) -> RestSession:
        headers = {"x-user": self.account.user, "x-apikey": self.account.key, "accept": "application/json"}
        account = self.account.hurried if hurried else self.account
        return RestSession(account, who="AssemblyLine", headers=headers, changes=changes)


def _response(answer: object) -> dict[str, object]:
    return mapping(mapping(answer, "answer").get("api_response"), "api_response")


def _is_about(file: object, sample: Sample) -> bool:
    raw = mapping(file, "file")
    return same_url(text(raw, "name"), sample.url) if sample.url else text(raw, "sha256") == sample.digest
