"""The built-in static engine: a file or a link in, a verdict with its reasons out. No clock, no network.

It runs nothing and looks nothing up, so it never says that something is safe: its best word is that
static checks found no threats, and what it cannot look into is unknown.
"""

from submissions.sandbox.base import Report, Sample
from submissions.sandbox.static import wire
from submissions.sandbox.static.files import Search, file_findings
from submissions.sandbox.static.findings import FileExam, report
from submissions.sandbox.static.links import link_findings
from submissions.sandbox.static.settings import Settings
from submissions.sandbox.static.yara_rules import OWN_RULES, compiled

read_report = wire.read_report

_DEFAULTS = Settings()


def judge(sample: Sample, settings: Settings = _DEFAULTS) -> Report:
    """The report on one file or link. Never raises, whatever the bytes."""
    if sample.url:
        return report(link_findings(sample.url, sample.notes, settings))
    exam = FileExam(sample.content or b"", sample.type, sample.name, sample.password, sample.notes)
    return report(file_findings(exam, _search(settings)))


def _search(settings: Settings) -> Search:
    if not settings.yara:
        return Search()
    rules, complaints = compiled(settings.yara)
    return Search(rules=(OWN_RULES, rules), complaints=complaints)


def analyse_wire(payload: bytes) -> bytes:
    """The job `static` of the jail: what `wire.request` made in, what `read_report` reads out."""
    return wire.write_report(judge(*wire.read_request(payload)))
