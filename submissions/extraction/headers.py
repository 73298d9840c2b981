"""The header block of a mail or of a part, read in linear time from any bytes.

Python's own `email.policy.default` costs seconds on hostile headers and raises on some; this reader caps
first, never raises and is used in the fetching process too (RFC 5322 section 2.2, with its usual breaches).
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from submissions.extraction import encoded_words
from submissions.extraction.types import Limits

# What is no line break is said by what it is: that takes half the time of `[^\r\n]`.
_TEXT = rb"[\x00-\t\v\f\x0e-\xff]*+"
_BREAK = rb"(?:\r\n|\n|\r)"
_END = rb"(?:\r\n|\n|\r|\Z)"
_FIELD = re.compile(
    rb"([!-9;-~\x80-\xff]{1,200}+)[ \t]*+:(?!//)(" + _TEXT + rb"(?:" + _BREAK + rb"[ \t]" + _TEXT + rb")*+)" + _END
)
_LINE = re.compile(_TEXT + _END)
_BLANK = re.compile(rb"\r\n|\n|\r")
_BEFORE_MAIL = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*(?:\r\n|\n|\r))*(?:>?From [^\r\n]*(?:\r\n|\n|\r))?")
_CHARSET = re.compile(rb"charset\s*=\s*\"?([\w.:-]{1,40})", re.IGNORECASE)
_OF_ADDRESSES = {"from", "to", "cc", "bcc", "sender", "reply-to", "return-path", "resent-from", "resent-to"}


class Headers(NamedTuple):
    """The fields of one header block.

    `raw_items` are (name as written, value bytes with folding), cut at `Limits.header` bytes each and at
    `Limits.headers` fields; `body_at` is the offset in bytes where the body starts; `problems` are codes of
    limits that were hit: limit-header, limit-headers, limit-header-block. `by_name` has the values under their
    names in small letters, by which all are asked for.
    """

    raw_items: tuple[tuple[str, bytes], ...] = ()
    body_at: int = 0
    problems: tuple[str, ...] = ()
    by_name: Mapping[str, tuple[bytes, ...]] = {}

    def raw_values(self, name: str) -> tuple[bytes, ...]:
        return self.by_name.get(name, ())

    def get_all(self, name: str) -> tuple[str, ...]:
        """Every value of the field, decoded (RFC 2047, raw 8-bit), each on one line."""
        return tuple([self._decoded(name, value) for value in self.by_name.get(name, ())])

    def get(self, name: str) -> str:
        """The first value of the field, decoded; empty when there is none."""
        values = self.by_name.get(name)
        return self._decoded(name, values[0]) if values else ""

    def _decoded(self, name: str, value: bytes) -> str:
        charset = "" if value.isascii() else self._charset()
        return encoded_words.decode(value, charset=charset, in_addresses=name in _OF_ADDRESSES)

    def _charset(self) -> str:
        """Raw 8-bit values that are not UTF-8 are mostly in the charset of the body."""
        for content_type in self.raw_values("content-type"):
            if match := _CHARSET.search(content_type):
                return match[1].decode("ascii")
        return ""


def read_headers(raw: bytes, limits: Limits = Limits()) -> Headers:  # noqa: B008  (frozen)
    """The headers of a mail: a mark of byte order, empty lines and an mbox `From ` line before them are skipped."""
    start = _BEFORE_MAIL.match(raw, 0, limits.header_block)
    return read_block(raw, limits, start=start.end() if start else 0)


def read_block(raw: bytes, limits: Limits, *, start: int = 0) -> Headers:
    """The headers that begin at `start`; they end at the first empty line or where no header can be meant."""
    stop = min(start + limits.header_block, len(raw))
    fields: list[tuple[bytes, bytes]] = []
    position = start
    while position < stop:
        if match := _FIELD.match(raw, position, stop):
            fields.append((match[1], match[2]))
            position = match.end()
        elif (skipped := _skip_junk(raw, position, stop)) is not None:
            position = skipped
        else:
            break
    kept = fields[: limits.headers]
    hit = {
        "limit-header": position - start > limits.header and any(len(value) > limits.header for _, value in kept),
        "limit-headers": len(fields) > len(kept),
        "limit-header-block": stop <= position and stop < len(raw),
    }
    items = tuple([(name.decode("latin-1"), value[: limits.header].strip()) for name, value in kept])
    blank = _BLANK.match(raw, position)
    body_at = blank.end() if blank else position
    return Headers(items, body_at, tuple([code for code, is_hit in hit.items() if is_hit]), _by_name(items))


def _by_name(items: Sequence[tuple[str, bytes]]) -> dict[str, tuple[bytes, ...]]:
    by_name: dict[str, tuple[bytes, ...]] = {}
    for name, value in items:
        key = name.lower()
        by_name[key] = (*by_name[key], value) if key in by_name else (value,)
    return by_name


def _skip_junk(raw: bytes, position: int, stop: int) -> int | None:
    """Where the headers go on after a line that is none, or None when the body starts here."""
    if _BLANK.match(raw, position, stop):
        return None
    line = _LINE.match(raw, position, stop)
    end = line.end() if line else stop
    return end if end < stop and _FIELD.match(raw, end, stop) else None
