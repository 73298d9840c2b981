"""Cut a multipart body at its boundary lines (RFC 2046 section 5.1), also where these are broken."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_AFTER = re.compile(rb"(--)?(?:[ \t][^\r\n]*)?(?:\r\n|\n|\r|\Z)")
_AFTER_LOOSE = re.compile(rb"(--)?[^\r\n]*(?:\r\n|\n|\r|\Z)")
_GUESS = re.compile(rb"(?:^|(?<=[\r\n]))--([^\r\n]{1,200}?)[ \t]*(?:\r\n|\n|\r)(?=[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Tt])")


class Segment(NamedTuple):
    """A stretch of a multipart body. `kind` is part, or preamble, epilogue (text between the parts), or rest."""

    kind: str
    content: bytes


class _Delimiter(NamedTuple):
    start: int
    end: int
    closes: bool


def split(body: bytes, boundary: bytes, most: int) -> list[Segment]:
    """The segments in order; empty when the boundary does not occur. Parts after an early close are parts too.

    After `most` parts the remaining bytes come as one segment of the kind `rest`.
    """
    if not boundary:
        return []
    delimiters = _delimiters(body, boundary, _AFTER, most) or _delimiters(body, boundary, _AFTER_LOOSE, most)
    if not delimiters:
        return []
    segments = [Segment("preamble", body[: delimiters[0].start])]
    for index, delimiter in enumerate(delimiters):
        if index >= most:
            segments.append(Segment("rest", body[delimiter.start :]))
            break
        stop = delimiters[index + 1].start if index + 1 < len(delimiters) else len(body)
        kind = "epilogue" if delimiter.closes else "part"
        segments.append(Segment(kind, _without_break(body[delimiter.end : stop])))
    return segments


def guess(body: bytes) -> bytes:
    """The boundary that the body itself uses, when the header names none or a wrong one; empty if there is none."""
    match = _GUESS.search(body)
    return match[1] if match else b""


def _delimiters(body: bytes, boundary: bytes, after: re.Pattern[bytes], most: int) -> list[_Delimiter]:
    line = b"--" + boundary
    found: list[_Delimiter] = []
    for start in _line_starts(body, line):
        match = after.match(body, start + len(line))
        if match:
            found.append(_Delimiter(start, match.end(), match[1] is not None))
        if len(found) > most:
            break
    return found


def _line_starts(body: bytes, line: bytes) -> Iterator[int]:
    """Where lines begin with `line`, in order. Looked for with their breaks: a body may hold millions without."""
    if body.startswith(line):
        yield 0
    after_feed, after_return = body.find(b"\n" + line), body.find(b"\r" + line)
    while after_feed >= 0 or after_return >= 0:
        if after_return < 0 or 0 <= after_feed < after_return:
            yield after_feed + 1
            after_feed = body.find(b"\n" + line, after_feed + 1)
        else:
            yield after_return + 1
            after_return = body.find(b"\r" + line, after_return + 1)


def _without_break(content: bytes) -> bytes:
    """The line break before a boundary belongs to the boundary."""
    if content.endswith(b"\r\n"):
        return content[:-2]
    return content[:-1] if content.endswith((b"\n", b"\r")) else content
