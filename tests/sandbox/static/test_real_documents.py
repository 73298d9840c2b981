"""Documents that Office itself wrote (see tests/mails/samples), and macros in the formats that nobody expects."""

import base64
import struct
import zlib
from pathlib import Path

import pytest

from submissions.verdicts import Verdict
from tests.sandbox.static.documents import with_macro
from tests.sandbox.static.samples import judged, rules
from tests.sandbox.static.vba import vba_project

SAMPLES = Path(__file__).parents[2] / "mails" / "samples"
SOURCE = 'Sub AutoOpen()\r\nShell "cmd /c calc"\r\nEnd Sub\r\n'


def active_mime() -> bytes:
    """A macro project as Word stores it in web archives and flat XML: packed, behind a header of its own."""
    return b"ActiveMime" + bytes(40) + zlib.compress(vba_project(SOURCE))


def flat_xml() -> bytes:
    data = base64.b64encode(active_mime()).decode()
    return (
        '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" w:macrosPresent="yes">'
        f'<w:docSuppData><w:binData w:name="editdata.mso">{data}</w:binData></w:docSuppData></w:wordDocument>'
    ).encode()


def web_archive() -> bytes:
    data = base64.encodebytes(active_mime()).decode()
    return (
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>x</p>\n"
        "--b\nContent-Location: file:///C:/a/editdata.mso\nContent-Transfer-Encoding: base64\n"
        f"Content-Type: application/x-mso\n\n{data}\n--b--\n"
    ).encode()


def test_a_real_workbook_with_both_kinds_of_macros_is_malicious() -> None:
    report = judged((SAMPLES / "macros.xls").read_bytes(), "macros.xls")

    assert report.verdict == Verdict.MALICIOUS
    assert {"macro", "macro-runs-program", "macro-xlm", "macro-xlm-hidden", "macro-xlm-auto-run"} <= rules(report)


def test_a_real_document_without_macros_has_no_threats_found() -> None:
    assert judged((SAMPLES / "plain.doc").read_bytes(), "plain.doc").verdict == Verdict.CLEAN


def test_a_real_locked_document_is_unknown() -> None:
    assert judged((SAMPLES / "locked.docx").read_bytes(), "locked.docx").verdict == Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("content", "name"),
    [(flat_xml(), "invoice.xml"), (flat_xml(), "invoice.doc"), (web_archive(), "invoice.doc")],
    ids=["flat XML", "flat XML named .doc", "web archive named .doc"],
)
def test_macros_in_text_formats_are_noticed(content: bytes, name: str) -> None:
    assert {"macro", "macro-auto-run", "macro-runs-program"} <= rules(judged(content, name))


def test_a_macro_project_under_another_name_is_noticed() -> None:
    renamed = with_macro("docm", SOURCE).replace(b"vbaProject.bin", b"printer01.data")

    assert "macro-runs-program" in rules(judged(renamed, "invoice.docm"))


@pytest.mark.parametrize("spins", [b"10000000", b"9" * 400])
def test_a_document_that_asks_for_endless_key_derivation_is_left_locked(spins: bytes) -> None:
    content = (SAMPLES / "locked.docx").read_bytes().replace(b'spinCount="100000"', b'spinCount="' + spins + b'"')

    assert judged(content, "locked.docx", password="1234").verdict == Verdict.UNKNOWN


@pytest.mark.parametrize("name", ["macros.xls", "plain.doc", "locked.docx"])
def test_a_damaged_document_never_breaks_the_engine(name: str) -> None:
    content = (SAMPLES / name).read_bytes()

    for place in range(0, len(content), len(content) // 23):
        spoilt = content[:place] + struct.pack("<Q", place * 0x9E3779B97F4A7C15 % 2**64) + content[place + 8 :]
        assert judged(spoilt, name).reasons
        assert judged(content[:place], name).reasons
