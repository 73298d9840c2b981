"""Links in calendar invites."""

from submissions.extraction.links import text_links
from submissions.extraction.types import Link


def calendar_links(text: str) -> list[Link]:
    """Links of an invite, its folded lines joined (RFC 5545 section 3.1)."""
    return text_links(text.replace("\r\n ", "").replace("\n ", ""))
