"""Encrypted 7z files, opened with a password (7zAES: AES-256 in CBC mode under a key hashed half a million times).

libarchive lists them and can open none. What is packed by LZMA, LZMA 2 (7-Zip's default), with filters for programs,
or stored is read here; other methods stay locked.
"""

import bz2
import hashlib
import lzma
import zlib
from collections.abc import Iterator
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from submissions.extraction import seven_zip
from submissions.extraction.seven_zip import Broken, Coder, Directory, Folder
from submissions.extraction.types import Inside
from submissions.extraction.unpacking import CHUNK, Container, Unpacking

ERRORS = (Broken, lzma.LZMAError, zlib.error, ValueError, EOFError, OSError, OverflowError, UnicodeError)
_AES = b"\x06\xf1\x07\x01"
_MOST_ROUNDS = 20
_LARGEST_DIRECTORY = 4 * 1024 * 1024
_LARGEST_DICTIONARY = 256 * 1024 * 1024
_CHECKED = 16 * 1024 * 1024
_FILTERS = {b"\x03\x03\x01\x03": lzma.FILTER_X86, b"\x04": lzma.FILTER_X86}


def open_locked_7z(container: Container) -> Inside | None:
    """The members of an encrypted 7z file; None when it is none, or none of the passwords opens it."""
    if not container.content.startswith(seven_zip.SIGNATURE):
        return None
    for password in container.passwords:
        try:
            directory = _directory(container.content, password)
            if _opens(container.content, directory, password):
                return _members(container, directory, password)
        except ERRORS:
            continue
    return None


def _directory(content: bytes, password: str) -> Directory:
    block = seven_zip.start_of_directory(content)
    for _ in range(4):
        directory = seven_zip.read(block)
        if block[0] != seven_zip.ENCODED:
            return directory
        folder = directory.folders[0]
        if folder.size > _LARGEST_DIRECTORY:
            raise Broken
        block = b"".join(_unpacked(content, folder, password))[: folder.size]
        if folder.crc is not None and zlib.crc32(block) != folder.crc:
            raise Broken
    raise Broken


def _opens(content: bytes, directory: Directory, password: str) -> bool:
    """Whether the first encrypted file has its checksum; files without one, or too large to try, are believed."""
    folder = next((folder for folder in directory.folders if _is_encrypted(folder) and folder.sizes), None)
    if folder is None or folder.crcs[0] is None or folder.sizes[0] > _CHECKED:
        return folder is not None
    checksum = 0
    for chunk in _Stream(_unpacked(content, folder, password)).take(folder.sizes[0]):
        checksum = zlib.crc32(chunk, checksum)
    return checksum == folder.crcs[0]


def _is_encrypted(folder: Folder) -> bool:
    return any(coder.method == _AES for coder in folder.coders)


def _members(container: Container, directory: Directory, password: str) -> Inside:
    unpacking = Unpacking(container)
    names = iter(directory.names)
    for folder in directory.folders:
        stream = _Stream(_unpacked(container.content, folder, password))
        for size in folder.sizes:
            name = next(names, "unnamed")
            if not unpacking.next_entry(name):
                return unpacking.inside()
            unpacking.take(name, stream.take(size), password=password, errors=ERRORS)
    return unpacking.inside()


class _Stream:
    """Files that lie one behind the other in chunks of any size."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def take(self, size: int) -> Iterator[bytes]:
        while size:
            chunk = self._rest or next(self._chunks, b"")
            if not chunk:
                raise EOFError("the stream ends early")
            self._rest = chunk[size:]
            yield chunk[:size]
            size -= min(size, len(chunk))


def _unpacked(content: bytes, folder: Folder, password: str) -> Iterator[bytes]:
    chunks = _pieces(content[folder.start : folder.start + folder.packed])
    filters: list[dict[str, int]] = []
    for coder in folder.steps:
        if coder.method == _AES:
            chunks = _decrypted(chunks, coder, password)
        elif coder.method in (b"\x21", b"\x03\x01\x01"):
            filters.append(_lzma(coder))
        elif coder.method in _FILTERS:
            filters.append({"id": _FILTERS[coder.method]})
        elif coder.method == b"\x04\x02\x02":
            chunks = _decoded(chunks, bz2.BZ2Decompressor())
        elif coder.method != b"\x00":
            raise Broken
    # liblzma wants the filters of a program before its compression, the order of packing.
    return _decoded(chunks, lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters[::-1])) if filters else chunks


def _pieces(data: bytes) -> Iterator[bytes]:
    yield from (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))


def _decoded(chunks: Iterator[bytes], decoder: lzma.LZMADecompressor | bz2.BZ2Decompressor) -> Iterator[bytes]:
    for chunk in chunks:
        yield decoder.decompress(chunk, CHUNK)
        while not decoder.needs_input and not decoder.eof:
            yield decoder.decompress(b"", CHUNK)


def _lzma(coder: Coder) -> dict[str, int]:
    properties = coder.properties
    if coder.method == b"\x21":
        bits = properties[0] if properties else 40
        size = (2 | bits & 1) << (bits // 2 + 11)
        return {"id": lzma.FILTER_LZMA2, "dict_size": _allowed(size)}
    if len(properties) < 5:
        raise Broken
    mode, size = properties[0], int.from_bytes(properties[1:5], "little")
    lc, lp, pb = mode % 9, mode // 9 % 5, mode // 45
    return {"id": lzma.FILTER_LZMA1, "dict_size": _allowed(size), "lc": lc, "lp": lp, "pb": pb}


def _allowed(dictionary: int) -> int:
    if dictionary > _LARGEST_DICTIONARY:
        raise Broken
    return dictionary


def _decrypted(chunks: Iterator[bytes], coder: Coder, password: str) -> Iterator[bytes]:
    rounds, salt, start = _parameters(coder.properties)
    cipher = Cipher(algorithms.AES256(_key(password, salt, rounds)), modes.CBC(start))
    decryptor = cipher.decryptor()
    yield from (decryptor.update(chunk) for chunk in chunks)


def _parameters(properties: bytes) -> tuple[int, bytes, bytes]:
    """Rounds as a power of two, salt, and the initial vector."""
    first, second = (*properties[:2], 0, 0)[:2]
    rounds = first & 0x3F
    salt_size = (first >> 7 & 1) + (second >> 4)
    start_size = (first >> 6 & 1) + (second & 0x0F)
    salt, start = properties[2 : 2 + salt_size], properties[2 + salt_size : 2 + salt_size + start_size]
    if rounds > _MOST_ROUNDS:
        raise Broken
    return rounds, salt, start.ljust(16, b"\x00")


@lru_cache(maxsize=32)
def _key(password: str, salt: bytes, rounds: int) -> bytes:
    """SHA-256 over salt, password and a counter, again and again."""
    once = salt + password.encode("utf-16-le")
    digest = hashlib.sha256()
    for start in range(0, 1 << rounds, 4096):
        numbers = range(start, min(start + 4096, 1 << rounds))
        digest.update(b"".join([once + number.to_bytes(8, "little") for number in numbers]))
    return digest.digest()
