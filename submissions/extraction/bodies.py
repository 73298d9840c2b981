"""What a person reads of a mail: which leaves are its text, and that text as lines."""

import re
from collections.abc import Sequence

from submissions.extraction import charsets
from submissions.extraction.legacy import Block
from submissions.extraction.mime import Part
from submissions.extraction.visible_text import visible_text

_PLAIN = ("text/plain", "text/enriched", "text/richtext", "text", "")
_HTML = ("text/html", "text/x-amp-html", "text/watch-html", "application/xhtml+xml")
_LOOKS_HTML = re.compile(r"<(?:!doctype html|html|body|table|div|a\s)", re.IGNORECASE)
_FIRST, _SHOWN = 20_000, 2000
_SOFT = re.compile(r"(?<=[^\s>-]) \r?\n(?!>|-- ?\r?$)")
_SOFT_DELETED = re.compile(r" \r?\n(?!>|-- ?\r?$)")


def is_body(part: Part) -> bool:
    """Whether the leaf is text of the mail itself, not an attachment."""
    if part.kind != "part":
        return part.kind != "unparsed"
    return part.type in _PLAIN + _HTML and not part.names and part.disposition.main != "attachment"


def is_html(part: Part, text: str) -> bool:
    return part.type in _HTML or (part.type != "text/plain" and _LOOKS_HTML.search(text[:2000]) is not None)


def texts(part: Part, most: int, blocks: Sequence[Block] = ()) -> tuple[str, ...]:
    """Every reading of the text, each at most `most` bytes long, without the `blocks` that are files encoded in it."""
    content = _without(blocks, part.content)[:most]
    found = charsets.readings(content, part.charset)
    if part.other:
        found += charsets.readings(part.other[:most], part.charset)
    if part.parameters.get("format").lower() == "flowed":
        found = tuple(_unflowed(text, part.parameters.get("delsp").lower() == "yes") for text in found)
    # Clients do not show NULs; left in, they would cut a link in two.
    return tuple(dict.fromkeys(text.replace("\x00", "") for text in found))


def beginning(text: str, *, html: bool) -> str:
    """The first words that a person reads."""
    return (visible_text(text[:_FIRST]) if html else text[:_FIRST]).strip()[:_SHOWN]


def _without(blocks: Sequence[Block], content: bytes) -> bytes:
    kept, position = [], 0
    for block in blocks:
        if block.start >= position:
            kept.append(content[position : block.start])
            position = block.end
    return b"".join([*kept, content[position:]]) if kept else content


def _unflowed(text: str, delete_space: bool) -> str:
    """Soft line breaks joined (RFC 3676): a URL that was cut in two is whole again."""
    return _SOFT_DELETED.sub("", text) if delete_space else _SOFT.sub(" ", text)
