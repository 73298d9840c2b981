"""Cut a multipart body at its boundary lines (RFC 2046 section 5.1), also where these are broken."""

import re
from collections.abc import Iterator

_AFTER = re.compile(rb"(--)?(?:[ \t][^\r\n]*)?(?:\r\n|\n|\r|\Z)")
_AFTER_LOOSE = re.compile(rb"(--)?[^\r\n]*(?:\r\n|\n|\r|\Z)")
# It begins with plain characters, which keeps the search fast.
_GUESS = re.compile(rb"--(?<![^\r\n]--)([^\r\n]{1,200}?)[ \t]*(?:\r\n|\n|\r)(?=[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Tt])")


# A stretch of a multipart body: part, or preamble, epilogue (text between the parts), or rest; and its content.
Segment = tuple[str, bytes]


def split(body: bytes, boundary: bytes, most: int) -> list[Segment]:
    """The segments in order; empty when the boundary does not occur. Parts after an early close are parts too.

    After `most` parts the remaining bytes come as one segment of the kind `rest`.
    """
    if not boundary:
        return []
    line = b"--" + boundary
    delimiters = _delimiters(body, line, _AFTER, most) or _delimiters(body, line, _AFTER_LOOSE, most)
    if not delimiters:
        return []
    segments = [("preamble", body[: delimiters[0].start() - len(line)])]
    for delimiter, following in zip(delimiters, [*delimiters[1:], None], strict=True):
        if len(segments) > most:
            segments.append(("rest", body[delimiter.start() - len(line) :]))
            break
        stop = following.start() - len(line) if following else len(body)
        kind = "part" if delimiter[1] is None else "epilogue"
        segments.append((kind, body[delimiter.end() : _before_break(body, delimiter.end(), stop)]))
    return segments


def guess(body: bytes) -> bytes:
    """The boundary that the body itself uses, when the header names none or a wrong one; empty if there is none."""
    match = _GUESS.search(body)
    return match[1] if match else b""


def _delimiters(body: bytes, line: bytes, after: re.Pattern[bytes], most: int) -> list[re.Match[bytes]]:
    """What follows on each of the lines, one more than `most` at the most."""
    found: list[re.Match[bytes]] = []
    for start in _line_starts(body, line):
        if match := after.match(body, start + len(line)):
            found.append(match)
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


def _before_break(body: bytes, start: int, stop: int) -> int:
    """Where a segment ends: the line break before a boundary belongs to the boundary."""
    if body.endswith(b"\r\n", start, stop):
        return stop - 2
    return stop - body.endswith((b"\n", b"\r"), start, stop)
