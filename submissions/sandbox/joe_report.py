"""Reading what Joe Sandbox answers: JSON of unknown quality in, a `Report` or an error out. Pure.

The shapes are those of Web API v2 as recorded from real servers: `submission/info` holds `analyses` (several for
a mail or an archive) only after the status `accepted`, each with its `runs`, one per system.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from submissions.sandbox.base import Part, Reason, Report, Sample, SandboxError
from submissions.sandbox.reading import identifier, mapping, moment, nonsense, number, percent, same_url, sequence, text
from submissions.verdicts import ORDER, Verdict, worst

FINISHED = "finished"
WORDS = {word.value: word for word in (Verdict.MALICIOUS, Verdict.SUSPICIOUS, Verdict.UNKNOWN, Verdict.CLEAN)}
RUNS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class JoeAnalysis:
    """One analysis of a submission. `sha256` is empty for a URL, whose address then stands in `name`."""

    webid: str
    status: str
    verdict: Verdict
    score: int | None
    name: str
    sha256: str
    comments: str
    threat_name: str
    tags: tuple[str, ...]
    runs: tuple[dict[str, object], ...]
    analysed_at: datetime | None

    def is_about(self, sample: Sample) -> bool:
        if sample.url:
            return not self.sha256 and (same_url(self.name, sample.url) or self.carries(sample.key))
        return self.sha256 == sample.digest

    def carries(self, key: str) -> bool:
        return bool(key) and key in self.comments

    @property
    def run_errors(self) -> tuple[str, ...]:
        return tuple(f"{run['system']}: {run['error']}" for run in self.runs if run["error"])


def word_of(raw: dict[str, object]) -> Verdict:
    """The verdict by Joe's own word, never by the score: its thresholds are not fixed."""
    return WORDS.get(text(raw, "detection").lower(), Verdict.UNKNOWN)


def _run(raw: dict[str, object]) -> dict[str, object]:
    return {
        "system": text(raw, "system"),
        "detection": text(raw, "detection"),
        "score": percent(number(raw, "score")),
        "error": text(raw, "error"),
    }


def read_analysis(value: object) -> JoeAnalysis:
    raw = mapping(value, "analysis")
    runs = [mapping(run, "run") for run in sequence(raw.get("runs") or [], "runs")]
    tags = [tag for tag in sequence(raw.get("tags") or [], "tags") if isinstance(tag, str)]
    return JoeAnalysis(
        webid=identifier(raw, "webid"),
        status=text(raw, "status") or FINISHED,
        verdict=word_of(raw),
        score=percent(number(raw, "score")),
        name=text(raw, "filename"),
        sha256=text(raw, "sha256").lower(),
        comments=text(raw, "comments"),
        threat_name=text(raw, "threatname"),
        tags=tuple(tags[:RUNS_SHOWN]),
        runs=tuple(_run(run) for run in runs[:RUNS_SHOWN]),
        analysed_at=moment(raw, "time"),
    )


def read_submission(answer: object, *, reference: str) -> list[JoeAnalysis] | None:
    """The analyses of our finished submission, None while it runs."""
    data = mapping(answer, "submission")
    if identifier(data, "submission_id") != reference:
        raise nonsense("this is another submission")
    status = data.get("status")
    if not isinstance(status, str):
        raise nonsense("status is no text")
    if status != FINISHED:
        return None
    analyses = [read_analysis(item) for item in sequence(data.get("analyses"), "analyses")]
    if any(analysis.status != FINISHED for analysis in analyses):
        return None
    relevant = data.get("most_relevant_analysis")
    if relevant is not None:
        analyses = _with_relevant(analyses, mapping(relevant, "most_relevant_analysis"))
    return analyses


def _with_relevant(analyses: list[JoeAnalysis], relevant: dict[str, object]) -> list[JoeAnalysis]:
    """Where the summary and the analysis disagree, the worse word counts."""
    webid, word = identifier(relevant, "webid"), word_of(relevant)
    if webid not in {analysis.webid for analysis in analyses}:
        raise nonsense("the most relevant analysis is not among the analyses")
    return [
        replace(analysis, verdict=worst((analysis.verdict, word))) if analysis.webid == webid else analysis
        for analysis in analyses
    ]


def judged(analysis: JoeAnalysis) -> Verdict:
    """Its word, where a run that could not run takes away a `clean`, and no run at all is a failure."""
    if analysis.runs and len(analysis.run_errors) == len(analysis.runs):
        return Verdict.FAILED if analysis.verdict in (Verdict.CLEAN, Verdict.UNKNOWN) else analysis.verdict
    if analysis.run_errors:
        return worst((analysis.verdict, Verdict.UNKNOWN))
    return analysis.verdict


def _single(analysis: JoeAnalysis, web_url: str) -> Report:
    named = analysis.threat_name.lower() not in ("", "unknown", "none")
    return Report(
        verdict=judged(analysis),
        score=analysis.score,
        threat_names=(analysis.threat_name,) if named else (),
        reasons=tuple(Reason("joe-run-error", f"Could not run on {error}") for error in analysis.run_errors),
        tags=analysis.tags,
        report_url=f"{web_url}/analysis/{analysis.webid}/0/html" if web_url else "",
        external_ids=(analysis.webid,),
        runs=analysis.runs,
        analysed_at=analysis.analysed_at,
    )


def _part(analysis: JoeAnalysis, web_url: str) -> Part:
    url_digest = hashlib.sha256(analysis.name.encode("utf-8", "surrogatepass")).hexdigest()
    return Part(
        kind="file" if analysis.sha256 else "url",
        name=analysis.name,
        digest=analysis.sha256 or url_digest,
        report=_single(analysis, web_url),
    )


def report_on(sample: Sample, analyses: Sequence[JoeAnalysis], *, web_url: str) -> Report:
    """The report on our sample out of all its analyses: the worst of them decides.

    An analysis counts when its digest or URL is ours or when it carries our key. One that carries the key
    under another digest, though the sample is no mail or archive, may accuse but never acquit.
    """
    if not analyses:
        raise SandboxError("Joe Sandbox finished without any analysis", kind="analysis", permanent=True)
    others = [one for one in analyses if not one.is_about(sample)]
    if not all(one.carries(sample.key) for one in others):
        raise nonsense("the verdict is about something else than what was submitted")
    report = _combined([_single(analysis, web_url) for analysis in analyses])
    if sample.is_container:
        return replace(report, parts=tuple(_part(one, web_url) for one in others))
    return replace(report, verdict=worst((report.verdict, Verdict.UNKNOWN))) if others else report


def _combined(singles: Sequence[Report]) -> Report:
    decisive = min(singles, key=lambda one: (ORDER.index(one.verdict), -(one.score or 0)))
    if all(one.verdict is Verdict.FAILED for one in singles):
        words = "; ".join(reason.words for reason in decisive.reasons)
        raise SandboxError(f"Joe Sandbox could not analyse it: {words}", kind="analysis", permanent=True)
    ids = [*decisive.external_ids, *(webid for one in singles for webid in one.external_ids)]
    return replace(
        decisive,
        verdict=decisive.verdict if decisive.verdict is not Verdict.FAILED else Verdict.UNKNOWN,
        threat_names=tuple(dict.fromkeys(name for one in singles for name in one.threat_names)),
        reasons=tuple(reason for one in singles for reason in one.reasons),
        tags=tuple(dict.fromkeys(tag for one in singles for tag in one.tags)),
        external_ids=tuple(dict.fromkeys(ids)),
        runs=tuple(run for one in singles for run in one.runs)[:RUNS_SHOWN],
    )
