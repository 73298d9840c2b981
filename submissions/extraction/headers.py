"""The header block of a mail or of a part, read in linear time from any bytes.

Python's own `email.policy.default` costs seconds on hostile headers and raises on some; this reader caps
first, never raises and is used in the fetching process too (RFC 5322 section 2.2, with its usual breaches).
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from submissions.extraction import encoded_words
from submissions.extraction.types import Limits

_FIELD = re.compile(
    rb"([!-9;-~\x80-\xff]{1,200})[ \t]*:(?!//)([^\r\n]*(?:(?:\r\n|\n|\r)[ \t][^\r\n]*)*)(?:\r\n|\n|\r|\Z)"
)
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_BLANK = re.compile(rb"\r\n|\n|\r")
_BEFORE_MAIL = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*(?:\r\n|\n|\r))*(?:>?From [^\r\n]*(?:\r\n|\n|\r))?")
_CHARSET = re.compile(rb"charset\s*=\s*\"?([\w.:-]{1,40})", re.IGNORECASE)
_OF_ADDRESSES = {"from", "to", "cc", "bcc", "sender", "reply-to", "return-path", "resent-from", "resent-to"}


class Headers(NamedTuple):
    """The fields of one header block.

    `raw_items` are (name as written, value bytes with folding), cut at `Limits.header` bytes each and at
    `Limits.headers` fields; `body_at` is the offset in bytes where the body starts; `problems` are codes of
    limits that were hit: limit-header, limit-headers, limit-header-block. `by_name` has the values under their
    names in small letters.
    """

    raw_items: tuple[tuple[str, bytes], ...] = ()
    body_at: int = 0
    problems: tuple[str, ...] = ()
    by_name: Mapping[str, tuple[bytes, ...]] = {}

    def raw_values(self, name: str) -> tuple[bytes, ...]:
        return self.by_name.get(name.lower(), ())

    def get_all(self, name: str) -> tuple[str, ...]:
        """Every value of the field, decoded (RFC 2047, raw 8-bit), each on one line."""
        return tuple(self._decoded(name, value) for value in self.raw_values(name))

    def get(self, name: str) -> str:
        """The first value of the field, decoded; empty when there is none."""
        values = self.by_name.get(name.lower())
        return self._decoded(name, values[0]) if values else ""

    def _decoded(self, name: str, value: bytes) -> str:
        in_addresses = name.lower() in _OF_ADDRESSES
        return encoded_words.decode(value, charset=self._charset(value), in_addresses=in_addresses)

    def _charset(self, value: bytes) -> str:
        """Raw 8-bit values that are not UTF-8 are mostly in the charset of the body."""
        if value.isascii():
            return ""
        for content_type in self.raw_values("content-type"):
            if match := _CHARSET.search(content_type):
                return match[1].decode("ascii")
        return ""


def read_headers(raw: bytes, limits: Limits = Limits()) -> Headers:  # noqa: B008  (frozen)
    """The headers of a mail: a mark of byte order, empty lines and an mbox `From ` line before them are skipped."""
    start = _BEFORE_MAIL.match(raw[: limits.header_block])
    return read_block(raw, limits, start=start.end() if start else 0)


def read_block(raw: bytes, limits: Limits, *, start: int = 0) -> Headers:
    """The headers that begin at `start`; they end at the first empty line or where no header can be meant."""
    block = raw[start : start + limits.header_block]
    fields: list[tuple[bytes, bytes]] = []
    position, length = 0, len(block)
    while position < length:
        if match := _FIELD.match(block, position):
            fields.append((match[1], match[2]))
            position = match.end()
        elif (skipped := _skip_junk(block, position)) is not None:
            position = skipped
        else:
            break
    kept = fields[: limits.headers]
    hit = {
        "limit-header": max((len(value) for _, value in kept), default=0) > limits.header,
        "limit-headers": len(fields) > len(kept),
        "limit-header-block": position >= length and start + length < len(raw),
    }
    items = tuple((name.decode("latin-1"), value[: limits.header].strip()) for name, value in kept)
    blank = _BLANK.match(raw, start + position)
    body_at = blank.end() if blank else start + position
    return Headers(items, body_at, tuple(code for code, is_hit in hit.items() if is_hit), _by_name(items))


def _by_name(items: Iterable[tuple[str, bytes]]) -> dict[str, tuple[bytes, ...]]:
    by_name: dict[str, tuple[bytes, ...]] = {}
    for name, value in items:
        key = name.lower()
        by_name[key] = (*by_name[key], value) if key in by_name else (value,)
    return by_name


def _skip_junk(block: bytes, position: int) -> int | None:
    """Where the headers go on after a line that is none, or None when the body starts here."""
    if _BLANK.match(block, position):
        return None
    line = _LINE.match(block, position)
    end = line.end() if line else len(block)
    following = _FIELD.match(block, end)
    return end if following and end < len(block) else None
