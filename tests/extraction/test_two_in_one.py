"""Files that one program takes for a picture or a document and another for an archive."""

import io
import zipfile

import pytest

from submissions.extraction.extract import extract
from tests.bench.wrappers import as_part
from tests.extraction.opening import codes, names, opened, urls

SHORTCUT = "[InternetShortcut]\r\nURL=http://evil.example/x\r\n"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(6) + b";"
PDF = b"%PDF-1.7\n1 0 obj <</S/URI/URI(http://evil.example/x)>> endobj\n%%EOF"


def archive(name: str, *, compression: int = zipfile.ZIP_DEFLATED, content: bytes = SHORTCUT.encode()) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as file:
        file.writestr(name, content)
        file.comment = b"packed on Monday"
    return packed.getvalue()


@pytest.mark.parametrize("before", [GIF, b"\xff\xd8\xff\xe0" + bytes(50), PDF, b"\x00\x01junk" * 9])
def test_an_archive_behind_something_else_is_opened(before: bytes) -> None:
    inside = opened(before + archive("x.url"), "order.zip")

    assert names(inside) == ["x.url"]
    assert "two-in-one" in inside.notes


def test_every_archive_of_several_in_a_row_is_opened() -> None:
    inside = opened(archive("a.url") + archive("b.url") + archive("c.txt"), "order.zip")

    assert sorted(names(inside)) == ["a.url", "b.url", "c.txt"]
    assert codes(inside) == []


def test_a_document_behind_a_picture_is_read() -> None:
    assert "http://evil.example/x" in urls(opened(GIF + PDF, "order.pdf"))


def test_an_archive_that_is_stored_in_another_is_only_a_member() -> None:
    inside = opened(archive("inner.zip", compression=zipfile.ZIP_STORED, content=archive("x.url")), "outer.zip")

    assert names(inside) == ["inner.zip"]
    assert inside.notes == ()


def test_a_program_that_carries_an_archive_stays_a_program() -> None:
    assert names(opened(b"MZ" + bytes(200) + archive("setup.dat"), "setup.exe")) == []


@pytest.mark.parametrize("declared", ["text/html", "text/plain", "text/calendar", "message/delivery-status"])
def test_an_archive_is_opened_whatever_the_mail_calls_it(declared: str) -> None:
    mail = extract(as_part(declared, "base64", "order.zip")(archive("x.url")))

    assert [file.name for file in mail.files] == ["order.zip", "x.url"]
    assert [url.url for url in mail.urls] == ["http://evil.example/x"]


def test_a_page_with_an_archive_behind_it_is_read_and_opened() -> None:
    page = b'<html><a href="http://other.example/">x</a></html>' + archive("x.url")

    mail = extract(as_part("text/html", "base64", "order.html")(page))

    assert {url.url for url in mail.urls} == {"http://other.example/", "http://evil.example/x"}
    assert [file.name for file in mail.files] == ["order.html", "x.url"]


@pytest.mark.parametrize(("declared", "name"), [("text/html", "order.dat"), ("application/octet-stream", "order.html")])
def test_a_page_that_begins_like_a_picture_is_read_as_the_page_that_a_browser_shows(declared: str, name: str) -> None:
    page = b'GIF89a/*<html><script>location="http://evil.example/x"</script>'

    mail = extract(as_part(declared, "base64", name)(page))

    assert [url.url for url in mail.urls] == ["http://evil.example/x"]
