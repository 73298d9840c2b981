"""Which reports a page can offer."""

from django import template

from submissions import downloads
from submissions.models import Analysis

register = template.Library()


@register.filter
def report_formats(row: Analysis) -> tuple[str, ...]:
    return downloads.formats(row)
