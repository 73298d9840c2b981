"""What a page can offer to fetch from the sandbox."""

from django import template

from submissions import downloads
from submissions.models import Analysis
from submissions.sandbox.base import Downloads, SandboxError, Shows

register = template.Library()


@register.filter
def offered(row: Analysis) -> dict[str, object]:
    """The formats of its report, and whether its screenshots and indicators are still to be fetched."""
    try:
        adapter = downloads.adapter(row)
    except SandboxError:
        return {}
    formats = adapter.report_formats if isinstance(adapter, Downloads) else ()
    return {"formats": formats, "evidence": not row.evidence and isinstance(adapter, Shows)}
