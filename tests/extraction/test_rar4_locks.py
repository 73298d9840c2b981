"""RAR files of version 4 under a password, written here; what RAR itself wrote stands in two published examples."""

import hashlib
import os
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from submissions.extraction.rar4_locks import decrypted, forms_without_lock
from submissions.extraction.types import Inside
from tests.extraction.opening import codes, opened

SIGNATURE = b"Rar!\x1a\x07\x00"
SALT = bytes(range(8))
END = b"\xc4\x3d\x7b\x00\x40\x07\x00"


def locked(data: bytes, password: str) -> bytes:
    """Padded and encrypted; one byte of the initial vector is taken after each 16,384 rounds."""
    once, digest, start = password.encode("utf-16-le") + SALT, hashlib.sha1(), b""
    for number in range(0x40000):
        digest.update(once + number.to_bytes(3, "little"))
        start += b"" if number % 0x4000 else digest.digest()[19:]
    key = b"".join(int.from_bytes(digest.digest()[at : at + 4]).to_bytes(4, "little") for at in (0, 4, 8, 12))
    encryptor = Cipher(algorithms.AES128(key), modes.CBC(start)).encryptor()
    return encryptor.update(data + os.urandom(-len(data) % 16)) + encryptor.finalize()


def block(kind: int, flags: int, fields: bytes) -> bytes:
    header = bytes([kind]) + flags.to_bytes(2, "little") + (len(fields) + 7).to_bytes(2, "little") + fields
    return (zlib.crc32(header) & 0xFFFF).to_bytes(2, "little") + header


def member(name: str, content: bytes, password: str = "") -> tuple[bytes, bytes]:
    """Header and data of a stored file."""
    data = locked(content, password) if password else content
    sizes = len(data).to_bytes(4, "little") + len(content).to_bytes(4, "little")
    rest = b"\x02" + zlib.crc32(content).to_bytes(4, "little") + bytes(4) + b"\x1d\x30"
    fields = sizes + rest + len(name).to_bytes(2, "little") + b"\x20\0\0\0" + name.encode()
    return block(0x74, 0x8404 if password else 0x8000, fields + (SALT if password else b"")), data


def rar(*members: tuple[bytes, bytes]) -> bytes:
    return SIGNATURE + block(0x73, 0, bytes(6)) + b"".join(header + data for header, data in members) + END


def with_locked_headers(*members: tuple[bytes, bytes], password: str) -> bytes:
    blocks = b"".join(SALT + locked(header, password) + data for header, data in (*members, (END, b"")))
    return SIGNATURE + block(0x73, 0x80, bytes(6)) + blocks


def taken(inside: Inside) -> list[tuple[str, bytes, str | None]]:
    return [(one.name, one.content, one.password) for one in inside.members]


def test_the_password_opens_every_member() -> None:
    content = rar(member("a.exe", b"MZ is what it is", "s3cret"), member("b.txt", b"odd length", "s3cret"))

    inside = opened(content, passwords=("wrong", "s3cret"))

    assert taken(inside) == [("a.exe", b"MZ is what it is", "s3cret"), ("b.txt", b"odd length", "s3cret")]
    assert codes(inside) == []


@pytest.mark.parametrize(
    ("salt", "data", "plain"),
    [
        ("45109af8ab5f297a", "adbf6c5385d7a40373e8f77d7b89d317", END),
        ("e54a73729887cb53", "34620bcca8176642a210b1051901921e", b"hashcat rocks\n"),
    ],
)
def test_it_decrypts_the_examples_that_hashcat_publishes(salt: str, data: str, plain: bytes) -> None:
    """Modes 12500 (headers) and 23700 (a stored file), https://hashcat.net/wiki/doku.php?id=example_hashes."""
    assert decrypted(bytes.fromhex(data), "hashcat", bytes.fromhex(salt)).startswith(plain)


def test_headers_under_the_password_are_opened() -> None:
    content = with_locked_headers(member("a.exe", b"MZ", "s3cret"), member("b", b"2", "s3cret"), password="s3cret")

    inside = opened(content, passwords=("wrong", "s3cret"))

    assert taken(inside) == [("a.exe", b"MZ", "s3cret"), ("b", b"2", "s3cret")]
    assert codes(inside) == []


@pytest.mark.parametrize("passwords", [(), ("wrong",), ("x" * 29,)])
def test_without_the_password_it_is_locked(passwords: tuple[str, ...]) -> None:
    assert codes(opened(rar(member("a.exe", b"MZ", "s3cret")), passwords=passwords)) == ["locked"]
    assert codes(opened(with_locked_headers(password="s3cret"), passwords=passwords)) == ["locked"]


@given(st.binary(max_size=300), st.integers(0, 100))
def test_no_bytes_make_it_fail(noise: bytes, at: int) -> None:
    content = bytearray(rar(member("a.exe", b"MZ is what it is")))
    content[at : at + len(noise)] = noise

    for _ in forms_without_lock(SIGNATURE + bytes(content[7:]), ("s3cret",)):
        pass
