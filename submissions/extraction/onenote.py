"""OneNote sections: embedded files and addresses ([MS-ONESTORE], section 2.6.13)."""

import re
import struct
from collections.abc import Iterator

from submissions.extraction.types import Inside, Link
from submissions.extraction.unpacking import Container, Unpacking

_FILE_DATA = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
_FILE_HEADER = 36
_WIDE_URL = re.compile(rb"(?:h\x00t\x00t\x00p\x00(?:s\x00)?:\x00/\x00/\x00)(?:[\x21\x23-\x3b\x3d\x3f-\x7e]\x00)+")
_NARROW_URL = re.compile(rb"https?://[\x21\x23-\x3b\x3d\x3f-\x7e]+")


def open_onenote(container: Container) -> Inside:
    """Embedded files in stored order. Their names are kept elsewhere and are not unique."""
    unpacking = Unpacking(container)
    blobs = list(_blobs(container.content))
    for number, blob in enumerate(blobs, start=1):
        if not unpacking.next_entry():
            break
        unpacking.take(f"embedded-{number}", [blob], notes=("embedded",))
    addresses = dict.fromkeys(_addresses(container.content))
    notes = ("embedded-files",) if unpacking.members else ()
    inside = unpacking.inside(notes)
    return Inside(
        members=inside.members,
        links=tuple(Link(address, "note") for address in addresses),
        notes=inside.notes,
        problems=inside.problems,
    )


def _blobs(content: bytes) -> Iterator[bytes]:
    position = content.find(_FILE_DATA)
    while position >= 0 and position + _FILE_HEADER <= len(content):
        (length,) = struct.unpack_from("<Q", content, position + 16)
        start = position + _FILE_HEADER
        yield content[start : start + length]
        position = content.find(_FILE_DATA, start)


def _addresses(content: bytes) -> Iterator[str]:
    for match in _WIDE_URL.finditer(content):
        yield match[0].decode("utf-16-le")
    for match in _NARROW_URL.finditer(content):
        yield match[0].decode("ascii")
