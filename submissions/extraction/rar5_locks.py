"""Encrypted RAR files (version 5), rewritten without their encryption when a password opens them.

libarchive unpacks RAR but cannot decrypt it (AES-256 in CBC mode under a key of PBKDF2, archive format technote of
RARLAB). A password is told by the check value that stands beside each salt; an archive without one stays locked.
"""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from submissions.extraction.rar_headers import (
    ENCRYPTION,
    ENCRYPTION_RECORD,
    FILE,
    HAS_DATA,
    HAS_EXTRA,
    MOST_HEADERS,
    RAR5,
    Broken,
    number,
)

_MAIN, _END, _REDIRECTION_RECORD = 1, 5, 5
_SOLID = 4
_HAS_TIME, _HAS_CHECKSUM = 2, 4
_HAS_CHECK = 1
_LAST_BLOCK = 0x40
_BLOCK = 16
# RAR itself hashes 2^15 times; a key takes 8 ms then.
_MOST_ROUNDS = 18
_MOST_SALTS = 50
_LARGEST_HEADER = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Lock:
    """What a password is tried on: `rounds` is a power of two, `start` the initial vector, empty for headers."""

    rounds: int
    salt: bytes
    start: bytes
    check: bytes


@dataclass(frozen=True, slots=True)
class _Header:
    """`fields` is what stands between the sizes and the extra area."""

    kind: int
    fields: bytes
    extra: bytes
    data: bytes

    def record(self, kind: int) -> bytes | None:
        """The content of the first record of a kind in the extra area."""
        return next((content for found, content in _records(self.extra) if found == kind), None)


def without_lock(content: bytes, passwords: Sequence[str]) -> tuple[str, bytes] | None:
    """The first password that opens a RAR 5 file, and the file without its encryption; None when none does."""
    if not content.startswith(RAR5):
        return None
    try:
        lock = _first_lock(content)
        password = next((one for one in passwords if lock and _fits(one, lock)), None)
        return None if password is None else (password, _rewritten(content, password))
    except Broken:
        return None


def _first_lock(content: bytes) -> _Lock | None:
    for header in _headers(content, ""):
        if header.kind == ENCRYPTION:
            return _lock(header.fields, start=0)
        if header.kind == FILE and (record := header.record(ENCRYPTION_RECORD)):
            return _lock(record, start=_BLOCK)
    return None


def _rewritten(content: bytes, password: str) -> bytes:
    """Main header, files and end; what else there is (comments, a copy of the headers) holds no file."""
    pieces = [RAR5]
    salts: set[bytes] = set()
    for header in _headers(content, password):
        if header.kind == _MAIN:
            flags, _ = number(header.fields, 0)
            pieces.append(_written(_Header(_MAIN, _encoded(flags & _SOLID), b"", b"")))
        elif header.kind == FILE:
            record = header.record(ENCRYPTION_RECORD)
            lock = _lock(record, start=_BLOCK) if record else None
            salts |= {lock.salt} if lock else set()
            opens = lock and len(salts) <= _MOST_SALTS and _fits(password, lock)
            pieces.append(_written(_opened(header, lock, password) if lock and opens else header))
    return b"".join([*pieces, _written(_Header(_END, _encoded(0), b"", b""))])


def _opened(header: _Header, lock: _Lock, password: str) -> _Header:
    """A file without its encryption, and without its checksum, which is keyed by the password."""
    whole = header.fields
    flags, after_flags = number(whole, 0)
    size, after_size = number(whole, after_flags)
    _, at = number(whole, after_size)
    at += 4 if flags & _HAS_TIME else 0
    rest = whole[at + 4 :] if flags & _HAS_CHECKSUM else whole[at:]
    fields = _encoded(flags & ~_HAS_CHECKSUM) + whole[after_flags:at] + rest
    data = _decrypted(
        header.data[: len(header.data) & -_BLOCK], _key(password, lock.salt, 1 << lock.rounds), lock.start
    )
    is_stored = number(rest, 0)[0] >> 7 & 7 == 0
    target = header.record(_REDIRECTION_RECORD)
    extra = b"" if target is None else _sized(_encoded(_REDIRECTION_RECORD) + target)
    return replace(header, fields=fields, extra=extra, data=data[: size if is_stored else _end(data)])


