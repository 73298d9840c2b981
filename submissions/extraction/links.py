"""Links in texts and HTML."""

import html as entities
import re

from submissions.extraction.types import Link

_URL = re.compile(r"(?:https?|ftp)://[^\s<>\"'\]]{1,8000}", re.IGNORECASE)
_HREF = re.compile(r"(?:href|src|action)\s*=\s*[\"']([^\"'<>]{1,8000})", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")


def html_links(html: str) -> list[Link]:
    """Links of the attributes and of the text of an HTML document."""
    found = [Link(entities.unescape(url), "a[href]") for url in _HREF.findall(html)]
    return found + [Link(entities.unescape(url), "text") for url in _URL.findall(html)]


def text_links(text: str) -> list[Link]:
    """Links that stand in a plain text."""
    return [Link(url.rstrip(".,;:!?)"), "text") for url in _URL.findall(text)]


def visible_text(html: str) -> str:
    """The words of an HTML document."""
    return entities.unescape(_TAG.sub(" ", html))
