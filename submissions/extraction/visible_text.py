"""The text of an HTML document as a reader sees it, block by block."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from submissions.extraction.html_taming import tame

UNSEEN = ["script", "style", "title", "template"]
_INLINE = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr o:p q s samp small span"
    " st1:place strike strong sub sup time tt u var wbr -text -comment"
)
INLINE = frozenset(_INLINE.split())
CELLS = frozenset({"td", "th"})
AS_TYPED = frozenset({"pre", "textarea", "listing", "xmp", "plaintext"})
# Line ends of the source are blanks; those that are shown are written with these marks first.
BLOCK, CELL = "\x1e", "\x1f"
KEPT = str.maketrans({"\n": BLOCK, "\r": None, "\t": CELL})
LINE_BLANKS = re.compile(r"[ \t]*\n[ \t]*")
EMPTY_LINES = re.compile(r"\n{3,}")


def visible_text(html: str) -> str:
    """The text without markup, scripts and styles: blocks on lines of their own, cells apart, blanks as shown."""
    text = LINE_BLANKS.sub("\n", text_of(parsed(html)))
    return EMPTY_LINES.sub("\n\n", text).strip()


def parsed(html: str) -> LexborHTMLParser:
    """A tree of `html`, built in linear time whatever its shape."""
    return LexborHTMLParser(tame(html).encode("utf-8", "replace"))


def text_of(tree: LexborHTMLParser) -> str:
    """The text of a parsed document, from which scripts and styles are removed for it, with all its line ends."""
    tree.strip_tags(UNSEEN)
    node: LexborNode | None = tree.root
    written: list[str] = []
    typed = tree.css_first("pre,textarea,listing,xmp,plaintext") is not None
    while node is not None:
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            written.append(text.translate(KEPT) if typed and _is_as_typed(node) else text)
        elif tag not in INLINE:
            written.append(CELL if tag in CELLS else BLOCK)
        node = node.child or _next(node, written)
    text = "".join(written)
    for blank in "\t\r\n\f":
        text = text.replace(blank, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.replace(BLOCK, "\n").replace(CELL, "\t")


def _is_as_typed(node: LexborNode) -> bool:
    """Whether line ends of this text are shown; a few elements around it are looked at, as no mail needs more."""
    above = node.parent
    for _ in range(8):
        if above is None or above.tag in AS_TYPED:
            return above is not None
        above = above.parent
    return False


def _next(node: LexborNode | None, written: list[str]) -> LexborNode | None:
    """The node after this one in the order of the document, with a line end for every block left on the way."""
    while node is not None and node.next is None:
        node = node.parent
        if node is not None and node.tag not in INLINE:
            written.append(BLOCK)
    return None if node is None else node.next
