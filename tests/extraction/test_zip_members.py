"""Members of ZIP files, also of encrypted, lying and exploding ones."""

import io
import struct
import zipfile
import zlib

import pytest
import pyzipper

from submissions.extraction.types import Limits
from tests.extraction.opening import codes, names, opened

MEBIBYTE = 1024 * 1024


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def aes_zipped(files: dict[str, bytes], password: str) -> bytes:
    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def traditionally_zipped(name: str, content: bytes, password: str) -> bytes:
    """A stored member under the traditional cipher (APPNOTE 6.1), which no library of ours writes."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = _crc_step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = _crc_step(keys[2], keys[1] >> 24)

    def encrypted(byte: int) -> int:
        mixed = (keys[2] | 2) & 0xFFFF
        update(byte)
        return byte ^ ((mixed * (mixed ^ 1)) >> 8 & 0xFF)

    for byte in password.encode():
        update(byte)
    checksum = zlib.crc32(content)
    body = bytes(encrypted(byte) for byte in bytes(11) + bytes([checksum >> 24]) + content)
    sizes = struct.pack("<III", checksum, len(body), len(content))
    fields = struct.pack("<HHHHH", 20, 1, 0, 0, 0x21) + sizes
    local = b"PK\x03\x04" + fields + struct.pack("<HH", len(name), 0) + name.encode() + body
    central = b"PK\x01\x02\x14\x00" + fields + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name.encode()
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + b"PK\x05\x06" + end


def _crc_step(crc: int, byte: int) -> int:
    return ~zlib.crc32(bytes([byte]), ~crc & 0xFFFFFFFF) & 0xFFFFFFFF


def test_it_reads_the_members_under_their_stored_names() -> None:
    inside = opened(zipped({"invoice.exe": b"MZ", "../../etc/passwd": b"x", "folder/": b""}))

    assert [(member.name, member.content) for member in inside.members] == [
        ("invoice.exe", b"MZ"),
        ("../../etc/passwd", b"x"),
    ]
    assert inside.problems == ()


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_it_reads_every_compression_of_the_standard_library(compression: int) -> None:
    inside = opened(zipped({"a.txt": b"hello" * 100}, compression))

    assert inside.members[0].content == b"hello" * 100


def test_a_password_from_the_mail_opens_aes_members() -> None:
    inside = opened(aes_zipped({"a.js": b"run()"}, "Sommer26"), passwords=("wrong", "Sommer26", "infected"))

    assert [(member.content, member.password) for member in inside.members] == [(b"run()", "Sommer26")]
    assert inside.password == "Sommer26"


def test_a_password_from_the_mail_opens_members_under_the_traditional_cipher() -> None:
    packed = traditionally_zipped("a.js", b"run()", "infected")

    inside = opened(packed, passwords=("wrong", "infected"))

    assert [(member.content, member.password) for member in inside.members] == [(b"run()", "infected")]


def test_a_member_that_no_password_opens_is_locked_with_its_path() -> None:
    inside = opened(aes_zipped({"in/a.js": b"run()"}, "Sommer26"), passwords=("wrong",))

    assert inside.members == ()
    assert [(problem.code, problem.path, problem.incomplete) for problem in inside.problems] == [
        ("locked", "in/a.js", True)
    ]
    assert inside.notes == ("locked",)


def test_open_members_beside_locked_ones_are_read() -> None:
    packed = io.BytesIO(aes_zipped({"locked.txt": b"1"}, "secret"))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("open.txt", b"2")

    inside = opened(packed.getvalue())

    assert names(inside) == ["open.txt"]
    assert codes(inside) == ["locked"]


def test_no_more_passwords_are_tried_than_the_limit_allows() -> None:
    packed = aes_zipped({"a": b"1"}, "third")

    inside = opened(packed, passwords=("first", "second", "third"), limits=Limits(passwords=2))

    assert codes(inside) == ["locked"]


def test_a_bomb_is_cut_at_the_ratio_and_its_head_is_kept() -> None:
    packed = zipped({"bomb.exe": b"MZ" + bytes(60 * MEBIBYTE), "after.txt": b"x"})

    inside = opened(packed)

    assert codes(inside) == ["limit-ratio"]
    assert inside.members[0].notes == ("truncated",)
    assert inside.members[0].content.startswith(b"MZ")
    assert len(inside.members[0].content) < 12 * MEBIBYTE


def test_what_packs_well_but_stays_small_is_no_bomb() -> None:
    inside = opened(zipped({"log.txt": bytes(2 * MEBIBYTE)}))

    assert len(inside.members[0].content) == 2 * MEBIBYTE
    assert inside.problems == ()


def test_the_total_size_is_limited_and_what_was_read_stays() -> None:
    packed = zipped({f"{number}.bin": bytes(1000) for number in range(5)}, zipfile.ZIP_STORED)

    inside = opened(packed, limits=Limits(archive_bytes=2500))

    assert names(inside) == ["0.bin", "1.bin", "2.bin"]
    assert codes(inside) == ["limit-bytes"]


def test_the_number_of_entries_is_limited() -> None:
    packed = zipped({f"{number}.txt": b"x" for number in range(20)})

    inside = opened(packed, limits=Limits(archive_entries=7))

    assert len(inside.members) == 7
    assert codes(inside) == ["limit-entries"]


def test_a_member_over_the_file_limit_is_cut_and_the_next_one_is_read() -> None:
    packed = zipped({"big.exe": b"MZ" + bytes(9000), "small.txt": b"x"})

    inside = opened(packed, limits=Limits(file_bytes=1000))

    assert [(member.name, len(member.content), member.notes) for member in inside.members] == [
        ("big.exe", 1000, ("truncated",)),
        ("small.txt", 1, ()),
    ]
    assert codes(inside) == ["limit-file-bytes"]


def test_a_member_that_is_larger_than_it_says_is_not_believed() -> None:
    packed = zipped({"a.bin": bytes(5000)})
    lying = packed.replace(struct.pack("<I", 5000), struct.pack("<I", 10))

    inside = opened(lying)

    assert [(member.content, member.notes) for member in inside.members] == [(bytes(5000), ("damaged",))]
    assert codes(inside) == ["broken"]


def test_members_that_share_their_bytes_are_refused() -> None:
    packed = bytearray(zipped({"a.bin": b"a" * 100, "b.bin": b"b" * 100}, zipfile.ZIP_STORED))
    second = packed.rfind(b"PK\x01\x02")
    first_local_end = 4
    packed[second + 42 : second + 46] = struct.pack("<I", first_local_end)

    inside = opened(bytes(packed))

    assert names(inside) == ["a.bin"]
    assert "overlap" in codes(inside)


def test_a_zip_without_its_directory_is_read_as_a_stream() -> None:
    packed = zipped({"a.txt": b"hello", "b.txt": b"again"})
    cut = packed[: packed.find(b"PK\x01\x02")]

    inside = opened(cut)

    assert names(inside) == ["a.txt", "b.txt"]


def test_a_directory_of_a_hundred_thousand_entries_costs_no_memory() -> None:
    packed = zipped({"a.txt": b"x"}) + b"PK\x01\x02" * 60_000

    inside = opened(packed)

    assert names(inside) in (["a.txt"], [])
    assert inside.members or inside.problems


def test_a_member_with_a_wrong_checksum_is_kept_and_marked() -> None:
    packed = bytearray(zipped({"a.txt": b"hello"}, zipfile.ZIP_STORED))
    packed[packed.find(b"hello")] ^= 1

    inside = opened(bytes(packed))

    assert [(problem.code, problem.path) for problem in inside.problems] == [("broken", "a.txt")]
    assert inside.members[0].notes == ("damaged",)