def _end(packed: bytes) -> int:
    """Where the last block of packed data ends: what was added to encrypt it would be taken for one more block."""
    position = 0
    while position < len(packed):
        flags, size_at = packed[position], position + 2
        size_end = size_at + (flags >> 3 & 3) + 1
        position = size_end + int.from_bytes(packed[size_at:size_end], "little")
        if flags & _LAST_BLOCK:
            break
    return position


def _headers(content: bytes, password: str) -> Iterator[_Header]:
    """The headers in order; behind an encryption header only with the password. `Broken` where they make no sense."""
    position, key = len(RAR5), b""
    for _ in range(MOST_HEADERS):
        if position >= len(content):
            return
        header, position = _read(content, position, key)
        yield header
        if header.kind == _END:
            return
        if header.kind == ENCRYPTION:
            lock = _lock(header.fields, start=0)
            key = _key(password, lock.salt, 1 << lock.rounds)
    raise Broken


def _read(content: bytes, position: int, key: bytes) -> tuple[_Header, int]:
    """The header at `position`, and where the next one begins, behind its data."""
    if key:
        start, position = content[position : position + _BLOCK], position + _BLOCK
        block = _decrypted(content[position : position + _BLOCK], key, start)
        size, begin = number(block, 4)
        padded = -(-(begin + size) // _BLOCK) * _BLOCK
        block = _decrypted(content[position : position + min(padded, _LARGEST_HEADER)], key, start)
    else:
        size, begin = number(content, position + 4)
        begin -= position
        padded = begin + size
        block = content[position : position + min(padded, _LARGEST_HEADER)]
    end = begin + size
    if not size or len(block) < end or zlib.crc32(block[4:end]) != int.from_bytes(block[:4], "little"):
        raise Broken
    kind, at = number(block, begin)
    flags, at = number(block, at)
    extra, at = number(block, at) if flags & HAS_EXTRA else (0, at)
    data, at = number(block, at) if flags & HAS_DATA else (0, at)
    position += padded
    header = _Header(
        kind, block[at : end - extra], block[max(at, end - extra) : end], content[position : position + data]
    )
    return header, position + data


def _written(header: _Header) -> bytes:
    """libarchive wants the size of the data in every file's header, also of a folder, and in no other."""
    extra = _encoded(len(header.extra)) if header.extra else b""
    data = _encoded(len(header.data)) if header.kind == FILE else b""
    flags = HAS_EXTRA * bool(extra) | HAS_DATA * bool(data)
    block = _sized(_encoded(header.kind) + _encoded(flags) + extra + data + header.fields + header.extra)
    return zlib.crc32(block).to_bytes(4, "little") + block + header.data


def _records(extra: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position < len(extra):
        size, start = number(extra, position)
        kind, at = number(extra, start)
        position = start + max(size, 1)
        yield kind, extra[at:position]


def _lock(fields: bytes, *, start: int) -> _Lock:
    """From an encryption header, or from a file's record, where an initial vector of `start` bytes follows the salt."""
    _, at = number(fields, 0)
    flags, at = number(fields, at)
    rounds, salt, behind = fields[at] if at < len(fields) else 0, fields[at + 1 : at + 17], at + 17 + start
    check = fields[behind : behind + 8] if flags & _HAS_CHECK else b""
    if rounds > _MOST_ROUNDS or len(salt) < _BLOCK or len(fields) < behind:
        raise Broken
    return _Lock(rounds, salt, fields[at + 17 : behind], check)


def _fits(password: str, lock: _Lock) -> bool:
    """The check value is a key of 32 rounds more, folded to eight bytes."""
    value = _key(password, lock.salt, (1 << lock.rounds) + 32)
    quarters = (value[:8], value[8:16], value[16:24], value[24:])
    return lock.check == bytes(a ^ b ^ c ^ d for a, b, c, d in zip(*quarters, strict=True))


@lru_cache(maxsize=128)
def _key(password: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode("utf-8", "replace"), salt, rounds)


def _decrypted(data: bytes, key: bytes, start: bytes) -> bytes:
    if len(start) != _BLOCK or len(data) % _BLOCK:
        raise Broken
    decryptor = Cipher(algorithms.AES256(key), modes.CBC(start)).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def _sized(content: bytes) -> bytes:
    return _encoded(len(content)) + content


def _encoded(value: int) -> bytes:
    """A number of seven bits per byte, lowest first."""
    done = bytearray()
    while value > 0x7F:
        done.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*done, value])
