"""The HTML of a mail: what administrators may write, and what is made from the plain text."""

import re
from functools import lru_cache
from html import escape

from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner

from notifications.kinds import TABLE

TAGS = frozenset((
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "hr", "i", "li", "ol", "p", "pre", "s",
    "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
))  # fmt: skip
STYLES = [
    "background-color", "border", "border-bottom", "border-left", "border-right", "border-top", "border-radius",
    "color", "direction", "font-size", "font-style", "font-weight", "letter-spacing", "line-height", "margin",
    "margin-bottom", "margin-left", "margin-right", "margin-top", "padding", "padding-bottom", "padding-left",
    "padding-right", "padding-top", "text-align", "text-decoration", "text-transform", "vertical-align",
    "white-space", "width",
]  # fmt: skip
CELLS = frozenset(("td", "th"))
LINKS = ("{{submission_url}}", "{{report_url}}")
NUMBERED = re.compile(r"\d{1,2}[.)] ")
ONLY_TABLE = re.compile(r"\{\{\s*" + TABLE + r"\s*\}\}")


def may_stand(tag: str, name: str, value: str) -> bool:
    """Whether the attribute is kept. Placeholders stand in attributes only as the whole of a link."""
    if name == "href":
        return tag == "a" and (
            value in LINKS or (value.lower().startswith(("https://", "mailto:")) and "{{" not in value)
        )
    if "{{" in value or "<" in value or ">" in value:
        return False
    if name in ("colspan", "rowspan"):
        return tag in CELLS and value.isdigit() and int(value) <= 20
    if name == "align":
        return value in ("left", "right", "center")
    return name == "style" or (name == "dir" and value in ("ltr", "rtl"))


@lru_cache(maxsize=128)
def cleaned(html: str) -> str:
    """The HTML with everything taken out that may not stand in a mail of ours."""
    # A cleaner holds state while it works: one for each call keeps threads apart.
    styles = CSSSanitizer(allowed_css_properties=STYLES)
    cleaner = Cleaner(tags=TAGS, attributes=may_stand, protocols=["https", "mailto"], strip=True, css_sanitizer=styles)
    return str(cleaner.clean(html))


@lru_cache(maxsize=128)
def from_text(text: str) -> str:
    """Plain text with placeholders as HTML with the same placeholders: paragraphs, numbered lists, tables."""
    paragraphs = re.split(r"\n{2,}", text.strip().replace("\r\n", "\n"))
    return "\n".join(paragraph(part.split("\n")) for part in paragraphs if part.strip())


def paragraph(lines: list[str]) -> str:
    """One paragraph; a numbered list or a table in it stands apart, the line above it becomes its heading."""
    start = next(
        (at for at, line in enumerate(lines) if NUMBERED.match(line) or ONLY_TABLE.fullmatch(line.strip())), None
    )
    if start is None:
        return f"<p>{'<br>'.join(escape(line, quote=False) for line in lines)}</p>"
    heading = "<br>".join(escape(line, quote=False) for line in lines[:start])
    above = f"<h2>{heading}</h2>" if heading else ""
    first, *rest = lines[start:]
    if not NUMBERED.match(first):
        return f"{above}{first.strip()}" + (paragraph(rest) if rest else "")
    end = next((at for at, line in enumerate(lines[start:]) if not NUMBERED.match(line)), len(lines) - start)
    steps = "".join(f"<li>{escape(line.split(' ', 1)[1], quote=False)}</li>" for line in lines[start : start + end])
    rest = lines[start + end :]
    return f"{above}<ol>{steps}</ol>" + (paragraph(rest) if rest else "")
