"""The headers of RAR files, and which members are encrypted: libarchive only fails to unpack those."""

from collections.abc import Iterator

RAR4 = b"Rar!\x1a\x07\x00"
RAR5 = b"Rar!\x1a\x07\x01\x00"
MOST_HEADERS = 10_000

# RAR 5 archive format: header types and flags (rarlab technote); RAR 4: block types and flags.
FILE, ENCRYPTION, HAS_EXTRA, HAS_DATA, ENCRYPTION_RECORD = 2, 4, 0x1, 0x2, 1
MAIN4, NAMES_TOO4 = 0x73, 0x80
FILE4, HAS_DATA4, ENCRYPTED4, LARGE4 = 0x74, 0x8000, 0x4, 0x100


class Broken(Exception):
    """The headers make no sense, or not under this password."""


def encrypted_members(content: bytes) -> list[bool]:
    """For each member of a RAR file (version 4 or 5) in order, whether it needs a password. Never raises.

    Only one, encrypted, when their names need it too; none for any other file.
    """
    if content.startswith(RAR5):
        return list(_encrypted5(content))
    return list(_encrypted4(content)) if content.startswith(RAR4) else []


def _encrypted5(content: bytes) -> Iterator[bool]:
    position = len(RAR5)
    for _ in range(MOST_HEADERS):
        size, start = number(content, position + 4)
        kind, at = number(content, start)
        flags, at = number(content, at)
        extra, at = number(content, at) if flags & HAS_EXTRA else (0, at)
        data, at = number(content, at) if flags & HAS_DATA else (0, at)
        if not size or start + size > len(content):
            return
        end = start + size
        if kind == ENCRYPTION:
            yield True
            return
        if kind == FILE:
            yield _has_encryption_record(content, end - extra, end)
        position = end + data


def _has_encryption_record(content: bytes, position: int, end: int) -> bool:
    while 0 < position < end:
        size, start = number(content, position)
        kind, _ = number(content, start)
        if kind == ENCRYPTION_RECORD:
            return True
        position = start + max(size, 1)
    return False


def _encrypted4(content: bytes) -> Iterator[bool]:
    position = len(RAR4)
    for _ in range(MOST_HEADERS):
        kind = int.from_bytes(content[position + 2 : position + 3])
        flags = int.from_bytes(content[position + 3 : position + 5], "little")
        size = int.from_bytes(content[position + 5 : position + 7], "little")
        if size < 7:
            return
        data = int.from_bytes(content[position + 7 : position + 11], "little") if flags & HAS_DATA4 else 0
        if flags & LARGE4 and kind == FILE4:
            data += int.from_bytes(content[position + 32 : position + 36], "little") << 32
        if kind == MAIN4 and flags & NAMES_TOO4:
            yield True
            return
        if kind == FILE4:
            yield bool(flags & ENCRYPTED4)
        position += size + data


def number(content: bytes, position: int) -> tuple[int, int]:
    """A number of seven bits per byte, lowest first, and where it ends."""
    value = 0
    for shift in range(10):
        byte = content[position] if 0 <= position < len(content) else 0
        position += 1
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            break
    return value, position
