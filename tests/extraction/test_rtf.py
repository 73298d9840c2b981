"""RTF: text, fields, templates, embedded objects, and the HTML that Outlook wraps in it."""

import pytest

from submissions.extraction.rtf_compression import decompress_rtf
from submissions.extraction.rtf_text import read_rtf
from submissions.extraction.types import Link
from tests.extraction.compound_file import compound_file
from tests.extraction.opening import codes, names, opened, urls
from tests.extraction.test_office import native

WRAPPED = rb"""{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}}
{\*\htmltag64 <html><body>}{\*\htmltag84 <a href="https://wrapped.example/?a=1&amp;b=2">}\htmlrtf {\htmlrtf0
\'cf\'f0\'e8\'e2\'e5\'f2 \u8364? {\*\mhtmltag84 <img>}\htmlrtf }\htmlrtf0 {\*\htmltag92 </a>}\par
\htmlrtf hidden\htmlrtf0 {\*\htmltag72 </body></html>}}"""


def object_group(data: bytes) -> bytes:
    return b"{\\rtf1{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata " + data.hex().encode() + b"}}}"


def ole1(class_name: bytes, data: bytes) -> bytes:
    name = class_name + b"\x00"
    head = (0x501).to_bytes(4, "little") + (2).to_bytes(4, "little") + len(name).to_bytes(4, "little") + name
    return head + bytes(8) + len(data).to_bytes(4, "little") + data


def test_it_reads_the_text() -> None:
    inside = opened(
        rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\info{\title hidden}}Caf\'e9 \u8364?\par{\b https://}a.example}"
    )

    assert inside.text == "Caf\u00e9 \u20ac\r\nhttps://a.example"


def test_it_unwraps_the_html_of_a_mail() -> None:
    html = read_rtf(WRAPPED).html

    assert '<a href="https://wrapped.example/?a=1&amp;b=2">' in html
    assert "Привет €" in html
    assert "hidden" not in html
    assert "<img>" not in html


def test_it_decodes_two_byte_letters_by_the_font() -> None:
    rtf = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset128 B;}}\f1 \'93\'fa\'96{\f0 x}\plain \'e9}"

    assert read_rtf(rtf).text.startswith("日")
    assert read_rtf(rtf).text.endswith("x\u00e9")


@pytest.mark.parametrize(
    "field",
    [
        rb'{\field{\*\fldinst HYPERLINK "https://field.example/"}{\fldrslt click}}',
        rb'{\field{\*\fldinst {\b HYPER}LINK {\i "https://fie}ld.example/"}{\fldrslt click}}',
    ],
)
def test_it_finds_links_in_fields(field: bytes) -> None:
    inside = opened(b"{\\rtf1 " + field + b"}")

    assert inside.links == (Link("https://field.example/", "field"),)
    assert "click" in inside.text


def test_a_remote_template_is_noted() -> None:
    inside = opened(rb"{\rtf1{\*\template https://evil.example/t.dotm}text}")

    assert inside.links == (Link("https://evil.example/t.dotm", "template", ("remote-template",)),)
    assert inside.notes == ("remote-template",)


def test_dynamic_data_exchange_and_remote_pictures_are_noted() -> None:
    assert opened(rb"{\rtf1{\field{\*\fldinst DDEAUTO c:\\cmd.exe}}}").notes == ("dde",)
    assert opened(rb'{\rtf1{\field{\*\fldinst INCLUDEPICTURE "http://a.example/x"}}}').notes == ("remote-object",)


def test_a_packaged_file_is_a_member() -> None:
    inside = opened(object_group(ole1(b"Package", native(b"run.js", b"run()")[4:])))

    assert [(member.name, member.content) for member in inside.members] == [("run.js", b"run()")]


def test_an_embedded_compound_file_is_a_member() -> None:
    equation = compound_file({"Equation Native": b"x" * 20})

    inside = opened(object_group(ole1(b"Equation.3", equation)))

    assert [(member.name, member.content) for member in inside.members] == [("Equation.3", equation)]


def test_digits_that_are_scattered_among_control_words_are_joined() -> None:
    digits = ole1(b"Package", native(b"run.js", b"run()")[4:]).hex()
    scattered = "".join(
        f"{digit}{{\\*\\junk 55}}\\b0 \n" if number % 7 == 0 else digit for number, digit in enumerate(digits)
    )

    inside = opened(b"{\\rt{\\object{\\*\\objdata\n" + scattered.encode() + b"}}}")

    assert names(inside) == ["run.js"]


def test_binary_data_in_an_object_is_read() -> None:
    data = ole1(b"Package", native(b"run.js", b"run()")[4:])

    inside = opened(b"{\\rtf1{\\object{\\*\\objdata \\bin%d %s}}}" % (len(data), data))

    assert names(inside) == ["run.js"]


def test_very_many_objects_are_limited() -> None:
    inside = opened(b"{\\rtf1" + b"{\\*\\objdata 0102}" * 300 + b"}")

    assert codes(inside) == ["limit-entries"]


def test_an_object_of_very_many_pieces_is_read_in_part() -> None:
    inside = opened(b"{\\rtf1{\\*\\objdata " + b"0 " * 600_000 + b"}}")

    assert codes(inside) == ["limit-tokens"]


def test_groups_without_end_do_no_harm() -> None:
    assert opened(b"{\\rtf1" + b"{\\b " * 100_000 + b"https://deep.example").text.endswith("https://deep.example")
    assert urls(opened(b"{\\rtf1" + b"}" * 1000)) == []


def test_compressed_rtf_is_unpacked() -> None:
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )

    assert decompress_rtf(packed, 1000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompress_rtf(b"\x00" * 8 + b"MELA" + bytes(4) + b"{\\rtf1}", 1000) == b"{\\rtf1}"


def test_compressed_rtf_with_a_wrong_checksum_is_still_unpacked_and_cut_at_the_limit() -> None:
    packed = bytes.fromhex("1a0000001c0000004c5a4675000000004e00" + "0a80" * 3)

    assert len(decompress_rtf(packed * 100, 50)) <= 50
    assert decompress_rtf(b"junk", 50) == b""
