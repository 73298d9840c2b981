"""A sandbox's report as a file, fetched for a person: through the limiter, within a size limit, told in the audit."""

from submissions import gates, sandboxes
from submissions.models import Analysis
from submissions.sandbox.base import Download, Downloads, Sandbox, SandboxError


def adapter(row: Analysis) -> Sandbox:
    """The sandbox that has more on this analysis than its word. Raises SandboxError when it has not."""
    if row.state != Analysis.State.FINISHED or not row.external_ids:
        raise SandboxError("the sandbox keeps nothing on it", kind="unsupported", permanent=True)
    return sandboxes.sandbox(row.sandbox, row.profile)


def report(row: Analysis, wanted: str, actor: str) -> Download:
    """One report, at most 64 MiB. Raises SandboxError, also for one that is larger or that there is none of."""
    asked = adapter(row)
    if not isinstance(asked, Downloads) or wanted not in asked.report_formats:
        raise SandboxError("there is no such report", kind="unsupported", permanent=True)
    keeper = asked
    found = gates.ask(
        sandboxes.profile(row.sandbox, row.profile), asked, lambda: keeper.download(row.external_ids[0], wanted)
    )
    row.tell("report-downloaded", wanted, actor=actor)
    return found
