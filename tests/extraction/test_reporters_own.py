"""Links and files that only the reporter's note holds are marked; all others are not."""

import io
import zipfile

import pytest

from submissions.extraction.extract import extract
from submissions.extraction.types import ExtractedMail
from tests.extraction.reading import MAILS, PHISH_LINK
from tests.forwarding import Style, forwarded

PHISH = (MAILS / "phish.eml").read_bytes()
OWN_LINK = "https://intranet.corp.example/help"
NOTE = f"Is this real? I looked at {OWN_LINK} first."
STYLES = [
    Style(client, "de", form)
    for client in ("outlook", "outlook_web", "gmail", "apple_mail", "thunderbird", "ionos", "gmx")
    for form in ("html", "text", "both")
]


def notes(mail: ExtractedMail) -> dict[str, bool]:
    return {url.url: "reporters-own" in url.notes for url in mail.urls}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.client}-{style.form}")
def test_a_link_of_the_note_above_an_inline_forward_is_marked(style: Style) -> None:
    found = notes(extract(forwarded(with_text(), style, note=NOTE).raw))

    assert found == {OWN_LINK: True, PHISH_LINK: False}


def with_text() -> bytes:
    return (
        b"From: Bank <support@bank.example>\r\nTo: anna@corp.example\r\nSubject: Your account\r\n\r\n"
        b"Please log in at http://login.evil.example/bank now.\r\n"
    )


@pytest.mark.parametrize("form", ["html", "text"])
def test_a_link_that_stands_in_both_is_not_marked(form: str) -> None:
    raw = forwarded(with_text(), Style("gmail", "en", form), note=f"What is {PHISH_LINK} about?").raw

    assert notes(extract(raw)) == {PHISH_LINK: False}


def test_a_signature_below_a_quoted_forward_is_the_reporters() -> None:
    raw = forwarded(with_text(), Style("apple_mail", "en", "text")).raw + f"\r\n-- \r\nAnna {OWN_LINK}\r\n".encode()

    assert notes(extract(raw)) == {OWN_LINK: True, PHISH_LINK: False}


def test_text_that_follows_a_forward_in_a_further_part_is_not_the_reporters() -> None:
    head, body = forwarded(with_text(), Style("apple_mail", "en", "text")).raw.split(b"\r\n\r\n", 1)
    part = b"--=_x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    kind = b'\r\nContent-Type: multipart/mixed; boundary="=_x"\r\n\r\n'
    subject = head[: head.index(b"\r\nMessage-ID")]

    found = notes(extract(subject + kind + part + body + part + b"and http://more.evil.example/\r\n--=_x--\r\n"))

    assert found["http://more.evil.example/"] is False


def test_files_beside_an_attached_mail_are_the_reporters_those_in_it_are_not() -> None:
    found = {
        file.name: "reporters-own" in file.notes for file in extract(with_attached(PHISH, "logo.pdf", b"%PDF-1")).files
    }

    assert found == {"logo.pdf": True, "invoice.js": False}


def test_the_same_file_in_both_is_not_marked() -> None:
    inner = extract(PHISH).files[0].content

    found = extract(with_attached(PHISH, "copy.js", inner)).files

    assert [("reporters-own" in file.notes) for file in found] == [False, False]


def test_an_archive_that_holds_the_reported_mail_is_not_marked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("phish.eml", PHISH)

    found = extract(with_attached(PHISH, "mail.zip", packed.getvalue())).files

    assert all("reporters-own" not in file.notes for file in found if file.name != "logo.pdf")


def test_files_that_travel_with_an_inline_forward_are_not_marked() -> None:
    found = extract(forwarded(PHISH, Style("gmail", "en", "both"), note=NOTE).raw).files

    assert [(file.name, "reporters-own" in file.notes) for file in found] == [("invoice.js", False)]


def with_attached(mail: bytes, name: str, content: bytes) -> bytes:
    head = b'From: anna@corp.example\r\nSubject: report\r\nContent-Type: multipart/mixed; boundary="=_y"\r\n\r\n'
    file = (
        f"--=_y\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename={name}\r\n\r\n"
    )
    inner = b"--=_y\r\nContent-Type: message/rfc822\r\n\r\n" + mail + b"\r\n"
    return head + inner + file.encode() + content + b"\r\n--=_y--\r\n"
