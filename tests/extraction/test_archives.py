"""Members of archives other than ZIP, and of single packed files."""

import bz2
import gzip
import io
import lzma
import tarfile

import libarchive
import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.extraction.rar_headers import encrypted_members
from submissions.extraction.types import Limits
from tests.extraction.opening import codes, names, opened

MEBIBYTE = 1024 * 1024


def packed_as(format_name: str, files: dict[str, bytes], filter_name: str | None = None) -> bytes:
    chunks: list[bytes] = []
    with libarchive.custom_writer(
        lambda chunk: chunks.append(bytes(chunk)) or len(chunk), format_name, filter_name
    ) as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content)
    return b"".join(chunks)


def tarred(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


@pytest.mark.parametrize("format_name", ["7zip", "iso9660", "xar", "cpio_newc", "ustar"])
def test_it_reads_the_members(format_name: str) -> None:
    inside = opened(packed_as(format_name, {"a.exe": b"MZ" + bytes(100)}))

    assert [(member.name.lower(), member.content) for member in inside.members] == [("a.exe", b"MZ" + bytes(100))]
    assert inside.problems == ()


def test_a_disc_image_whose_second_directory_is_not_read_is_incomplete() -> None:
    image = bytearray(packed_as("iso9660", {"readme.txt": b"hello"}))
    image[0x9801:0x9806] = b"NSR02"

    inside = opened(bytes(image), "disc.iso")

    assert [name.lower() for name in names(inside)] == ["readme.txt"]
    assert [(problem.code, problem.incomplete) for problem in inside.problems] == [("unsupported", True)]


@pytest.mark.parametrize(
    "content",
    [
        bytes(0x8001) + b"BEA01" + bytes(3000),
        b"conectix" + bytes(3000),
        bytes(3000) + b"conectix" + bytes(504),
        b"vhdxfile" + bytes(3000),
        bytes(7) + b"**ACE**" + bytes(300),
    ],
)
def test_a_disk_that_nothing_here_reads_is_incomplete_rather_than_empty(content: bytes) -> None:
    assert codes(opened(content)) == ["unsupported"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_tar_shows_its_members_at_once(pack: object) -> None:
    assert callable(pack)

    inside = opened(pack(tarred({"in/a.txt": b"hello", "b.txt": b"again"})), "files.tar.gz")

    assert names(inside) == ["in/a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (gzip.compress(b"hello"), "letter.txt.gz", "letter.txt"),
        (bz2.compress(b"hello"), "letter.txt.bz2", "letter.txt"),
        (lzma.compress(b"hello"), "letter.txt.xz", "letter.txt"),
        (lzma.compress(b"hello", format=lzma.FORMAT_ALONE), "letter.txt.lzma", "letter.txt"),
        (gzip.compress(b"hello"), "", "packed.unpacked"),
    ],
)
def test_a_single_packed_file_is_unpacked(content: bytes, name: str, expected: str) -> None:
    inside = opened(content, name)

    assert [(member.name, member.content) for member in inside.members] == [(expected, b"hello")]


def test_the_name_that_gzip_stored_is_used() -> None:
    packed = io.BytesIO()
    with gzip.GzipFile("invoice.js", "wb", fileobj=packed) as stream:
        stream.write(b"run()")

    inside = opened(packed.getvalue(), "document.gz")

    assert names(inside) == ["invoice.js"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_bomb_is_cut_at_the_ratio(pack: object) -> None:
    assert callable(pack)

    inside = opened(pack(bytes(60 * MEBIBYTE)), "bomb.gz")

    assert codes(inside) == ["limit-ratio"]
    assert len(inside.members[0].content) < 12 * MEBIBYTE


def test_a_solid_bomb_is_cut_at_the_ratio() -> None:
    inside = opened(packed_as("7zip", {"a.txt": b"first", "bomb.bin": bytes(60 * MEBIBYTE), "z.txt": b"last"}))

    assert names(inside) == ["a.txt", "bomb.bin"]
    assert codes(inside) == ["limit-ratio"]


def test_a_member_over_the_file_limit_is_cut_and_the_next_one_is_read() -> None:
    packed = packed_as("7zip", {"big.bin": b"MZ" + bytes(9000), "small.txt": b"x"})

    inside = opened(packed, limits=Limits(file_bytes=1000))

    assert [(member.name, len(member.content)) for member in inside.members] == [("big.bin", 1000), ("small.txt", 1)]
    assert codes(inside) == ["limit-file-bytes"]


def test_folders_count_as_entries() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for number in range(20):
            folder = tarfile.TarInfo(f"folder{number}")
            folder.type = tarfile.DIRTYPE
            archive.addfile(folder)

    inside = opened(packed.getvalue(), limits=Limits(archive_entries=5))

    assert codes(inside) == ["limit-entries"]


def test_links_and_devices_in_a_tar_are_passed_over() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        archive.addfile(tarfile.TarInfo("real"), io.BytesIO(b""))

    inside = opened(packed.getvalue())

    assert names(inside) == ["real"]


def test_an_archive_that_breaks_off_keeps_what_was_read() -> None:
    packed = tarred({"a.txt": b"hello", "b.bin": bytes(4000)})

    inside = opened(packed[:2500])

    assert names(inside)[0] == "a.txt"
    assert "broken" in codes(inside)


@pytest.mark.parametrize(
    "start", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x00", b"MSCF", b"\x1f\x8b\x08\x00", b"\xfd7zXZ\x00"]
)
def test_an_archive_that_is_only_a_beginning_is_broken(start: bytes) -> None:
    inside = opened(start + b"\x05" * 40)

    assert codes(inside) == ["broken"]


def rar5(*headers: bytes) -> bytes:
    blocks = b"".join(bytes(4) + bytes([len(header)]) + header for header in headers)
    return b"Rar!\x1a\x07\x01\x00" + blocks


def rar5_member(extra: bytes) -> bytes:
    """A stored, empty member: type, flags, size of the extra area, data size, then its fields and name."""
    return bytes([2, 3, len(extra), 0, 0, 0, 0, 0, 0, 1]) + b"a" + extra


@pytest.mark.parametrize(
    ("content", "encrypted"),
    [
        (rar5(rar5_member(b"\x02\x01\x00")), True),
        (rar5(rar5_member(b"\x02\x03\x00")), False),
        (rar5(rar5_member(b"\x02\x03\x00\x02\x01\x00")), True),
        (rar5(b"\x04\x00"), True),
        (rar5(), False),
        (b"Rar!\x1a\x07\x00" + b"\x00\x00\x74\x04\x00\x20\x00" + bytes(25), True),
        (b"Rar!\x1a\x07\x00" + b"\x00\x00\x74\x00\x00\x20\x00" + bytes(25), False),
        (b"PK\x03\x04", False),
    ],
)
def test_it_tells_whether_a_rar_has_encrypted_members(content: bytes, encrypted: bool) -> None:
    assert any(encrypted_members(content)) is encrypted


def test_a_rar_with_encrypted_members_is_locked() -> None:
    inside = opened(rar5(rar5_member(b"\x02\x01\x00")))

    assert "locked" in codes(inside)
    assert inside.notes == ("locked",)


@given(st.binary(max_size=200), st.sampled_from([b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"]))
def test_no_rar_headers_make_it_fail(rest: bytes, start: bytes) -> None:
    assert set(encrypted_members(start + rest)) <= {True, False}
