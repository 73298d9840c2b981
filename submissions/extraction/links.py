"""Links of a body: `html_links` of HTML, `text_links` of plain text, `visible_text` for what a reader sees."""

from submissions.extraction.html_links import html_links
from submissions.extraction.text_links import text_links
from submissions.extraction.visible_text import visible_text

__all__ = ["html_links", "text_links", "visible_text"]
