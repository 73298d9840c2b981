"""Reading single parts of a ZIP file from memory, without ever raising."""

import io
import lzma
import re
import struct
import zipfile
import zlib

# What the standard library raises on damaged, encrypted or unsupported ZIP files (found by fuzzing).
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)

# Each entry of the central directory costs the standard library about 1 KiB of memory.
_MAX_DIRECTORY_ENTRIES = 50_000
_SALVAGED_NAMES = 2_000


def monstrous_directory(content: bytes) -> bool:
    """Whether the directory alone would take more memory than a mail is worth."""
    return content.count(b"PK\x01\x02") > _MAX_DIRECTORY_ENTRIES


def open_zip(content: bytes) -> zipfile.ZipFile | None:
    """The file opened by the standard library, or None when it is damaged or has a monstrous directory."""
    if monstrous_directory(content):
        return None
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except ZIP_ERRORS:
        return None


def part_names(content: bytes) -> list[str]:
    """The names in the central directory; those of the local headers when the directory is unreadable."""
    opened = open_zip(content)
    if opened is not None:
        return [name.replace("\\", "/") for name in opened.namelist()]
    names: list[str] = []
    for match in re.finditer(rb"PK\x03\x04.{22}(..)..", content, re.DOTALL):
        length = int.from_bytes(match[1], "little")
        names.append(content[match.end() : match.end() + length].decode("utf-8", "replace"))
        if len(names) == _SALVAGED_NAMES:
            break
    return names


def read_part(opened: zipfile.ZipFile, name: str | zipfile.ZipInfo, limit: int) -> bytes:
    """At most `limit` bytes of one part, b"" when it is encrypted, broken or not there."""
    try:
        with opened.open(name) as part:
            return part.read(limit)
    except ZIP_ERRORS:
        return b""
