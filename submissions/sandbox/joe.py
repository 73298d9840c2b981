"""Joe Sandbox, Cloud and on-premise, by its Web API v2 through the official client `jbxapi`.

What the client leaves to us: it waits for ever, posts a submission again after a time-out, does not rewind the file,
knows no HTTP status and breaks on an empty error list. So it gets a bounded session and one attempt per request.
"""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import TypeVar

import jbxapi

from submissions.sandbox.base import AccountState, Download, Quota, Report, Sample, SandboxError, Submitted
from submissions.sandbox.http import MEBIBYTE, without_key
from submissions.sandbox.joe_account import JoeAccount, JoeProfile
from submissions.sandbox.joe_report import FINISHED, JoeAnalysis, read_analysis, read_submission, report_on
from submissions.sandbox.joe_session import JSON_BYTES, JoeSession
from submissions.sandbox.reading import acceptable, identifier, mapping, nonsense, sequence, text, upload_name
from submissions.verdicts import Verdict, worst

__all__ = ["JoeAccount", "JoeProfile", "JoeSandbox"]

FORMATS = {"html": "text/html", "pdf": "application/pdf", "iocjson": "application/json"}
DOWNLOAD_BYTES = 64 * MEBIBYTE
LISTED = 200
LOOKED_INTO = 30
BESIDES = 5
HITS = 50
ASKED_FOR = 5
ANALYSES = "analysis:"
REFERENCE_LENGTH = 200

T = TypeVar("T")


class JoeSandbox:
    """The adapter. It keeps no connection: each question gets a client of its own, so threads may share it."""

    name = "joe"
    repeatable = False
    report_formats = tuple(FORMATS)

    def __init__(self, account: JoeAccount, profile: JoeProfile | None = None) -> None:
        self.account = account
        self.profile = profile or JoeProfile()

    def submit(self, sample: Sample) -> Submitted:
        acceptable(sample.url, sample.content)
        session = JoeSession(self.account, JSON_BYTES)
        try:
            self._ask(session, lambda client: self._hand_over(client, sample))
        except SandboxError as error:
            if session.accepted and not error.unknown:
                self._discard(session)
            raise
        return Submitted(session.accepted)

    def _hand_over(self, client: jbxapi.JoeSandbox, sample: Sample) -> object:
        parameters = self.profile.parameters(sample, cloud=self.account.is_cloud)
        if sample.url:
            return client.submit_url(sample.url, params=parameters)
        return client.submit_sample((upload_name(sample.name), io.BytesIO(sample.content or b"")), params=parameters)

    def _discard(self, session: JoeSession) -> None:
        """Take back a submission whose content never arrived whole, so that the next try is the only one."""
        try:
            self._ask(session, lambda client: client.submission_delete(session.accepted))
        except SandboxError:
            return  # it holds no complete sample, so it never yields a verdict

    def poll(self, reference: str, sample: Sample) -> Report | None:
        if reference.startswith(ANALYSES):
            analyses = self._analyses(reference.removeprefix(ANALYSES).split(","))
        else:
            answer = self._read(lambda client: client.submission_info(reference))
            analyses = read_submission(answer, reference=reference)
        if analyses is None:
            return None
        report = report_on(sample, analyses, web_url=self.account.web_root)
        # Of what a mail or an archive was taken apart into, a search may have shown only the first.
        doubtful = reference.startswith(ANALYSES) and sample.is_container
        return replace(report, verdict=worst((report.verdict, Verdict.UNKNOWN))) if doubtful else report

    def _analyses(self, webids: list[str]) -> list[JoeAnalysis] | None:
        read = self._read(lambda client: [read_analysis(client.analysis_info(webid)) for webid in webids])
        if [analysis.webid for analysis in read] != webids:
            raise nonsense("this is another analysis")
        return None if any(analysis.status != FINISHED for analysis in read) else read

    def find(self, sample: Sample) -> Submitted | None:
        """Search by our key in the comments, then look through the newest submissions, those of the name first."""
        return self._read(lambda client: self._found(client, sample))

    def _found(self, client: jbxapi.JoeSandbox, sample: Sample) -> Submitted | None:
        hits = [hit.webid for hit in _search(client, sample.key) if hit.carries(sample.key)]
        listed = [mapping(item, "submission") for item in islice(client.submission_list(), LISTED)]
        listed.sort(key=lambda item: str(item.get("time") or ""), reverse=True)
        ours = sample.url or upload_name(sample.name)
        named = [item for item in listed if item.get("name", ours) == ours]
        others = [item for item in listed if item not in named]
        for item in (*named[:LOOKED_INTO], *others[:BESIDES]):
            submission = identifier(item, "submission_id")
            found = mapping(client.submission_info(submission), "submission").get("analyses") or []
            analyses = [read_analysis(analysis) for analysis in sequence(found, "analyses")]
            if any(one.webid in hits or one.carries(sample.key) for one in analyses):
                return Submitted(submission)
        return _by_analyses(hits) if hits else None

    def search_known(self, sample: Sample) -> Report | None:
        """The newest finished analysis of the same digest or URL, when its word is complete."""
        hits = self._read(lambda client: _search(client, sample.url or sample.digest), hurried=True)
        ours = [hit for hit in hits if hit.status == FINISHED and hit.is_about(sample)]
        for hit in sorted(ours, key=lambda one: one.analysed_at.timestamp() if one.analysed_at else 0, reverse=True):
            try:
                report = report_on(sample, [hit], web_url=self.account.web_root)
            except SandboxError:
                continue
            if report.verdict not in (Verdict.UNKNOWN, Verdict.FAILED):
                return replace(report, cached=True)
        return None

    def account_state(self) -> AccountState:
        return self._read(_state)

    def download(self, external_id: str, report_format: str) -> Download:
        if report_format not in FORMATS or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", external_id):
            raise SandboxError(f"no such report: {report_format}", kind="unsupported", permanent=True)
        _, content = self._read(
            lambda client: client.analysis_download(external_id, report_format), max_bytes=DOWNLOAD_BYTES
        )
        if not _is_what_it_says(content, report_format):
            raise nonsense(f"this is no {report_format} report")
        extension = "json" if report_format == "iocjson" else report_format
        return Download(f"joe-{external_id}.{extension}", FORMATS[report_format], content)

    def _read(
        self, question: Callable[[jbxapi.JoeSandbox], T], *, max_bytes: int = JSON_BYTES, hurried: bool = False
    ) -> T:
        """Ask something that changes nothing: whatever happens, asking again is harmless."""
        timeouts = self.account.timeouts.hurried if hurried else self.account.timeouts
        try:
            return self._ask(JoeSession(replace(self.account, timeouts=timeouts), max_bytes), question)
        except SandboxError as error:
            error.unknown = False
            raise

    def _ask(self, session: JoeSession, question: Callable[[jbxapi.JoeSandbox], T]) -> T:
        # The causes are cut off: their texts may repeat what the server said, and it knows our key.
        try:
            return question(session.client(self.account))
        except jbxapi.ApiError as error:
            fault = session.fault(error)
        except (jbxapi.JoeException, LookupError, TypeError, ValueError, OSError) as error:
            fault = SandboxError(f"the client failed ({type(error).__name__})", kind="protocol", unknown=True)
        except SandboxError as error:
            fault = error
        raise without_key(fault, self.account.api_key, "Joe Sandbox") from None


