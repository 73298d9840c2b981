import pytest

from submissions.extraction.types import Limits
from tests.extraction.reading import PHISH_LINK, extracted, links

WAYS = [
    "attached-7bit",
    "attached-base64",
    "attached-quoted-printable",
    "attached-eml-octet-stream",
    "attached-eml-text-plain",
    "attached-eml-no-type",
]


@pytest.mark.parametrize("way", WAYS)
def test_it_reads_the_attached_mail_however_it_is_attached(way: str) -> None:
    mail = extracted(way)

    assert len(mail.reported) == 1
    reported = mail.reported[0]
    assert (reported.path, reported.how) == ("2", "attached")
    assert reported.sender == '"Bank, Support" <support@bank.example>'
    assert reported.subject == "Ihr Konto läuft ab"
    assert reported.message_id == "<phish-1@sender.example>"


@pytest.mark.parametrize("way", WAYS)
def test_it_finds_the_same_in_an_attached_mail_as_in_the_mail_itself(way: str) -> None:
    alone = extracted("phish")

    attached = extracted(way)

    theirs = {url.url for url in attached.urls if "reporters-own" not in url.notes}
    assert theirs == set(links(alone)) == {PHISH_LINK}
    assert [file.sha256 for file in attached.files] == [file.sha256 for file in alone.files]
    assert attached.files[0].path == "2.2/invoice.js"


def test_a_mail_sent_directly_is_its_own_reported_mail() -> None:
    mail = extracted("phish")

    assert [(reported.path, reported.how) for reported in mail.reported] == [("", "itself")]
    assert mail.reported[0].sender == '"Bank, Support" <support@bank.example>'


def test_it_marks_links_that_only_the_reporter_wrote() -> None:
    mail = extracted("attached-7bit")

    notes = {url.url: url.notes for url in mail.urls}
    assert "reporters-own" in notes["http://www.corp.example/about"]
    assert "reporters-own" not in notes[PHISH_LINK]


def test_links_of_a_mail_sent_directly_are_not_the_reporters_own() -> None:
    assert all("reporters-own" not in url.notes for url in extracted("phish").urls)


def test_it_reads_several_attached_mails_each_for_itself() -> None:
    mail = extracted("attached-two")

    assert [reported.path for reported in mail.reported] == ["2.1", "2.2"]
    assert [reported.message_id for reported in mail.reported] == [
        "<phish-1@sender.example>",
        "<phish-2@sender.example>",
    ]
    assert {PHISH_LINK, "http://second.evil.example/x"} <= set(links(mail))


def test_it_follows_a_chain_of_forwards_down_to_the_first_mail() -> None:
    mail = extracted("nested-4")

    assert [reported.path for reported in mail.reported] == ["2", "2.2", "2.2.2", "2.2.2.2"]
    assert mail.reported[-1].message_id == "<phish-1@sender.example>"
    assert PHISH_LINK in links(mail)


def test_below_the_limit_of_depth_the_mail_is_kept_as_a_file_and_said() -> None:
    mail = extracted("nested-8", Limits(mail_depth=5))

    assert [(problem.code, problem.path) for problem in mail.problems] == [("limit-mail-depth", "2.2.2.2.2.2")]
    assert len(mail.reported) == 5
    assert mail.files[-1].type == "message/rfc822"
    assert PHISH_LINK in links(mail)
