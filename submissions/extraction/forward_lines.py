"""A text, or the source of an HTML document, as the lines a reader sees, each with its place in the source."""

import html as entities
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from submissions.extraction.hosts import INVISIBLE

MOST_LINES = 5000
LONGEST_LINE = 20_000
LONGEST_SOURCE = 1024 * 1024

# Quote marks, and what they stand before.
_LINE = re.compile(r"(?:[ \t]{0,4}+((?:[>|][ \t]?+){1,20}+))?+([^\r\n]*+)(?:\r\n|\n|\r|\Z)")
_TOKEN = re.compile(r"<(?:!--.*?(?:-->|\Z)|[!?][^>]*>?|(/?)([a-zA-Z][a-zA-Z0-9:]*)([^>]*)>?)|[^<]+|<", re.DOTALL)
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
_UNSEEN = re.compile(f"[{''.join(map(chr, INVISIBLE))}]")
_RAW = frozenset({"script", "style", "title", "textarea", "xmp", "noscript", "template"})
_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr o:p q s samp small span"
    " st1:place strike strong sub sup time tt u var wbr img"
)
_INLINE = frozenset(_INLINE_TAGS.split())
_HOLDERS = frozenset({"div", "blockquote", "section", "span", "table", "article", "hr", "p"})
_WRAPPER_WORDS = (
    "gmail_quote gmail_attr divrplyfwdmsg appendonsend mail-editor-reference-message moz-forward-container"
    " moz-email-headers-table yahoo_quoted protonmail_quote zmail_extra isforwardcontent forwardcontent forwardintro"
    " outlookmessageheader missive_quote hs_reply ik_mail_quote orimsghtmlsep __headers__ zwchr origbody spark_quote"
    ' olk_src_body_section name="quote" type="cite" type=cite border-top:solid'
)
_WRAPPERS = (*_WRAPPER_WORDS.split(), "border-top: solid")


@dataclass(slots=True)
class Wrapper:
    """An element that mail programs put around what they quote; `end` is where it closes, 0 when it never does."""

    name: str
    start: int
    end: int = 0


class Line(NamedTuple):
    """`text` has no quote marks, bold marks or invisible characters; `start` is its offset in the source.

    `depth` counts quote marks or blockquotes; `wrapper` opens right before the line.
    """

    text: str
    start: int
    depth: int = 0
    wrapper: Wrapper | None = None


def text_lines(text: str) -> list[Line]:
    lines: list[Line] = []
    for match in islice(_LINE.finditer(text[:LONGEST_SOURCE]), MOST_LINES):
        quotes, content = match.groups()
        depth = quotes.count(">") + quotes.count("|") if quotes else 0
        lines.append(Line(cleaned(content[:LONGEST_LINE]), match.start(), depth))
    return lines


def cleaned(text: str) -> str:
    """Without invisible characters and the stars of bold text; blanks at the ends are gone, tabs kept inside."""
    if not text.isascii():
        text = text.replace("\u00a0", " ")
        text = text.translate(INVISIBLE) if _UNSEEN.search(text) else text
    return text.replace("*", "").strip() if text.count("*") > 1 else text.strip()


def html_lines(source: str) -> list[Line]:
    """The lines of an HTML document up to a limit; what is not shown (scripts, styles, comments) is left out."""
    source = source[:LONGEST_SOURCE]
    lowered = source.lower()
    page = _Page(tuple(word for word in _WRAPPERS if word in lowered))
    until = ""
    for token in _TOKEN.finditer(source):
        tag = (token[2] or "").lower()
        if until:
            until = "" if tag == until and token[1] else until
        elif not tag:
            page.text(token)
        elif token[1]:
            page.close(tag, token)
        else:
            page.open(tag, token)
            until = tag if tag in _RAW and not (token[3] or "").endswith("/") else ""
        if len(page.lines) >= MOST_LINES:
            break
    page.end_line(len(source), force=False)
    return page.lines


@dataclass(slots=True)
class _Page:
    """The page so far; `wrappers` are the words that mark one, of those that occur in the page at all."""

    wrappers: tuple[str, ...]
    lines: list[Line] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _start: int = -1
    _depth: int = 0
    _typed: int = 0
    _wrapper: Wrapper | None = None
    _open: dict[str, list[Wrapper | None]] = field(default_factory=dict)

    def text(self, token: re.Match[str]) -> None:
        shown = token[0]
        if shown.startswith(("<!", "<?")):
            return
        shown = entities.unescape(shown) if "&" in shown else shown
        if self._typed and "\n" in shown:
            first, *others = shown.split("\n", MOST_LINES)
            self._add(first, token.start())
            for other in others:
                self.end_line(token.start(), force=True)
                self._add(other, token.start())
        else:
            self._add(_BLANKS.sub(" ", shown), token.start())

    def _add(self, shown: str, start: int) -> None:
        if self._start < 0 and shown.strip():
            self._start = start
        self._pieces.append(shown)

    def open(self, tag: str, token: re.Match[str]) -> None:
        if tag == "br":
            self.end_line(token.start(), force=True)
            return
        if tag in ("td", "th"):
            self._pieces.append("\t")
            return
        if tag in _HOLDERS:
            self._hold(tag, token)
        if tag not in _INLINE:
            self.end_line(token.start(), force=False)
        self._typed += tag == "pre"
        self._depth += tag == "blockquote"

    def _hold(self, tag: str, token: re.Match[str]) -> None:
        attributes = token[3].lower() if self.wrappers else ""
        name = next((word for word in self.wrappers if word in attributes), "")
        wrapper = Wrapper(name, token.start()) if name else None
        if wrapper is None and tag in ("blockquote", "hr"):
            wrapper = Wrapper(tag, token.start())
        if wrapper is not None:
            self.end_line(token.start(), force=False)
            self._wrapper = wrapper if self._wrapper is None or self._wrapper.name == "hr" else self._wrapper
        if tag != "hr":
            self._open.setdefault(tag, []).append(wrapper)

    def close(self, tag: str, token: re.Match[str]) -> None:
        if tag in _INLINE and tag != "span":
            return
        waiting = self._open.get(tag)
        wrapper = waiting.pop() if waiting else None
        if tag not in _INLINE and tag not in ("td", "th"):
            self.end_line(token.start(), force=False)
        if wrapper is not None:
            wrapper.end = token.end()
        self._typed -= tag == "pre" and self._typed > 0
        self._depth -= tag == "blockquote" and self._depth > 0

    def end_line(self, at: int, *, force: bool) -> None:
        """A line is written when it has text, or, with `force`, also when it is empty; then it stands at `at`."""
        shown = cleaned("".join(self._pieces)[:LONGEST_LINE])
        self._pieces.clear()
        if not shown and (not force or (self.lines and not self.lines[-1].text)):
            return
        start = self._start if self._start >= 0 else at
        self.lines.append(Line(shown, start, self._depth, self._wrapper if shown else None))
        self._start = -1
        if shown:
            self._wrapper = None