def _by_analyses(webids: list[str]) -> Submitted:
    reference = ANALYSES + ",".join(webids)
    if len(reference) > REFERENCE_LENGTH:
        raise SandboxError("Joe Sandbox: too many analyses and no submission that holds them", kind="protocol")
    return Submitted(reference)


def _is_what_it_says(content: bytes, report_format: str) -> bool:
    if report_format != "iocjson":
        return content.startswith(b"%PDF-") if report_format == "pdf" else bool(content)
    try:
        return "analysis" in mapping(json.loads(content), "report")
    except (ValueError, RecursionError, SandboxError):
        return False


def _search(client: jbxapi.JoeSandbox, query: str) -> list[JoeAnalysis]:
    """Older servers answer with bare ids; then the details are asked for, a few at most."""
    hits = [mapping(hit, "analysis") for hit in sequence(client.analysis_search(query), "hits")[:HITS]]
    bare = [hit for hit in hits if "detection" not in hit][:ASKED_FOR]
    told = [hit for hit in hits if "detection" in hit]
    return [read_analysis(hit) for hit in (*told, *(client.analysis_info(identifier(hit, "webid")) for hit in bare))]


def _state(client: jbxapi.JoeSandbox) -> AccountState:
    if mapping(client.server_online(), "server").get("online") is not True:
        return AccountState(online=False)
    queue = mapping(client.server_info(), "server").get("queuesize")
    systems = [mapping(item, "system") for item in sequence(client.server_systems(), "systems")]
    return AccountState(
        online=True,
        queue=queue if isinstance(queue, int) else None,
        quotas=_quotas(client),
        systems=tuple(text(system, "name") for system in systems),
    )


def _quotas(client: jbxapi.JoeSandbox) -> tuple[Quota, ...]:
    """Only Cloud accounts have one; on-premise servers refuse the question."""
    try:
        quota = mapping(mapping(client.account_info(), "account").get("quota"), "quota")
    except (jbxapi.UnknownEndpointError, jbxapi.PermissionError):
        return ()
    periods = [(period, mapping(numbers, "quota")) for period, numbers in quota.items()]
    return tuple(Quota(period, _count(numbers, "limit"), _count(numbers, "remaining")) for period, numbers in periods)


def _count(numbers: dict[str, object], name: str) -> int:
    value = numbers.get(name)
    if not isinstance(value, int):
        raise nonsense(f"{name} is no number")
    return value
