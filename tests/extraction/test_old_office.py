"""Office documents in OLE compound files: links, objects, macros, passwords."""

import io
import random
import struct

import msoffcrypto.format.ooxml
import pytest

from submissions.extraction.types import Limits
from tests.extraction.compound_file import compound_file
from tests.extraction.opening import codes, names, opened, urls
from tests.extraction.test_office import document, native, relationship


def encrypted(parts: dict[str, str | bytes], password: str) -> bytes:
    """A document under a password. The library garbles packages below 4 KiB, hence the filling."""
    locked = io.BytesIO()
    plain = document({**parts, "word/media/filling.bin": random.Random(1).randbytes(9000)})
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(plain)).encrypt(password, locked)
    return locked.getvalue()


def test_it_finds_addresses_in_both_widths_of_letters() -> None:
    stream = b'\x13HYPERLINK "http://narrow.example/a"\x14' + bytes(2) + "https://wide.example/b".encode("utf-16-le")

    assert urls(opened(compound_file({"WordDocument": stream}))) == [
        "http://narrow.example/a",
        "https://wide.example/b",
    ]


def test_addresses_that_every_document_has_are_left_out() -> None:
    stream = b"http://schemas.openxmlformats.org/drawingml/2006/main http://www.w3.org/1999/x"

    assert opened(compound_file({"WordDocument": stream})).links == ()


@pytest.mark.parametrize(
    "tree",
    [
        {"WordDocument": b"x", "Macros": {"VBA": {"dir": b"x"}}},
        {"Workbook": b"x", "_VBA_PROJECT_CUR": {"VBA": {"dir": b"x"}}},
        {"Workbook": struct.pack("<HH", 0x85, 8) + b"\x00\x00\x00\x00\x00\x01xx"},
    ],
)
def test_macros_of_all_kinds_are_noted(tree: dict[str, bytes]) -> None:
    assert "macros" in opened(compound_file(tree)).notes


def test_a_sheet_without_macros_is_not_noted() -> None:
    sheet = struct.pack("<HH", 0x85, 8) + b"\x00\x00\x00\x00\x00\x00xx"

    assert opened(compound_file({"Workbook": sheet})).notes == ()


def test_dynamic_data_exchange_is_noted() -> None:
    assert opened(compound_file({"WordDocument": b"\x13 DDEAUTO c:\\cmd.exe \x14"})).notes == ("dde",)


def test_packaged_files_are_members() -> None:
    tree = {"WordDocument": b"x", "ObjectPool": {"_1": {"\x01Ole10Native": native(b"run.vbs", b"run")}}}

    inside = opened(compound_file(tree))

    assert [(member.name, member.content) for member in inside.members] == [("run.vbs", b"run")]


def test_an_encrypted_document_is_opened_with_a_password_of_the_mail() -> None:
    locked = encrypted(relationship("hyperlink", "https://inside.example/"), "Sommer26")

    inside = opened(locked, "bill.docx", passwords=("wrong", "Sommer26"))
    member = inside.members[0]

    assert (member.name, member.password, member.notes) == ("bill.docx", "Sommer26", ("decrypted",))
    assert inside.password == "Sommer26"
    assert urls(opened(member.content)) == ["https://inside.example/"]


def test_the_password_that_excel_tries_by_itself_is_tried() -> None:
    inside = opened(encrypted({"word/document.xml": "x"}, "VelvetSweatshop"), passwords=())

    assert inside.password == "VelvetSweatshop"


def test_a_document_that_no_password_opens_is_locked() -> None:
    inside = opened(encrypted({"word/document.xml": "x"}, "Sommer26"), passwords=("wrong",))

    assert codes(inside) == ["locked"]
    assert inside.notes == ("encrypted", "locked")


def test_a_document_that_asks_for_endless_hashing_is_refused() -> None:
    locked = encrypted({"word/document.xml": "x"}, "Sommer26")
    costly = locked.replace(b'spinCount="100000"', b'spinCount="999999999"')

    inside = opened(costly, passwords=("Sommer26",))

    assert b"999999999" in costly
    assert codes(inside) == ["locked"]


def test_the_number_of_streams_is_limited() -> None:
    tree = {"WordDocument": b"x"} | {f"stream{number}": b"x" for number in range(30)}

    assert codes(opened(compound_file(tree), limits=Limits(archive_entries=10))) == ["limit-entries"]


def test_a_compound_file_that_is_only_a_beginning_is_broken() -> None:
    inside = opened(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(30))

    assert codes(inside) == ["broken"]
    assert names(inside) == []
