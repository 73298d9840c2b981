"""Office Open XML and OpenDocument: links, templates, fields, objects, macros, codes in pictures."""

import io
import zipfile

import pytest
import qrcode

from submissions.extraction.types import Limits, Link
from tests.extraction.compound_file import compound_file
from tests.extraction.opening import codes, names, opened, urls

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_SHEET = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/x" ContentType="{}"/></Types>'
)
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def document(parts: dict[str, str | bytes], main: str = WORD) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(main))
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def relationship(kind: str, target: str, mode: str = "External") -> dict[str, str | bytes]:
    element = f'<Relationship Id="r1" Type="{RELATIONSHIPS}{kind}" Target="{target}" TargetMode="{mode}"/>'
    return {"word/_rels/document.xml.rels": f"<Relationships>{element}</Relationships>"}


def native(name: bytes, content: bytes) -> bytes:
    """An Ole10Native stream as the object packager writes it."""
    path = b"C:\\" + name + b"\x00"
    stream = b"\x02\x00" + name + b"\x00" + path + b"\x00\x00\x03\x00" + len(path).to_bytes(4, "little") + path
    stream += len(content).to_bytes(4, "little") + content
    return len(stream).to_bytes(4, "little") + stream


def test_it_finds_hyperlinks_and_the_text() -> None:
    text = "<w:document><w:p><w:t>Pay at https://text.example/</w:t><w:t>now</w:t></w:p><w:p><w:t>&lt;x&gt;</w:t></w:p>"

    inside = opened(
        document({"word/document.xml": text, **relationship("hyperlink", "https://a.example/?x=1&amp;y=2")})
    )

    assert inside.links == (Link("https://a.example/?x=1&y=2", "hyperlink"),)
    assert "https://text.example/now\n<x>" in inside.text


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        ("attachedTemplate", "remote-template"),
        ("oleObject", "remote-object"),
        ("frame", "remote-object"),
        ("image", "remote-image"),
    ],
)
def test_what_it_loads_from_outside_is_noted(kind: str, note: str) -> None:
    inside = opened(document(relationship(kind, "https://evil.example/t.dotm")))

    assert inside.links == (Link("https://evil.example/t.dotm", kind.lower(), (note,)),)
    assert inside.notes == (note,)


def test_targets_behind_other_schemes_and_shares_are_found() -> None:
    inside = opened(document(relationship("oleObject", "mhtml:https://one.example/x!x-usc:https://two.example/y")))
    share = opened(document(relationship("attachedTemplate", "\\\\files.example\\share\\t.dotm")))

    assert urls(inside) == ["https://one.example/x", "https://two.example/y"]
    assert urls(share) == ["\\\\files.example\\share\\t.dotm"]


def test_broken_xml_and_entities_hide_nothing() -> None:
    broken = '<!DOCTYPE x [<!ENTITY a "aaaa">]><Relationships><oops><Relationship TargetMode="External" Target=\'https://a.example/\''
    inside = opened(document({"word/_rels/document.xml.rels": broken + " Type='x/hyperlink'>"}))

    assert urls(inside) == ["https://a.example/"]


def test_a_field_that_is_split_over_runs_is_joined() -> None:
    text = '<w:instrText> HYPERLINK "https://sp</w:instrText></w:r><w:r><w:instrText>lit.example/" </w:instrText>'

    assert urls(opened(document({"word/document.xml": text}))) == ["https://split.example/"]


@pytest.mark.parametrize(
    "part",
    [
        {"word/document.xml": "<w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe</w:instrText>"},
        {"word/document.xml": '<w:fldSimple w:instr="DDE Excel x"/>'},
        {"xl/externalLinks/externalLink1.xml": '<externalLink><ddeLink ddeService="cmd"/></externalLink>'},
    ],
)
def test_dynamic_data_exchange_is_noted(part: dict[str, str | bytes]) -> None:
    assert "dde" in opened(document(part)).notes


def test_a_link_in_a_formula_is_found() -> None:
    sheet = '<worksheet><c><f>HYPERLINK("https://formula.example/","x")</f></c></worksheet>'

    assert urls(opened(document({"xl/worksheets/sheet1.xml": sheet}, MACRO_SHEET))) == ["https://formula.example/"]


@pytest.mark.parametrize("part", ["word/vbaProject.bin", "xl/macrosheets/sheet1.xml", "Basic/Standard/Module1.xml"])
def test_macros_are_noted(part: str) -> None:
    assert "macros" in opened(document({part: b"x"})).notes


def test_controls_are_noted() -> None:
    assert "activex" in opened(document({"word/activeX/activeX1.bin": b"x"})).notes


def test_embedded_documents_and_packages_are_members() -> None:
    parts: dict[str, str | bytes] = {
        "word/embeddings/sheet.xlsx": b"PK\x03\x04 a workbook",
        "word/embeddings/oleObject1.bin": compound_file({"\x01Ole10Native": native(b"run.js", b"run()")}),
        "word/embeddings/other.bin": compound_file({"Equation Native": b"x" * 10}),
        "word/afchunk.mht": b"MIME-Version: 1.0",
    }

    inside = opened(document(parts))

    assert names(inside) == ["word/embeddings/sheet.xlsx", "run.js", "word/embeddings/other.bin", "word/afchunk.mht"]
    assert inside.members[1].content == b"run()"


def test_a_code_in_a_picture_of_the_document_is_read() -> None:
    picture = io.BytesIO()
    qrcode.make("https://qr.example/mfa").get_image().save(picture, "PNG")

    inside = opened(document({"word/media/image1.png": picture.getvalue()}))

    assert inside.links == (Link("https://qr.example/mfa", "qr"),)
    assert inside.members == ()


def test_an_opendocument_gives_links_objects_and_macros() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml", '<text:p>x<text:a xlink:href="https://odf.example/?a&amp;b">y</text:a></text:p>'
        )
        archive.writestr("Basic/Standard/Module1.xml", "<x/>")
        archive.writestr("Object 1", compound_file({"\x01Ole10Native": native(b"a.exe", b"MZ")}))

    inside = opened(packed.getvalue())

    assert urls(inside) == ["https://odf.example/?a&b"]
    assert inside.notes == ("macros",)
    assert names(inside) == ["a.exe"]


def test_the_number_of_parts_is_limited() -> None:
    parts: dict[str, str | bytes] = {f"word/embeddings/{number}.bin": b"x" for number in range(20)}

    inside = opened(document(parts), limits=Limits(archive_entries=10))

    assert len(inside.members) == 9
    assert codes(inside) == ["limit-entries"]


def test_parts_that_unpack_to_very_much_are_a_problem() -> None:
    inside = opened(document({f"word/header{number}.xml": b" " * 16_000_000 for number in range(4)}))

    assert "limit-ratio" in codes(inside)


def test_a_document_that_is_no_archive_any_more_is_broken() -> None:
    content = document({"word/document.xml": "<w:p/>"})

    assert codes(opened(content[: len(content) // 2])) == ["broken"]


def test_an_unclosed_element_costs_linear_time() -> None:
    attack = "<Relationship " + "a" * 200_000 + "</p" * 200_000 + "<f" * 200_000 + "xlink:href=" * 100_000

    assert opened(document({"word/document.xml": attack, "word/_rels/a.rels": attack})).links == ()
