"""winmail.dat: bodies, files and embedded messages that Outlook packed."""

import struct
from email import message_from_bytes

from submissions.extraction.types import Limits
from tests.extraction.opening import codes, names, opened

MESSAGE_OBJECT = bytes.fromhex("0703020000000000c000000000000046")
RENDERING = b"\x02\x02\x90\x06\x00\x0e\x00\x00\x00" + bytes(16)


def attribute(level: int, identifier: int, data: bytes) -> bytes:
    return bytes([level]) + struct.pack("<II", identifier, len(data)) + data + bytes(2)


def variable(tag: int, value: bytes) -> bytes:
    """A property of variable length: id and type in `tag`, one value, padded."""
    return struct.pack("<HHII", tag & 0xFFFF, tag >> 16, 1, len(value)) + value + bytes(-len(value) % 4)


def properties(*entries: bytes) -> bytes:
    return struct.pack("<I", len(entries)) + b"".join(entries)


def tnef(*attributes: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)


def file(name: bytes, content: bytes) -> bytes:
    return RENDERING + attribute(2, 0x18010, name + b"\x00") + attribute(2, 0x6800F, content)


def wide(text: str) -> bytes:
    return (text + "\x00").encode("utf-16-le")


def test_it_reads_subject_bodies_and_files() -> None:
    packed = tnef(
        attribute(1, 0x69007, struct.pack("<II", 1252, 0)),
        attribute(1, 0x18004, b"Gr\xfc\xdfe\x00"),
        attribute(1, 0x69003, properties(variable(0x1000001F, wide("https://text.example/")))),
        attribute(1, 0x69003, properties(variable(0x10130102, b"<a href='https://html.example/'>"))),
        file(b"bill.exe", b"MZ!"),
        file(b"second.txt", b"hello"),
    )

    inside = opened(packed)

    assert inside.mail["subject"] == "Grüße"
    assert "https://text.example/" in inside.text
    assert "https://html.example/" in inside.html
    assert [(member.name, member.content) for member in inside.members] == [
        ("bill.exe", b"MZ!"),
        ("second.txt", b"hello"),
    ]


def test_the_long_name_wins_and_padding_is_no_content() -> None:
    details = properties(variable(0x3707001F, wide("a long name.html")), variable(0x37010102, b"12345"))

    inside = opened(tnef(RENDERING, attribute(2, 0x18010, b"ALONG~1.HTM\x00"), attribute(2, 0x69005, details)))

    assert [(member.name, member.content) for member in inside.members] == [("a long name.html", b"12345")]


def test_an_embedded_message_becomes_a_mail() -> None:
    inner = tnef(attribute(1, 0x18004, b"inner\x00"), file(b"run.js", b"run()"))
    details = properties(variable(0x3701000D, MESSAGE_OBJECT + inner))

    inside = opened(tnef(RENDERING, attribute(2, 0x69005, details)))
    mail = message_from_bytes(inside.members[0].content)

    assert names(inside) == ["inner.eml"]
    assert inside.members[0].notes == ("embedded-message",)
    assert mail["subject"] == "inner"
    assert [part.get_filename() for part in mail.walk() if part.get_filename()] == ["run.js"]


def test_messages_in_messages_end_at_the_limit() -> None:
    inner = tnef()
    for _ in range(4):
        inner = tnef(RENDERING, attribute(2, 0x69005, properties(variable(0x3701000D, MESSAGE_OBJECT + inner))))

    assert codes(opened(inner, limits=Limits(mail_depth=2))) == ["limit-depth"]


def test_named_and_multiple_properties_are_passed_over() -> None:
    named = struct.pack("<HH", 0x1F, 0x8001) + bytes(16) + struct.pack("<II", 1, 6) + b"a\x00b\x00\x00\x00" + bytes(2)
    named += struct.pack("<II", 1, 4) + b"x\x00\x00\x00"
    numbered = struct.pack("<HH", 0x03, 0x8002) + bytes(16) + struct.pack("<II", 0, 7) + bytes(4)
    several = struct.pack("<HHI", 0x1003, 0x1234, 3) + bytes(12)
    body = variable(0x1000001F, wide("reached"))

    inside = opened(tnef(attribute(1, 0x69003, properties(named, numbered, several, body))))

    assert inside.text == "reached"


def test_numbers_that_the_sender_chose_cost_nothing() -> None:
    lying = struct.pack("<I", 0xFFFFFFFF) + struct.pack("<HHI", 0x1F, 0x1000, 0xFFFFFFFF) + b"\xff\xff\xff\xff"

    inside = opened(tnef(attribute(1, 0x69003, lying), attribute(1, 0x69004, lying)))

    assert inside.members == ()


def test_what_breaks_off_is_a_problem_and_keeps_what_was_read() -> None:
    packed = tnef(file(b"a.txt", b"hello"), file(b"b.txt", b"x" * 100))

    inside = opened(packed[:-50])

    assert names(inside) == ["a.txt", "b.txt"]
    assert codes(inside) == ["broken"]


def test_the_number_of_files_is_limited() -> None:
    inside = opened(tnef(*[file(b"a.txt", b"x")] * 9), limits=Limits(archive_entries=4))

    assert len(inside.members) == 4
    assert codes(inside) == ["limit-entries"]
