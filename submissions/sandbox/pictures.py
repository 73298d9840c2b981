"""Screenshots out of the archive that a sandbox sends. Nothing is decoded: only the head of each is read. Pure."""

import struct
import zipfile
import zlib
from typing import IO

from submissions.sandbox.base import Screenshot
from submissions.sandbox.http import MEBIBYTE
from submissions.sandbox.reading import nonsense

MOST_PICTURES = 12
MOST_BYTES = 4 * MEBIBYTE
MOST_PIXELS = 16_000_000
MOST_ENTRIES = 2000
PNG = b"\x89PNG\r\n\x1a\n"
NO_FRAME = (0xC4, 0xC8, 0xCC)
# What zipfile raises on damaged, encrypted and unknown entries.
ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)


def screenshots(archive: IO[bytes]) -> tuple[tuple[Screenshot, ...], int]:
    """The PNG and JPEG pictures in the order of their names, and how many files were left out."""
    try:
        with zipfile.ZipFile(archive) as opened:
            files = [entry for entry in opened.infolist() if not entry.is_dir()]
            tried = sorted(files[:MOST_ENTRIES], key=lambda entry: (len(entry.filename), entry.filename))
            found: list[Screenshot] = []
            for entry in tried:
                if len(found) < MOST_PICTURES and (picture := _picture(opened, entry)):
                    found.append(picture)
    except ERRORS:
        raise nonsense("the screenshots are no ZIP archive") from None
    return tuple(found), len(files) - len(found)


def _picture(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Screenshot | None:
    """None for what is damaged, too large, or neither PNG nor JPEG."""
    if entry.file_size > MOST_BYTES:
        return None
    try:
        with archive.open(entry) as file:
            content = file.read(MOST_BYTES)
    except ERRORS:
        return None
    kind = "image/png" if content.startswith(PNG) else "image/jpeg"
    width, height = _png_size(content) if kind == "image/png" else _jpeg_size(content)
    return Screenshot(kind, width, height, content) if 0 < width * height <= MOST_PIXELS else None


def _png_size(content: bytes) -> tuple[int, int]:
    """Width and height in the first chunk (PNG specification, 11.2.2), 0 for none."""
    if content[12:16] != b"IHDR" or len(content) < 24:
        return 0, 0
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Width and height in the frame header (ITU T.81, B.2.2), 0 for none."""
    at = 2
    while content[:2] == b"\xff\xd8" and at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in NO_FRAME:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + max(length, 2)
    return 0, 0
