"""Links in calendar invites."""

import pytest

from submissions.extraction.extract import extract
from submissions.extraction.invites import calendar_links
from tests.bench.wrappers import report


def places(*lines: str) -> dict[str, str]:
    body = "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""])
    return {link.place: link.url for link in calendar_links(body)}


def test_it_reads_place_description_attachment_and_url() -> None:
    assert places(
        "LOCATION:https://meet.example/a",
        "DESCRIPTION:Join\\nhttps://meet.example/b\\nnow\\, please",
        "ATTACH:https://files.example/c.pdf",
        "URL:https://meet.example/d",
    ) == {
        "invite LOCATION": "https://meet.example/a",
        "invite DESCRIPTION": "https://meet.example/b",
        "invite ATTACH": "https://files.example/c.pdf",
        "invite URL": "https://meet.example/d",
    }


@pytest.mark.parametrize("fold", ["\r\n ", "\r\n\t", "\n "])
def test_it_unfolds_lines(fold: str) -> None:
    assert places(f"LOCATION:https://meet.exa{fold}mple/a{fold}b") == {"invite LOCATION": "https://meet.example/ab"}


def test_it_reads_parameters_and_their_quoted_colons() -> None:
    assert places(
        'LOCATION;ALTREP="https://alt.example/x":Room 1',
        'CONFERENCE;VALUE=URI;LABEL="a:b;c":https://conf.example/y',
    ) == {"invite LOCATION": "https://alt.example/x", "invite CONFERENCE": "https://conf.example/y"}


def test_it_reads_the_html_description() -> None:
    assert places('X-ALT-DESC;FMTTYPE=text/html:<a href="https://evil.example/x">go</a>') == {
        "invite X-ALT-DESC a[href]": "https://evil.example/x"
    }


def test_it_reads_properties_that_only_one_maker_writes() -> None:
    assert places("X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.example/l") == {
        "invite X-MICROSOFT-SKYPETEAMSMEETINGURL": "https://teams.example/l"
    }


def test_people_and_makers_are_no_links() -> None:
    assert (
        places(
            "ORGANIZER;CN=A:mailto:someone@example.com",
            "PRODID:-//www.example.com//Calendar//EN",
            "UID:abc@www.example.com/x",
        )
        == {}
    )


@pytest.mark.parametrize(
    "line",
    [
        "DESCRIPTION;ENCODING=BASE64:Z28gdG8gaHR0cHM6Ly9ldmlsLmV4YW1wbGUveA==",
        "NOTE;ENCODING=b:Z28gdG8gaHR0cHM6Ly9ldmlsLmV4YW1wbGUveA==",
        "DESCRIPTION;ENCODING=QUOTED-PRINTABLE:go to https:=2F=2Fevil.exa=\r\nmple=2Fx",
        "ATTACH;FMTTYPE=text/html;ENCODING=BASE64;VALUE=BINARY:PGEgaHJlZj1odHRwczovL2V2aWwuZXhhbXBsZS94Pg==",
        'DESCRIPTION;ALTREP="data:text/html,%3Ca%20href=https://evil.example/x%3E":Room 1',
    ],
)
def test_it_reads_values_in_every_encoding(line: str) -> None:
    assert list(places(line).values()) == ["https://evil.example/x"]


def test_a_picture_in_an_invite_holds_no_link() -> None:
    assert places("ATTACH;FMTTYPE=image/png;ENCODING=BASE64;VALUE=BINARY:iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAA") == {}


def test_a_business_card_is_read_like_an_invite() -> None:
    card = ("BEGIN:VCARD", "VERSION:2.1", "NOTE;ENCODING=QUOTED-PRINTABLE:see http:=2F=2Fevil.example=2Fx", "END:VCARD")
    mail = report()
    mail.add_attachment("\r\n".join(card), subtype="vcard", filename="card.vcf")

    assert [url.url for url in extract(mail.as_bytes()).urls] == ["http://evil.example/x"]
