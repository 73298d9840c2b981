"""Files that are read in two ways: a ZIP behind a picture, a PDF behind some junk, two ZIP files in a row.

A picture viewer shows the one, an unpacker opens the other, so both are looked into. What merely holds a whole ZIP
somewhere inside (an installer, a document) is no such file: here the ZIP ends where the file ends.
"""

import struct
from collections.abc import Iterator

from submissions.extraction.file_types import EXECUTABLE

PDF, ZIP = "application/pdf", "application/zip"
# Readers of PDF look for its beginning in so many bytes (ISO 32000-1, annex H.3.4.1).
_PDF_BEGINS_WITHIN = 1024
_MEMBER, _END = b"PK\x03\x04", b"PK\x05\x06"
_END_BYTES, _LONGEST_COMMENT = 22, 65535
_MOST_IN_A_ROW = 4
# Installers and self-extracting archives are judged as the programs that they are.
_NEVER = (EXECUTABLE, "application/vnd.ms-outlook")


def other_readings(content: bytes, file_type: str) -> Iterator[tuple[str, bytes]]:
    """Type and bytes of what the file is besides `file_type`, which it is by its first bytes."""
    if file_type in _NEVER:
        return
    if content.startswith(_MEMBER):
        yield from ((ZIP, archive) for archive in _archives_in_a_row(content))
    elif _ends_as_zip(content):
        yield ZIP, content[content.find(_MEMBER) :]
    if file_type != PDF and b"%PDF-" in content[:_PDF_BEGINS_WITHIN]:
        yield PDF, content[content.find(b"%PDF-") :]


def has_other_readings(content: bytes, file_type: str) -> bool:
    return any(True for _ in other_readings(content, file_type))


def _ends_as_zip(content: bytes) -> bool:
    end = content.rfind(_END, max(0, len(content) - _END_BYTES - _LONGEST_COMMENT))
    return end > 0 and _after_end(content, end) == len(content) and _MEMBER in content[:end]


def _after_end(content: bytes, end: int) -> int:
    """Where the archive whose closing record stands at `end` is over, its comment included."""
    record = content[end : end + _END_BYTES].ljust(_END_BYTES, b"\0")
    return end + _END_BYTES + int.from_bytes(record[20:22], "little")


def _archives_in_a_row(content: bytes) -> Iterator[bytes]:
    """All archives but the last, which is the one that unpackers by the book open.

    One that is stored inside another does not count: its directory does not begin where it says.
    """
    start = 0
    for _ in range(_MOST_IN_A_ROW):
        end = content.find(_END, start)
        while end >= 0 and not _is_closed_at(content, start, end):
            end = content.find(_END, end + 1)
        after = _after_end(content, end) if end >= 0 else -1
        if not content.startswith(_MEMBER, max(after, 0)) or after < 0:
            return
        yield content[start:after]
        start = after


def _is_closed_at(content: bytes, start: int, end: int) -> bool:
    record = content[end : end + _END_BYTES].ljust(_END_BYTES, b"\0")
    size, offset = struct.unpack("<II", record[12:20])
    return bool(start + offset + size == end)
