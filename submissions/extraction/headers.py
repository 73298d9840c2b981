"""The header block of a mail or of a part, read in linear time from any bytes.

Python's own `email.policy.default` costs seconds on hostile headers and raises on some; this reader caps
first, never raises and is used in the fetching process too (RFC 5322 section 2.2, with its usual breaches).
"""

import re
from dataclasses import dataclass, field

from submissions.extraction import encoded_words
from submissions.extraction.types import Limits

_FIELD = re.compile(rb"([!-9;-~\x80-\xff]{1,200})[ \t]*:([^\r\n]*(?:(?:\r\n|\n|\r)[ \t][^\r\n]*)*)(?:\r\n|\n|\r|\Z)")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_BLANK = re.compile(rb"\r\n|\n|\r")
_BEFORE_MAIL = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*(?:\r\n|\n|\r))*(?:>?From [^\r\n]*(?:\r\n|\n|\r))?")
_CHARSET = re.compile(rb"charset\s*=\s*\"?([\w.:-]{1,40})", re.IGNORECASE)
_OF_ADDRESSES = {"from", "to", "cc", "bcc", "sender", "reply-to", "return-path", "resent-from", "resent-to"}


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of one header block.

    `raw_items` are (name as written, value bytes with folding), cut at `Limits.header` bytes each and at
    `Limits.headers` fields; `body_at` is the offset in bytes where the body starts; `problems` are codes of
    limits that were hit: limit-header, limit-headers, limit-header-block.
    """

    raw_items: tuple[tuple[str, bytes], ...] = ()
    body_at: int = 0
    problems: tuple[str, ...] = ()
    _by_name: dict[str, tuple[bytes, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name: dict[str, tuple[bytes, ...]] = {}
        for name, value in self.raw_items:
            key = name.lower()
            by_name[key] = (*by_name.get(key, ()), value)
        object.__setattr__(self, "_by_name", by_name)

    def raw_values(self, name: str) -> tuple[bytes, ...]:
        return self._by_name.get(name.lower(), ())

    def get_all(self, name: str) -> tuple[str, ...]:
        """Every value of the field, decoded (RFC 2047, raw 8-bit), each on one line."""
        return tuple(self._decoded(name, value) for value in self.raw_values(name))

    def get(self, name: str) -> str:
        """The first value of the field, decoded; empty when there is none."""
        values = self._by_name.get(name.lower())
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
    items: list[tuple[str, bytes]] = []
    problems: dict[str, None] = {}
    position = 0
    while position < len(block):
        match = _FIELD.match(block, position)
        if match is None or match[2].startswith(b"//"):
            if (skipped := _skip_junk(block, position)) is None:
                break
            position = skipped
            continue
        position = match.end()
        _keep(items, problems, match, limits)
    if position >= len(block) and start + len(block) < len(raw):
        problems["limit-header-block"] = None
    blank = _BLANK.match(raw, start + position)
    return Headers(tuple(items), blank.end() if blank else start + position, tuple(problems))


def _keep(items: list[tuple[str, bytes]], problems: dict[str, None], match: re.Match[bytes], limits: Limits) -> None:
    if len(items) >= limits.headers:
        problems["limit-headers"] = None
        return
    value = match[2]
    if len(value) > limits.header:
        problems["limit-header"] = None
        value = value[: limits.header]
    items.append((match[1].decode("latin-1"), value.strip()))


def _skip_junk(block: bytes, position: int) -> int | None:
    """Where the headers go on after a line that is none, or None when the body starts here."""
    if _BLANK.match(block, position):
        return None
    line = _LINE.match(block, position)
    end = line.end() if line else len(block)
    following = _FIELD.match(block, end)
    return end if following and end < len(block) and not following[2].startswith(b"//") else None
