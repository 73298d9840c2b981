"""What a file of text holds: a page with all it carries, an invite, a script, or plain words."""

from submissions.extraction.barcodes import links_of
from submissions.extraction.drawn_codes import drawn_codes
from submissions.extraction.file_types import extension
from submissions.extraction.html_links import html_links
from submissions.extraction.html_source import with_own_entities
from submissions.extraction.inside import is_opened
from submissions.extraction.invites import calendar_links
from submissions.extraction.scripts import SCRIPTS, script_links
from submissions.extraction.smuggling import smuggled
from submissions.extraction.text_links import text_links
from submissions.extraction.types import Inside, Link

_DECLARED_HTML = ("text/html", "application/xhtml+xml")
_HTML = (*_DECLARED_HTML, "image/svg+xml", "application/hta", "text/xml", "application/xml")
_PAGES = ("htm", "html", "shtml", "xhtml", "svg")
_CONTENT_LINES = ("text/calendar", "text/vcard")
_TEXTS = ("application/x-desktop", "application/x-java-jnlp-file", "application/json")


def is_text(file_type: str, declared: str) -> bool:
    """Whether it is to be read as text; what the mail declares is believed only where the content says nothing."""
    if file_type in _HTML + _TEXTS or file_type.startswith(("text/", "message/")):
        return True
    return not is_opened(file_type) and (declared in _DECLARED_HTML or declared.startswith("text/"))


def opens_as_page(declared: str, name: str) -> bool:
    """Whether a browser shows it as a page, whatever its first bytes look like: `GIF89a` may stand before the tags."""
    return declared in _DECLARED_HTML or extension(name) in _PAGES


def read_text(text: str, file_type: str, declared: str, *, as_page: bool) -> Inside:
    """The links and files in a text; `as_page` says that a browser shows it as HTML."""
    if file_type in _HTML or as_page:
        return _markup(with_own_entities(text))
    return Inside(links=tuple(_links(text, file_type, declared)))


def _markup(text: str) -> Inside:
    inside = smuggled(text)
    drawn = links_of(drawn_codes(text, html=True), "qr")
    return inside._replace(links=(*html_links(text), *inside.links, *drawn))


def _links(text: str, file_type: str, declared: str) -> list[Link]:
    if file_type in _CONTENT_LINES or declared in _CONTENT_LINES:
        return calendar_links(text)
    return script_links(text, file_type) if file_type in SCRIPTS else text_links(text)
