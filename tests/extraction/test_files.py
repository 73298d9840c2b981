import gc

import pytest

from submissions.extraction.decoration import is_tracking_pixel
from submissions.extraction.files import FileSearch
from submissions.extraction.types import Limits
from tests.extraction.reading import PHISH_LINK, TOOL, extracted, links


def test_the_password_of_an_outer_mail_opens_the_archive_of_an_inner_one() -> None:
    mail = extracted("password-in-the-note")

    files = {file.path: file for file in mail.files}
    assert files["2.2/documents.zip/tool.exe"].content == TOOL
    assert files["2.2/documents.zip/tool.exe"].password == "Kx7-2026"
    assert mail.problems == ()


def test_a_mail_in_an_archive_is_a_reported_mail() -> None:
    mail = extracted("attached-in-zip")

    assert [(reported.path, reported.how) for reported in mail.reported] == [("2/mail.zip/phish.eml", "attached")]
    assert [file.path for file in mail.files] == ["2/mail.zip", "2/mail.zip/phish.eml/2/invoice.js"]
    notes = {url.url: url.notes for url in mail.urls}
    assert "reporters-own" not in notes[PHISH_LINK]
    assert "reporters-own" in notes["http://www.corp.example/about"]


def test_what_an_extraction_read_is_freed_at_its_end_and_not_left_to_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        extracted("attached-in-zip")
        left = [one for one in gc.get_objects() if type(one) is FileSearch]
    finally:
        gc.enable()

    assert left == []


def test_archives_in_archives_are_followed_to_the_limit() -> None:
    mail = extracted("zip-nested", Limits(archive_depth=3))

    assert [file.name for file in mail.files] == ["level5.zip", "level4.zip", "level3.zip", "level2.zip"]
    assert [(problem.code, problem.incomplete) for problem in mail.problems] == [("limit-archive-depth", True)]


def test_one_budget_of_bytes_holds_for_all_archives_together() -> None:
    mail = extracted("zip-nested", Limits(archive_depth=10, archive_bytes=3000))

    assert TOOL not in [file.content for file in mail.files]
    assert any(problem.code.startswith("limit") for problem in mail.problems)


def test_an_attached_page_is_a_file_and_is_searched() -> None:
    mail = extracted("html-attachment")

    assert {"http://one.evil.example/x", "http://two.evil.example/steal"} <= set(links(mail))
    assert ("2/invoice.html", "text/html") in [(file.path, file.type) for file in mail.files]


def test_a_file_that_a_page_would_build_is_found() -> None:
    smuggled = [file for file in extracted("html-attachment").files if file.content == TOOL]

    assert [file.path for file in smuggled] == ["2/invoice.html/tool.exe"]


def test_links_of_an_invitation_are_found_also_when_folded() -> None:
    assert {"http://one.evil.example/a/long/path", "http://two.evil.example/x"} <= set(links(extracted("calendar")))


def test_a_saved_page_is_a_file_and_no_reported_mail() -> None:
    mail = extracted("web-archive")

    assert [reported.how for reported in mail.reported] == ["itself"]
    assert "page.mht" in [file.name for file in mail.files]
    assert TOOL in [file.content for file in mail.files]
    assert "http://one.evil.example/x" in links(mail)


def test_headers_before_a_script_do_not_make_it_vanish_as_a_mail() -> None:
    mail = extracted("script-with-headers")

    assert "invoice.hta" in [file.name for file in mail.files]
    assert "http://one.evil.example/x" in links(mail)


def test_a_tracking_pixel_is_marked_as_decoration() -> None:
    (file,) = extracted("inline-pixel").files

    assert {"inline", "decoration"} <= set(file.notes)


def test_a_pixel_with_something_behind_it_is_no_decoration() -> None:
    (file,) = extracted("inline-pixel").files

    assert is_tracking_pixel(file.content)
    assert not is_tracking_pixel(file.content + bytes(3000))
    assert not is_tracking_pixel(b"GIF89a\x00\x10\x00\x10")
    assert not is_tracking_pixel(b"")


def test_format_flowed_lines_are_joined() -> None:
    assert links(extracted("format-flowed")) == ["http://one.evil.example/a/very/long/path/that/was/cut"]


@pytest.mark.parametrize(
    ("name", "limits", "code"),
    [
        ("links-many", Limits(), "limit-urls"),
        ("link-long", Limits(), "limit-url-length"),
        ("attached-two", Limits(files=1), "limit-files"),
        ("cte-doubled", Limits(file_bytes=10), "limit-file-bytes"),
        ("phish", Limits(mail_bytes=1100), "limit-mail-bytes"),
        ("links-many", Limits(text_bytes=200), "limit-text-bytes"),
        ("html-attachment", Limits(text_bytes=200), "limit-text-bytes"),
    ],
)
def test_a_limit_that_is_hit_is_said_and_what_was_found_stays(name: str, limits: Limits, code: str) -> None:
    mail = extracted(name, limits)

    assert code in [problem.code for problem in mail.problems]
    assert all(problem.incomplete for problem in mail.problems)
    assert mail.urls or mail.files


def test_never_more_links_than_the_limit() -> None:
    assert len(extracted("links-many").urls) == 200


def test_a_file_beyond_the_size_limit_keeps_its_name_size_and_digest() -> None:
    (file,) = extracted("cte-doubled", Limits(file_bytes=10)).files

    assert (file.name, file.size, file.content) == ("tool.exe", len(TOOL), b"")
    assert "too-large" in file.notes
