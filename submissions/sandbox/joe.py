"""Joe Sandbox, Cloud and on-premise, by its Web API v2 through the official client `jbxapi`.

What the client leaves to us: it waits for ever, posts a submission again after a time-out, does not rewind the file,
knows no HTTP status and breaks on an empty error list. So it gets a bounded session and one attempt per request.
"""

import io
from dataclasses import replace

import jbxapi

from submissions.sandbox.base import AccountState, Download, Evidence, Report, Sample, SandboxError, Submitted
from submissions.sandbox.joe_account import JoeAccount, JoeProfile
from submissions.sandbox.joe_files import FORMATS, download, evidence
from submissions.sandbox.joe_questions import ask, read
from submissions.sandbox.joe_report import FINISHED, JoeAnalysis, read_analysis, read_submission, report_on
from submissions.sandbox.joe_search import ANALYSES, search, submission_of
from submissions.sandbox.joe_session import JSON_BYTES, JoeSession
from submissions.sandbox.joe_state import state
from submissions.sandbox.reading import acceptable, nonsense, upload_name
from submissions.verdicts import Verdict, worst

__all__ = ["JoeAccount", "JoeProfile", "JoeSandbox"]


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
            ask(self.account, session, lambda client: self._hand_over(client, sample))
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
            ask(self.account, session, lambda client: client.submission_delete(session.accepted))
        except SandboxError:
            return  # it holds no complete sample, so it never yields a verdict

    def poll(self, reference: str, sample: Sample) -> Report | None:
        if reference.startswith(ANALYSES):
            analyses = self._analyses(reference.removeprefix(ANALYSES).split(","))
        else:
            answer = read(self.account, lambda client: client.submission_info(reference))
            analyses = read_submission(answer, reference=reference)
        if analyses is None:
            return None
        report = report_on(sample, analyses, web_url=self.account.web_root)
        # Of what a mail or an archive was taken apart into, a search may have shown only the first.
        doubtful = reference.startswith(ANALYSES) and sample.is_container
        return replace(report, verdict=worst((report.verdict, Verdict.UNKNOWN))) if doubtful else report

    def _analyses(self, webids: list[str]) -> list[JoeAnalysis] | None:
        found = read(self.account, lambda client: [read_analysis(client.analysis_info(webid)) for webid in webids])
        if [analysis.webid for analysis in found] != webids:
            raise nonsense("this is another analysis")
        return None if any(analysis.status != FINISHED for analysis in found) else found

    def find(self, sample: Sample) -> Submitted | None:
        return read(self.account, lambda client: submission_of(client, sample))

    def search_known(self, sample: Sample) -> Report | None:
        """The newest finished analysis of the same digest or URL, when its word is complete."""
        hits = read(self.account, lambda client: search(client, sample.url or sample.digest), hurried=True)
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
        return read(self.account, state)

    def download(self, external_id: str, report_format: str) -> Download:
        return download(self.account, external_id, report_format)

    def evidence(self, external_id: str) -> Evidence:
        return evidence(self.account, external_id)
