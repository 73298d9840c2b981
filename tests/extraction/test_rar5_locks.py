"""RAR files under a password: those of RAR 5 are opened with what the mail says, others stay locked."""

import hashlib
import os
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from submissions.extraction.rar5_locks import without_lock
from submissions.extraction.types import Inside
from tests.extraction.opening import codes, opened
from tests.extraction.reading import extracted

SIGNATURE = b"Rar!\x1a\x07\x01\x00"
SALT, START = bytes(range(16)), bytes(range(16, 32))
END = b"\x05\x00\x00"


def block(header: bytes) -> bytes:
    sized = bytes([len(header)]) + header
    return zlib.crc32(sized).to_bytes(4, "little") + sized


def key(password: str, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, rounds)


def locked(data: bytes, password: str, power: int) -> bytes:
    padded = data + bytes(-len(data) % 16)
    encryptor = Cipher(algorithms.AES256(key(password, 1 << power)), modes.CBC(START)).encryptor()
    return encryptor.update(padded) + encryptor.finalize()


def check(password: str, power: int) -> bytes:
    value = key(password, (1 << power) + 32)
    folded = bytes(value[at] ^ value[at + 8] ^ value[at + 16] ^ value[at + 24] for at in range(8))
    return folded + hashlib.sha256(folded).digest()[:4]


def member(name: str, content: bytes, password: str = "", power: int = 4, flags: int = 1) -> bytes:
    """A stored member with its checksum, which is keyed and so useless under a password."""
    data, extra = content, b""
    if password:
        data = locked(content, password, power)
        record = b"\x01\x00" + bytes([flags, power]) + SALT + START + (check(password, power) if flags & 1 else b"")
        extra = bytes([len(record)]) + record
    sizes = bytes([len(extra), len(data)]) if extra else bytes([len(data)])
    fields = b"\x04" + bytes([len(content)]) + b"\x20" + os.urandom(4) + b"\x00\x00"
    fields += bytes([len(name)]) + name.encode()
    return block(bytes([2, 3 if extra else 2]) + sizes + fields + extra) + data


def rar(*members: bytes) -> bytes:
    return SIGNATURE + block(b"\x01\x00\x00") + b"".join(members) + block(END)


def with_locked_headers(*members: bytes, password: str, power: int = 4) -> bytes:
    headers = [block(b"\x01\x00\x00"), *members, block(END)]
    encryption = block(b"\x04\x00\x00\x01" + bytes([power]) + SALT + check(password, power))
    return SIGNATURE + encryption + b"".join(START + locked(header, password, power) for header in headers)


def names(inside: Inside) -> list[tuple[str, bytes, str | None]]:
    return [(one.name, one.content, one.password) for one in inside.members]


def test_the_password_in_the_mail_opens_a_rar_names_and_all() -> None:
    mail = extracted("rar-encrypted-headers")

    assert [(file.name, file.size, file.password) for file in mail.files] == [
        ("documents.rar", 5006, "password"),
        ("lorem-hidden.txt", 4015, "password"),
        ("lorem-readonly.txt", 4015, "password"),
        ("lorem.txt", 4015, "password"),
    ]
    assert mail.problems == ()


def test_a_stored_member_is_opened() -> None:
    inside = opened(rar(member("a.exe", b"MZ is what it is", "s3cret")), passwords=("wrong", "s3cret"))

    assert names(inside) == [("a.exe", b"MZ is what it is", "s3cret")]
    assert codes(inside) == []


def test_a_member_from_unix_that_does_not_say_it_is_a_file_is_taken() -> None:
    content = member("a.exe", b"MZ").replace(b"\x00\x00\x05a.exe", b"\x00\x01\x05a.exe")
    header = content[4:-2]

    inside = opened(rar(zlib.crc32(header).to_bytes(4, "little") + header + b"MZ"))

    assert names(inside) == [("a.exe", b"MZ", None)]


def test_headers_under_the_password_are_opened() -> None:
    inside = opened(with_locked_headers(password="s3cret"), passwords=("s3cret",))

    assert inside.password == "s3cret"


def test_a_member_under_another_password_stays_locked_beside_the_others() -> None:
    content = rar(member("a.txt", b"open", "one"), member("b.txt", b"shut", "two"), member("c.txt", b"free"))

    inside = opened(content, passwords=("one",))

    assert {one.name: one.content for one in inside.members} == {"a.txt": b"open", "c.txt": b"free"}
    assert codes(inside) == ["locked"]


@pytest.mark.parametrize("passwords", [(), ("wrong",), ("", "S3CRET")])
def test_without_the_password_it_is_locked(passwords: tuple[str, ...]) -> None:
    inside = opened(rar(member("a.exe", b"MZ", "s3cret")), passwords=passwords)

    assert inside.members == ()
    assert codes(inside) == ["locked"]


def test_a_lock_that_does_not_tell_its_password_stays_shut() -> None:
    assert codes(opened(rar(member("a.exe", b"MZ", "s3cret", flags=0)), passwords=("s3cret",))) == ["locked"]


def test_a_lock_that_takes_minutes_to_try_stays_shut() -> None:
    content = bytearray(rar(member("a.exe", b"MZ", "s3cret")))
    at = content.index(b"\x01\x00\x01\x04" + SALT)
    content[at + 3] = 24

    assert without_lock(bytes(content), ("s3cret",)) is None


def test_more_members_than_any_archive_has_stay_shut() -> None:
    content = rar(member("a.exe", b"MZ", "s3cret"), *[block(b"\x03\x00")] * 10_000)

    assert without_lock(content, ("s3cret",)) is None


@given(st.binary(max_size=300), st.integers(0, 200))
def test_no_bytes_make_it_fail(noise: bytes, at: int) -> None:
    content = bytearray(rar(member("a.exe", b"MZ is what it is", "s3cret")))
    content[at : at + len(noise)] = noise

    without_lock(SIGNATURE + bytes(content[8:]), ("s3cret",))
