"""A sandbox's report as a file, fetched for a person: through the limiter, within a size limit, told in the audit."""

from submissions import gates, sandboxes
from submissions.models import Analysis
from submissions.sandbox.base import Download, Downloads, SandboxError


def formats(row: Analysis) -> tuple[str, ...]:
    """The kinds of reports that can be fetched on this analysis."""
    if row.state != Analysis.State.FINISHED or not row.external_ids:
        return ()
    try:
        adapter = sandboxes.sandbox(row.sandbox, row.profile)
    except SandboxError:
        return ()
    return adapter.report_formats if isinstance(adapter, Downloads) else ()


def report(row: Analysis, wanted: str, actor: str) -> Download:
    """One report, at most 64 MiB. Raises SandboxError, also for one that is larger or that there is none of."""
    profile = sandboxes.profile(row.sandbox, row.profile)
    adapter = sandboxes.built(profile)
    if wanted not in formats(row) or not isinstance(adapter, Downloads):
        raise SandboxError("there is no such report", kind="unsupported", permanent=True)
    fetched = adapter
    found = gates.ask(profile, adapter, lambda: fetched.download(row.external_ids[0], wanted))
    row.tell("report-downloaded", wanted, actor=actor)
    return found
