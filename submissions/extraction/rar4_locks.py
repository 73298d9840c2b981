"""Encrypted RAR files of version 4, rewritten without their encryption under one password after the other.

libarchive unpacks them but cannot decrypt them (AES-128 in CBC mode; key and initial vector by SHA-1 over the password
a quarter million times). What tells that a password fits are the checksums of the members alone.
"""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from submissions.extraction.rar_headers import (
    ENCRYPTED4,
    FILE4,
    HAS_DATA4,
    LARGE4,
    MAIN4,
    MOST_HEADERS,
    NAMES_TOO4,
    RAR4,
    Broken,
)

_END4 = 0x7B
_HAS_SALT = 0x400
_STORED = 0x30
_BLOCK, _SALT = 16, 8
_GROUPS, _ROUNDS = 16, 0x4000
# RAR's own SHA-1 spoils what is longer.
_LONGEST_PASSWORD = 28
_MOST_SALTS = 20
_END_OF_ARCHIVE = bytes.fromhex("c43d7b00400700")


@dataclass(frozen=True, slots=True)
class _Header:
    """`fields` is what stands behind the seven bytes that every header begins with."""

    kind: int
    flags: int
    fields: bytes
    data: bytes


def forms_without_lock(content: bytes, passwords: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """For each password that may fit, the file as it would be without its encryption."""
    if not content.startswith(RAR4):
        return
    for password in passwords:
        try:
            yield password, _rewritten(content, password)
        except Broken:
            continue


def _rewritten(content: bytes, password: str) -> bytes:
    """Main header, files and end; what else there is (comments, recovery records) holds no file."""
    if len(password) > _LONGEST_PASSWORD:
        raise Broken
    pieces, salts = [RAR4], set()
    for header in _headers(content, password):
        if header.kind == MAIN4:
            pieces.append(_written(replace(header, flags=header.flags & ~NAMES_TOO4)))
        elif header.kind == FILE4:
            is_locked = header.flags & ENCRYPTED4 and header.flags & _HAS_SALT
            salts |= {_salt_of(header)} if is_locked else set()
            pieces.append(_written(_opened(header, password) if is_locked and len(salts) <= _MOST_SALTS else header))
    return b"".join([*pieces, _END_OF_ARCHIVE])


def _salt_at(header: _Header) -> int:
    """Behind the name, whose length stands at 19 among the fields."""
    return 25 + (8 if header.flags & LARGE4 else 0) + int.from_bytes(header.fields[19:21], "little")


def _salt_of(header: _Header) -> bytes:
    return header.fields[_salt_at(header) : _salt_at(header) + _SALT]


def _opened(header: _Header, password: str) -> _Header:
    """A file without its encryption; `Broken` when its stored content is not what it was."""
    at, fields = _salt_at(header), header.fields
    data = decrypted(header.data[: len(header.data) & -_BLOCK], password, _salt_of(header))
    if fields[18] == _STORED:
        # libarchive checks only what it unpacks.
        data = data[: int.from_bytes(fields[4:8], "little")]
        if zlib.crc32(data) != int.from_bytes(fields[9:13], "little"):
            raise Broken
    fields = len(data).to_bytes(4, "little") + fields[4:at] + fields[at + _SALT :]
    return replace(header, flags=header.flags & ~(ENCRYPTED4 | _HAS_SALT), fields=fields, data=data)


def _headers(content: bytes, password: str) -> Iterator[_Header]:
    """The headers in order; behind a main header that says so only with the password. `Broken` if they are none."""
    position, is_locked = len(RAR4), False
    for _ in range(MOST_HEADERS):
        if position + 7 > len(content):
            return
        header, position = _read(content, position, password if is_locked else None)
        yield header
        if header.kind == _END4:
            return
        is_locked = is_locked or (header.kind == MAIN4 and bool(header.flags & NAMES_TOO4))
    raise Broken


def _read(content: bytes, position: int, password: str | None) -> tuple[_Header, int]:
    """The header at `position`, and where the next one begins, behind its data."""
    block, padding = content[position : position + 0x10000], 0
    if password is not None:
        salt, locked = block[:_SALT], content[position + _SALT : position + _SALT + 0x10000]
        size = int.from_bytes(decrypted(locked[:_BLOCK], password, salt)[5:7], "little")
        block = decrypted(locked[: size + -size % _BLOCK], password, salt)
        padding = _SALT + -size % _BLOCK
    kind, flags, size = block[2], int.from_bytes(block[3:5], "little"), int.from_bytes(block[5:7], "little")
    if size < (32 if kind == FILE4 else 7) or len(block) < size:
        raise Broken
    if password is not None and zlib.crc32(block[2:size]) & 0xFFFF != int.from_bytes(block[:2], "little"):
        raise Broken
    fields = block[7:size]
    data = int.from_bytes(fields[:4], "little") if flags & HAS_DATA4 or kind == FILE4 else 0
    if kind == FILE4 and flags & LARGE4:
        data += int.from_bytes(fields[25:29], "little") << 32
    begin = position + size + padding
    return _Header(kind, flags, fields, content[begin : begin + data]), begin + data


def _written(header: _Header) -> bytes:
    size = len(header.fields) + 7
    block = bytes([header.kind]) + header.flags.to_bytes(2, "little") + size.to_bytes(2, "little") + header.fields
    return (zlib.crc32(block) & 0xFFFF).to_bytes(2, "little") + block + header.data


@lru_cache(maxsize=64)
def _key(password: str, salt: bytes) -> tuple[bytes, bytes]:
    """Key and initial vector."""
    once = password.encode("utf-16-le", "replace") + salt
    digest, start = hashlib.sha1(usedforsecurity=False), bytearray()
    for first in range(0, _GROUPS * _ROUNDS, _ROUNDS):
        digest.update(once + first.to_bytes(3, "little"))
        start.append(digest.copy().digest()[-1])
        numbers = range(first + 1, first + _ROUNDS)
        digest.update(b"".join([once + number.to_bytes(3, "little") for number in numbers]))
    words = digest.digest()[:16]
    return b"".join(words[at : at + 4][::-1] for at in range(0, 16, 4)), bytes(start)


def decrypted(data: bytes, password: str, salt: bytes) -> bytes:
    """Whole blocks of 16 bytes under a password and eight bytes of salt; `Broken` for anything else."""
    if len(salt) != _SALT or len(data) % _BLOCK:
        raise Broken
    key, start = _key(password, salt)
    decryptor = Cipher(algorithms.AES128(key), modes.CBC(start)).decryptor()
    return decryptor.update(data) + decryptor.finalize()
