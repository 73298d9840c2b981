"""ZIP files: members, also encrypted ones, read as a stream under the limits."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence

import pyzipper
from pyzipper.zipfile import ZipInfo

from submissions.extraction.inflating import inflated, pieces
from submissions.extraction.types import Inside
from submissions.extraction.unpacking import Container, Unpacking
from submissions.extraction.zip_locks import ERRORS, LOCAL_HEADER, Lock
from submissions.extraction.zip_parts import monstrous_directory

_ENCRYPTED = 0x1


def open_zip_archive(container: Container) -> Inside | None:
    """The members of a ZIP file, None when its directory is unreadable (a streaming reader may still help)."""
    if monstrous_directory(container.content):
        return None
    try:
        archive = pyzipper.AESZipFile(io.BytesIO(container.content))
        entries = archive.infolist()
    except ERRORS:
        return None
    unpacking = Unpacking(container)
    shared = overlapping(entries)
    lock = Lock(archive, container.content, container.passwords)
    for entry in entries:
        if not unpacking.next_entry(entry.filename):
            break
        if id(entry) in shared:
            unpacking.problem("overlap", entry.filename, "shares its bytes with another member")
        elif not entry.filename.endswith("/"):
            _take(unpacking, lock, entry, container.content)
    return unpacking.inside()


def overlapping(entries: Sequence[ZipInfo | zipfile.ZipInfo]) -> frozenset[int]:
    """The identities of members whose bytes an earlier one claims too (CVE-2024-0450: the quoted-overlap bomb)."""
    found = set()
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            found.add(id(entry))
        else:
            end = entry.header_offset + LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size
    return frozenset(found)


def _take(unpacking: Unpacking, lock: Lock, entry: ZipInfo, content: bytes) -> None:
    encrypted = bool(entry.flag_bits & _ENCRYPTED)
    password = lock.password(entry) if encrypted else None
    if encrypted and password is None:
        unpacking.problem("locked", entry.filename, "encrypted, and no password found opens it")
        return
    taken = unpacking.take(entry.filename, lock.chunks(entry, password), password=password, errors=ERRORS)
    if not taken and not encrypted and entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        unpacking.take(entry.filename, _salvaged(content, entry), notes=("damaged",), errors=(zlib.error,))


def _salvaged(content: bytes, entry: ZipInfo) -> Iterator[bytes]:
    """The bytes behind a local header, whatever sizes and checksum it claims: other unpackers take them too."""
    header = content[entry.header_offset : entry.header_offset + LOCAL_HEADER].ljust(LOCAL_HEADER, b"\x00")
    start = entry.header_offset + LOCAL_HEADER + sum(struct.unpack_from("<HH", header, 26))
    if entry.compress_type == zipfile.ZIP_STORED:
        yield content[start : start + entry.compress_size]
        return
    yield from inflated(pieces(content, start, len(content)), raw=True)
