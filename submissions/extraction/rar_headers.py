"""Which members of a RAR file are encrypted: libarchive does not say, it only fails to unpack them."""

from collections.abc import Iterator

_RAR4 = b"Rar!\x1a\x07\x00"
_RAR5 = b"Rar!\x1a\x07\x01\x00"
_HEADERS = 10_000

# RAR 5 archive format: header types and flags (rarlab technote); RAR 4: block types and flags.
_FILE5, _ENCRYPTION5, _HAS_EXTRA5, _HAS_DATA5, _ENCRYPTION_RECORD = 2, 4, 0x1, 0x2, 1
_FILE4, _HAS_DATA4, _ENCRYPTED4, _LARGE4 = 0x74, 0x8000, 0x4, 0x100


def has_encrypted_members(content: bytes) -> bool:
    """Whether any member of a RAR file (version 4 or 5) needs a password. Never raises."""
    if content.startswith(_RAR5):
        return any(_encrypted5(content))
    return content.startswith(_RAR4) and any(_encrypted4(content))


def _encrypted5(content: bytes) -> Iterator[bool]:
    position = len(_RAR5)
    for _ in range(_HEADERS):
        size, start = _number(content, position + 4)
        kind, at = _number(content, start)
        flags, at = _number(content, at)
        extra, at = _number(content, at) if flags & _HAS_EXTRA5 else (0, at)
        data, at = _number(content, at) if flags & _HAS_DATA5 else (0, at)
        if not size or start + size > len(content):
            return
        end = start + size
        yield kind == _ENCRYPTION5 or (kind == _FILE5 and _has_encryption_record(content, end - extra, end))
        position = end + data


def _has_encryption_record(content: bytes, position: int, end: int) -> bool:
    while 0 < position < end:
        size, start = _number(content, position)
        kind, _ = _number(content, start)
        if kind == _ENCRYPTION_RECORD:
            return True
        position = start + max(size, 1)
    return False


def _encrypted4(content: bytes) -> Iterator[bool]:
    position = len(_RAR4)
    for _ in range(_HEADERS):
        kind = content[position + 2 : position + 3]
        flags = int.from_bytes(content[position + 3 : position + 5], "little")
        size = int.from_bytes(content[position + 5 : position + 7], "little")
        if size < 7:
            return
        data = int.from_bytes(content[position + 7 : position + 11], "little") if flags & _HAS_DATA4 else 0
        if flags & _LARGE4 and kind == bytes([_FILE4]):
            data += int.from_bytes(content[position + 32 : position + 36], "little") << 32
        yield kind == bytes([_FILE4]) and bool(flags & _ENCRYPTED4)
        position += size + data


def _number(content: bytes, position: int) -> tuple[int, int]:
    """A number of seven bits per byte, lowest first, and where it ends."""
    value = 0
    for shift in range(10):
        byte = content[position] if 0 <= position < len(content) else 0
        position += 1
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            break
    return value, position
