"""What the objects of a PDF say, read without a PDF library: works on broken files and on hidden actions."""

import re
import zlib
from collections.abc import Iterator

from submissions.extraction.inflating import inflated, pieces

# ISO 32000-1: actions in section 12.6.4, names with #xx escapes in 7.3.5, strings in 7.3.4.
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_ESCAPED_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_STRING = rb"(?:\(((?:\\.|[^\\()]|\([^()]{0,512}\)){0,4096})\)|<([0-9A-Fa-f\s]{0,8192})>)"
_URI = re.compile(rb"/URI\s*" + _STRING, re.DOTALL)
_SCRIPT = re.compile(rb"/JS\s*" + _STRING, re.DOTALL)
_LEADS_OUT = re.compile(r"://|^\\\\[^\\/]+[\\/]")
_QUOTED_URL = re.compile(r"""["']((?:https?|ftp|file)://[^"'\s]{1,2000})["']""", re.IGNORECASE)
_TARGET = re.compile(rb"/(?:F|UF|Win|P|FS)\s*" + _STRING, re.DOTALL)
_ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r?\n)")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

MARKS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"/(?:JavaScript|JS)\b"), "javascript"),
    (re.compile(rb"/Launch\b"), "launch"),
    (re.compile(rb"/OpenAction\b"), "open-action"),
    (re.compile(rb"/AA\b"), "additional-actions"),
    (re.compile(rb"/SubmitForm\b"), "submit-form"),
    (re.compile(rb"/XFA\b"), "xfa"),
    (re.compile(rb"/RichMedia\b"), "rich-media"),
    (re.compile(rb"/EmbeddedFiles?\b"), "embedded-files"),
    (re.compile(rb"/(?:GoToR|GoToE|ImportData)\b"), "remote-action"),
)

_STREAM_BYTES = 8 * 1024 * 1024
_TOTAL_BYTES = 64 * 1024 * 1024
_STREAMS = 5000
# No deflated stream grows more than 1032 times, so smaller ones need not be measured.
_BEST_RATIO = 1032
_MEASURED_BYTES = 1024 * 1024 * 1024
_FILTER = re.compile(rb"/(?:FlateDecode|Fl)\b")


def objects(content: bytes) -> bytes:
    """The file's own bytes and its unpacked object streams, names unescaped. Bounded by 64 MiB of unpacking."""
    plain = b"\n".join([content, *_object_streams(content)])
    return (
        _ESCAPED_NAME.sub(lambda match: bytes([int(match[1], 16)]), plain) if b"/#" in plain or _odd(plain) else plain
    )


def marks(plain: bytes) -> tuple[str, ...]:
    """What the document can do by itself, as notes. `plain` is what `objects` gave."""
    return tuple(note for pattern, note in MARKS if pattern.search(plain))


def addresses(plain: bytes) -> tuple[str, ...]:
    """Every link target, form target and program named in the objects, each once."""
    found = [_text(match) for match in _URI.finditer(plain)]
    found += [target for match in _TARGET.finditer(plain) if _LEADS_OUT.search(target := _text(match))]
    found += [url for match in _SCRIPT.finditer(plain) for url in _QUOTED_URL.findall(_text(match))]
    return tuple(dict.fromkeys(address.strip() for address in found if address.strip()))


def is_bomb(content: bytes, limit: int) -> bool:
    """Whether one stream alone would unpack to more than `limit` bytes: the PDF library would die of it."""
    left, end = _MEASURED_BYTES, 0
    for number, match in enumerate(_STREAM.finditer(content)):
        if number == _STREAMS or left <= 0:
            return False
        filters = len(_FILTER.findall(_dictionary_before(content, match.start())))
        if not filters:
            continue
        if end < match.end():
            end = content.find(b"endstream", match.end())
            end = end if end >= 0 else len(content)
        if filters == 1 and (end - match.end()) * _BEST_RATIO < limit:
            continue
        size = _unpacked_size(pieces(content, match.end(), end), filters, limit)
        if size > limit:
            return True
        left -= size
    return False


def _dictionary_before(content: bytes, position: int) -> bytes:
    return content[max(0, position - 400) : position].rpartition(b"obj")[2]


def _unpacked_size(packed: Iterator[bytes], filters: int, limit: int) -> int:
    """The size after inflating once, or twice where two such filters are named; at most a little over `limit`."""
    size = 0
    try:
        for plain in inflated(packed) if filters == 1 else inflated(inflated(packed)):
            size += len(plain)
            if size > limit:
                break
    except zlib.error:
        return size
    return size


def _odd(plain: bytes) -> bool:
    return re.search(rb"/[A-Za-z]{0,20}#[0-9A-Fa-f]{2}", plain) is not None


def _object_streams(content: bytes) -> Iterator[bytes]:
    left = _TOTAL_BYTES
    for number, match in enumerate(_STREAM.finditer(content)):
        if number == _STREAMS or left <= 0:
            return
        if b"ObjStm" not in _dictionary_before(content, match.start()):
            continue
        end = content.find(b"endstream", match.end(), match.end() + _STREAM_BYTES)
        packed = content[match.end() : end if end >= 0 else match.end() + _STREAM_BYTES]
        try:
            unpacked = zlib.decompressobj().decompress(packed, min(_STREAM_BYTES, left))
        except zlib.error:
            unpacked = b""
        left -= len(packed) + len(unpacked)
        yield unpacked


def _text(match: re.Match[bytes]) -> str:
    """A PDF string as text: UTF-16 when marked so, else taken as Latin-1."""
    literal, hexadecimal = match.groups()
    if literal is not None:
        raw = _ESCAPE.sub(_unescaped, literal)
    else:
        digits = re.sub(rb"\s", b"", hexadecimal)
        raw = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    if raw.startswith((b"\xfe\xff", b"\xff\xfe")):
        return raw.decode("utf-16", "replace")
    return raw.decode("latin-1")


def _unescaped(match: re.Match[bytes]) -> bytes:
    escaped = match[1]
    if escaped[:1].isdigit():
        return bytes([int(escaped, 8) & 0xFF])
    return b"" if escaped.endswith(b"\n") else _ESCAPES.get(escaped, escaped)
