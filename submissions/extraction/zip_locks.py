"""Passwords of ZIP members: AES by pyzipper, the traditional cipher by libarchive (40 times faster at it)."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from lzma import LZMAError

import libarchive
import pyzipper
from libarchive import ArchiveError
from pyzipper.zipfile import BadZipFile, LargeZipFile, ZipInfo

from submissions.extraction.unpacking import CHUNK

# What pyzipper raises on damaged or unsupported archives and on wrong passwords (found by fuzzing).
ERRORS = (
    BadZipFile,
    LargeZipFile,
    zlib.error,
    LZMAError,
    struct.error,
    EOFError,
    KeyError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    ArchiveError,
    TypeError,
)

LOCAL_HEADER = 30
# Sizes and checksum may follow the data (APPNOTE 4.3.9).
_DESCRIPTOR = 24
_CHECKED_BYTES = 64 * 1024 * 1024


class Lock:
    """The passwords of one archive; the one that opened a member is tried first at the next."""

    def __init__(self, archive: pyzipper.AESZipFile, content: bytes, passwords: Sequence[str]) -> None:
        self._archive = archive
        self._content = content
        self._passwords = list(passwords)

    def password(self, entry: ZipInfo) -> str | None:
        """The password that decrypts the member, None when none does."""
        for password in self._passwords:
            if self._opens(entry, password):
                self._passwords.remove(password)
                self._passwords.insert(0, password)
                return password
        return None

    def chunks(self, entry: ZipInfo, password: str | None) -> Iterator[bytes]:
        if password is not None and not _is_aes(entry):
            yield from _traditional(self._content, entry, password)
            return
        with self._archive.open(entry, pwd=_encoded(password)) as member:
            while chunk := member.read(CHUNK):
                yield chunk

    def _opens(self, entry: ZipInfo, password: str) -> bool:
        """One in 256 wrong passwords passes the check of the traditional cipher: there, the whole is compared."""
        try:
            if not _is_aes(entry):
                return _checksum(self.chunks(entry, password)) in (entry.CRC, None)
            with self._archive.open(entry, pwd=_encoded(password)) as member:
                member.read(CHUNK)
        except ERRORS:
            return False
        return True


def _is_aes(entry: ZipInfo) -> bool:
    return getattr(entry, "wz_aes_version", None) is not None


def _traditional(content: bytes, entry: ZipInfo, password: str) -> Iterator[bytes]:
    start = entry.header_offset
    length = LOCAL_HEADER + sum(struct.unpack_from("<HH", content, start + 26)) + entry.compress_size + _DESCRIPTOR
    alone = content[start : start + length]
    with libarchive.memory_reader(alone, "zip", passphrase=_encoded(password) or b"\x00") as archive:
        for member in archive:
            yield from member.get_blocks(CHUNK)
            return


def _checksum(chunks: Iterator[bytes]) -> int | None:
    """The CRC-32 of everything, None when it is too much to be worth it."""
    checksum = size = 0
    for chunk in chunks:
        checksum = zlib.crc32(chunk, checksum)
        size += len(chunk)
        if size > _CHECKED_BYTES:
            return None
    return checksum


def _encoded(password: str | None) -> bytes | None:
    return None if password is None else password.encode("utf-8", "surrogateescape")
