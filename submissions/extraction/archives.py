"""Every archive but ZIP: 7z, RAR, TAR, CAB, ISO and single packed streams, read by libarchive under the limits."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

import libarchive
from libarchive import ArchiveError, ffi

from submissions.extraction.rar4_locks import forms_without_lock
from submissions.extraction.rar5_locks import without_lock
from submissions.extraction.rar_headers import encrypted_members
from submissions.extraction.seven_zip_locks import open_locked_7z
from submissions.extraction.types import Inside, Problem
from submissions.extraction.unpacking import CHUNK, Container, Unpacking, words

# TypeError: an entry whose header libarchive gave up on has no content to read.
ERRORS = (ArchiveError, TypeError, UnicodeError)

_ENCRYPTED = re.compile(r"encrypt|passphrase|password", re.IGNORECASE)
_PACKED_EXTENSION = re.compile(r"\.(?:gz|tgz|bz2|tbz2?|xz|txz|zst|zstd|lzma|lz4?|z)$", re.IGNORECASE)
_GZIP_HAS_NAME = 0x08

# Volume descriptors follow each other from sector 16 on; 16 of them are more than any disc has.
_DESCRIPTORS = slice(0x8000, 0x10000)
_UNREAD = Problem("unsupported", "", "its UDF directory, which may name other files, cannot be looked into")

_is_encrypted = ffi.ffi("entry_is_encrypted", [ctypes.c_void_p], ctypes.c_int)


def open_archive(container: Container) -> Inside | None:
    """The members of an archive; None when nothing of it could be read.

    Encrypted members of 7z and RAR files are opened with the container's passwords, or are problems, `locked`.
    """
    inside = _open(container)
    if inside and _has_udf_too(container.content):
        return inside._replace(problems=(*inside.problems, _UNREAD))
    if inside and "locked" in inside.notes:
        return open_locked_7z(container) or _open_locked_rar(container) or inside
    return inside


def _open_locked_rar(container: Container) -> Inside | None:
    """Of version 5 a password is known to fit; of version 4 it is the one under which nothing is broken."""
    if opened := without_lock(container.content, container.passwords):
        return _unlocked(container, *opened)
    for password, content in forms_without_lock(container.content, container.passwords):
        inside = _unlocked(container, password, content)
        if inside and inside.members and all(problem.code != "broken" for problem in inside.problems):
            return inside
    return None


def _unlocked(container: Container, password: str, content: bytes) -> Inside | None:
    inside = _open(replace(container, content=content))
    if inside is None:
        return None
    members = tuple(replace(member, password=password) for member in inside.members)
    return inside._replace(members=members, password=password)


def _has_udf_too(content: bytes) -> bool:
    """Whether a disc image holds a second directory by UDF (ECMA-167 part 2), which Windows prefers to that of ISO."""
    return content.startswith(b"CD001", 0x8001) and b"NSR0" in content[_DESCRIPTORS]


def _open(container: Container) -> Inside | None:
    unpacking = Unpacking(container)
    encrypted = encrypted_members(container.content)
    try:
        with libarchive.memory_reader(container.content) as archive:
            _take_all(unpacking, archive, encrypted)
    except ERRORS as error:
        if _ENCRYPTED.search(str(error)) or encrypted == [True]:
            unpacking.problem("locked", "", "encrypted, names and all")
        elif not unpacking.members and not unpacking.problems:
            return None
        else:
            unpacking.problem("broken", "", words(error))
    return unpacking.inside()


def open_packed_tar(container: Container) -> Inside | None:
    """The members of a TAR file that was packed as a whole; None when there is no TAR in it."""
    unpacking = Unpacking(container)
    try:
        with libarchive.memory_reader(container.content, "tar") as archive:
            _take_all(unpacking, archive, [])
    except ERRORS as error:
        if not unpacking.members:
            return None
        unpacking.problem("broken", "", words(error))
    return unpacking.inside() if unpacking.members or unpacking.problems else None


def open_packed_file(container: Container) -> Inside | None:
    """The one file in a gzip, bzip2, xz, zstd or similar stream; None when it cannot be unpacked at all."""
    unpacking = Unpacking(container)
    try:
        with libarchive.memory_reader(container.content, "raw") as archive:
            for entry in archive:
                unpacking.take(_packed_name(container), _blocks(entry), errors=ERRORS)
    except ERRORS:
        return None
    return unpacking.inside()


def _take_all(unpacking: Unpacking, archive: libarchive.read.ArchiveRead, encrypted: list[bool]) -> None:
    """`encrypted` tells of each member of a RAR file what libarchive does not tell."""
    for entry, is_known in zip_longest(archive, encrypted):
        if entry is None:
            return
        name = _name(entry)
        if not unpacking.next_entry(name):
            return
        if not _is_file(entry):
            continue
        if is_known or _is_encrypted(entry._entry_p):
            unpacking.problem("locked", name, "encrypted, and no password found opens it")
        else:
            unpacking.take(name, _blocks(entry), errors=ERRORS)


def _is_file(entry: libarchive.ArchiveEntry) -> bool:
    """Also an entry that says not what it is, as RAR and 7z files from Unix can: it unpacks to a file."""
    return (entry.isreg or not entry.filetype) and not entry.islnk


def _blocks(entry: libarchive.ArchiveEntry) -> Iterator[bytes]:
    return entry.get_blocks(CHUNK)  # type: ignore[no-any-return]


def _name(entry: libarchive.ArchiveEntry) -> str:
    """The stored name; bytes that are no UTF-8 are taken as the code page of western Windows."""
    name = entry.pathname
    return name.decode("cp1252", "replace") if isinstance(name, bytes) else name or ""


def _packed_name(container: Container) -> str:
    """The name that gzip stores (RFC 1952, section 2.3), else the container's without its last extension."""
    content = container.content
    if content.startswith(b"\x1f\x8b") and len(content) > 11 and content[3] & ~_GZIP_HAS_NAME == 0 and content[3]:
        stored = content[10:4096].partition(b"\x00")[0].decode("utf-8", "replace")
        if stored:
            return stored
    stem = _PACKED_EXTENSION.sub("", container.name)
    return stem if stem != container.name else f"{container.name or 'packed'}.unpacked"
