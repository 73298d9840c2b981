import pytest

from submissions.extraction.types import Limits
from tests.extraction.reading import TOOL, extracted, links

ONE, TWO, THREE = "http://one.evil.example/", "http://two.evil.example/", "http://three.evil.example/"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("boundary-missing", [ONE, TWO]),
        ("boundary-wrong", [ONE, TWO]),
        ("boundary-unclosed", [ONE, TWO]),
        ("boundary-prefix", [ONE, TWO, THREE]),
        ("boundary-long", [ONE]),
        ("boundary-two-types", [ONE]),
        ("multipart-base64", [ONE, TWO]),
        ("line-ends-mixed", [ONE, TWO]),
        ("mbox-from", [ONE]),
        ("nul-bytes", [ONE, TWO]),
    ],
)
def test_it_finds_the_parts_whatever_the_boundaries(name: str, expected: list[str]) -> None:
    assert links(extracted(name)) == expected


def test_it_reads_before_between_and_after_the_parts() -> None:
    mail = extracted("boundary-early-close")

    places = {url.url: url.found_in[0] for url in mail.urls}
    assert places == {
        "http://preamble.evil.example/": "preamble text",
        ONE: "1 text/plain text",
        "http://between.evil.example/": "epilogue text",
        TWO: "2 text/plain text",
        "http://epilogue.evil.example/": "epilogue text",
    }


def test_it_finds_a_part_hidden_after_the_end() -> None:
    mail = extracted("boundary-hidden-part")

    (file,) = mail.files
    assert (file.name, file.type) == ("setup.exe", "application/x-dosexec")
    assert "outside-boundary" in file.notes


def test_of_two_content_types_the_one_with_parts_counts() -> None:
    assert [file.name for file in extracted("boundary-two-types").files] == ["a.zip"]


def test_lone_carriage_returns_end_lines_too() -> None:
    mail = extracted("line-ends-cr")

    assert links(mail) == [ONE]
    assert [file.content for file in mail.files] == [TOOL]


def test_nesting_beyond_the_limit_is_kept_whole_and_said() -> None:
    mail = extracted("multipart-deep")

    assert [problem.code for problem in mail.problems] == ["limit-depth"]
    assert "unparsed" in mail.files[0].notes
    assert links(mail) == ["http://deep.evil.example/"]


def test_parts_beyond_the_limit_are_kept_whole_and_said() -> None:
    mail = extracted("boundary-prefix", Limits(parts=1))

    assert {problem.code for problem in mail.problems} == {"limit-parts"}
    assert "unparsed" in mail.files[0].notes
    assert set(links(mail)) == {ONE, TWO, THREE}


def test_a_part_of_a_mail_is_reported_as_incomplete_and_searched() -> None:
    mail = extracted("partial")

    assert [(problem.code, problem.incomplete) for problem in mail.problems] == [("partial", True)]
    assert links(mail) == [ONE]


def test_the_link_of_an_external_body_is_kept() -> None:
    assert "http://one.evil.example/tool.exe" in links(extracted("external-body"))
