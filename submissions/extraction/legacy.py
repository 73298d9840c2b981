"""Encodings older than MIME that still reach people: uuencode, yEnc, BinHex and AppleSingle/AppleDouble."""

import binascii
import re
import struct
from dataclasses import dataclass, field

_UU_BEGIN = re.compile(
    rb"(?:^|(?<=[\r\n]))((?:> ?){0,9}|[ \t]{1,8})begin(-base64)? [0-7]{3,4} ([^\r\n]{1,500})(?:\r\n|\n|\r)"
)
_UU_CUE = re.compile(rb"begin(?:-base64)? [0-7]{3}")
_UU_END = re.compile(rb"(?:\r\n|\n|\r)(?:(?:> ?){0,9}|[ \t]{1,8})(?:end|====)[ \t]*(?=[\r\n]|\Z)")
_Y_BEGIN = re.compile(rb"(?:^|(?<=[\r\n]))=ybegin ([^\r\n]{1,1000})(?:\r\n|\n|\r)")
_Y_PART = re.compile(rb"=ypart [^\r\n]*(?:\r\n|\n|\r)")
_Y_END = re.compile(rb"(?:\r\n|\n|\r)=yend ")
_LINE = re.compile(rb"\r\n|\n|\r")
_Y_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_Y_TABLE = bytes((value - 42) % 256 for value in range(256))
_HQX = re.compile(rb"\(This file must be converted with BinHex[^\r\n]*(?:\r\n|\n|\r)\s*:([^:]*):?")
_HQX_ALPHABET = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_HQX_TO_BASE64 = bytes.maketrans(_HQX_ALPHABET, _BASE64)
_HQX_RUN = re.compile(rb"(.)\x90(.)|\x90\x00", re.DOTALL)
_APPLE_MAGIC = (0x00051600, 0x00051607)
_DATA_FORK, _REAL_NAME = 1, 3
MOST_BLOCKS = 100
_MOST_EXPANDED = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Block:
    """A file that stood in a text. `start` and `end` are offsets in bytes."""

    name: bytes
    content: bytes = field(repr=False)
    start: int = 0
    end: int = 0


def blocks(text: bytes) -> list[Block]:
    """Every file encoded in the body text, in order; none overlaps another."""
    found: list[Block] = []
    if b"begin" in text:
        found += uuencoded(text) if _UU_CUE.search(text) else []
        found += yencoded(text) if b"=ybegin " in text else []
    if b"BinHex" in text:
        found += binhex(text)
    return sorted(found, key=lambda block: block.start)


def uuencoded(text: bytes) -> list[Block]:
    """Files between `begin 644 name` and `end` (POSIX uuencode, both algorithms), also quoted or indented."""
    found: list[Block] = []
    position = 0
    while len(found) < MOST_BLOCKS and (begin := _UU_BEGIN.search(text, position)):
        end = _UU_END.search(text, begin.end() - 1)
        stop = end.start() if end else len(text)
        body = _unquoted(text[begin.end() : stop], begin[1])
        content = _from_base64(body) if begin[2] else _uu_lines(body)
        position = end.end() if end else len(text)
        if content:
            found.append(Block(begin[3].strip(), content, begin.start(), position))
    return found


def _unquoted(body: bytes, mark: bytes) -> bytes:
    """The lines without the mark of a quotation, or the blanks, that the first of them had."""
    return b"\n".join(line.removeprefix(mark) for line in body.splitlines()) if mark else body


def _uu_lines(body: bytes) -> bytes:
    content: list[bytes] = []
    for line in _LINE.split(body):
        if not line or line in (b"`", b" "):
            continue
        try:
            content.append(binascii.a2b_uu(line))
        except binascii.Error:
            content.append(_uu_repaired(line))
    return b"".join(content)


def _uu_repaired(line: bytes) -> bytes:
    """A line with trailing junk: only as many characters count as its length byte says."""
    wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:wanted])
    except binascii.Error:
        return b""


def _from_base64(body: bytes) -> bytes:
    kept = bytes(value for value in body if value in _BASE64)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def yencoded(text: bytes) -> list[Block]:
    """Files between `=ybegin` and `=yend` (yEnc 1.3)."""
    found: list[Block] = []
    position = 0
    while len(found) < MOST_BLOCKS and (begin := _Y_BEGIN.search(text, position)):
        part = _Y_PART.match(text, begin.end())
        start = part.end() if part else begin.end()
        end = _Y_END.search(text, start - 1)
        stop = end.start() if end else len(text)
        name = begin[1].partition(b"name=")[2].strip()
        packed = text[start:stop].translate(None, b"\r\n")
        content = _Y_ESCAPE.sub(_y_unescape, packed).translate(_Y_TABLE)
        position = end.end() if end else len(text)
        found.append(Block(name, content, begin.start(), position))
    return found


def _y_unescape(match: re.Match[bytes]) -> bytes:
    return bytes([(match[1][0] - 64) % 256])


def binhex(text: bytes) -> list[Block]:
    """Data forks of BinHex 4.0 files (RFC 1741)."""
    found: list[Block] = []
    for match in _HQX.finditer(text):
        packed = _hqx_bytes(match[1])
        name_length = packed[0] if packed else 0
        header = packed[1 + name_length : 1 + name_length + 19]
        if len(header) < 19 or len(found) >= MOST_BLOCKS:
            continue
        length = struct.unpack(">I", header[11:15])[0]
        start = 1 + name_length + 19 + 2
        found.append(Block(packed[1 : 1 + name_length], packed[start : start + length], match.start(), match.end()))
    return found


def _hqx_bytes(text: bytes) -> bytes:
    kept = text.translate(None, bytes(set(range(256)) - set(_HQX_ALPHABET)))
    kept = kept[: len(kept) - len(kept) % 4] if len(kept) % 4 == 1 else kept
    packed = binascii.a2b_base64(kept.translate(_HQX_TO_BASE64) + b"=" * (-len(kept) % 4))
    if len(packed) + packed.count(b"\x90") * 255 > _MOST_EXPANDED:
        return packed
    return _HQX_RUN.sub(_hqx_expand, packed)


def _hqx_expand(match: re.Match[bytes]) -> bytes:
    if match[1] is None:
        return b"\x90"
    return match[1] * match[2][0] if match[2] != b"\x00" else match[1] + b"\x90"


def apple_data_fork(content: bytes) -> Block | None:
    """The data fork in an AppleSingle or AppleDouble file (RFC 1740), or None when it holds none."""
    if len(content) < 26 or struct.unpack(">I", content[:4])[0] not in _APPLE_MAGIC:
        return None
    count = struct.unpack(">H", content[24:26])[0]
    entries: dict[int, bytes] = {}
    for index in range(min(count, 50)):
        entry = content[26 + 12 * index : 38 + 12 * index]
        if len(entry) == 12:
            kind, offset, length = struct.unpack(">III", entry)
            entries[kind] = content[offset : offset + length]
    data = entries.get(_DATA_FORK, b"")
    return Block(entries.get(_REAL_NAME, b""), data) if data else None
