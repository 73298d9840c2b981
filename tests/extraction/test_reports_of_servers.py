from submissions.extraction.extract import extract
from tests.bench.wrappers import as_part
from tests.extraction.reading import PHISH_LINK, extracted, links


def test_a_bounce_gives_the_mail_that_bounced() -> None:
    mail = extracted("bounce")

    assert [(reported.path, reported.message_id) for reported in mail.reported] == [("3", "<phish-1@sender.example>")]
    assert [file.path for file in mail.files] == ["3.2/invoice.js"]


def test_the_words_of_a_bounce_are_not_the_reported_mails() -> None:
    mail = extracted("bounce")

    notes = {url.url: url.notes for url in mail.urls}
    assert "reporters-own" in notes["http://postmaster.mx.example/help"]
    assert "reporters-own" not in notes[PHISH_LINK]


def test_a_bounce_with_headers_only_is_never_complete() -> None:
    mail = extracted("bounce-headers-only")

    assert mail.reported[0].message_id == "<phish-1@sender.example>"
    assert [(problem.code, problem.incomplete) for problem in mail.problems] == [("headers-only", True)]


def test_an_abuse_report_gives_the_mail_and_the_link_it_complains_about() -> None:
    mail = extracted("abuse-report")

    assert mail.reported[0].path == "3"
    assert set(links(mail)) == {"http://reported.evil.example/", PHISH_LINK}


def test_a_report_that_is_no_text_is_kept_as_a_file_and_its_links_are_read() -> None:
    report = b"Reporting-MTA: dns; mx.example\r\nX-See: http://a.example/x\r\n\r\n" + bytes(range(256)) * 9

    mail = extract(as_part("message/delivery-status", "base64")(report))

    assert [url.url for url in mail.urls] == ["http://a.example/x"]
    assert [file.content for file in mail.files] == [report]
