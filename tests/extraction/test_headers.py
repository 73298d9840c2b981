import time

import pytest

from submissions.extraction.headers import read_headers
from submissions.extraction.types import Limits
from tests.extraction.reading import extracted, links, raw

HOSTILE = {
    "a long subject": b"Subject: " + b"a " * 500_000,
    "a million encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 80_000,
    "nested comments": b"From: " + b"(" * 500_000,
    "open quotes": b"From: " + b'"\\' * 300_000,
    "empty lines": b"\r\n" * 500_000,
    "one word": b"a" * 1_000_000,
    "a million headers": b"a:\n" * 300_000,
    "blanks": b" " * 1_000_000,
    "a name and blanks": (b"a" * 199 + b" " * 3000) * 300,
    "junk lines": b"junk\n" * 200_000,
    "junk between headers": b"junk\na:b\n" * 100_000,
    "parameters": b"Content-Type: text/plain" + b"; a=b" * 200_000,
    "folded for ever": b"To: a" + b"\r\n a" * 300_000,
    "addresses": b"To: " + b"a@b.example, " * 80_000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_headers_take_no_time(what: str) -> None:
    start = time.process_time()

    headers = read_headers(HOSTILE[what])
    for name in ("subject", "from", "to", "content-type"):
        headers.get(name)

    assert time.process_time() - start < 0.5


def test_it_decodes_encoded_words() -> None:
    headers = read_headers(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?b?IGF1cyBL9mxu?=\r\n (plain)\r\n\r\n")

    assert headers.get("subject") == "Grüße aus Köln (plain)"


def test_a_character_cut_in_two_by_encoded_words_is_whole_again() -> None:
    headers = read_headers(b"Subject: =?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=\n\n")

    assert headers.get("subject") == "Grüße"


def test_a_comma_in_an_encoded_name_makes_no_second_address() -> None:
    headers = read_headers(b"From: =?utf-8?q?M=C3=BCller=2C_Hans?= <h@a.example>\n\n")

    assert headers.get("from") == '"Müller, Hans" <h@a.example>'


def test_raw_bytes_are_read_in_the_charset_of_the_body() -> None:
    headers = read_headers(raw("header-8bit"))

    assert (headers.get("from"), headers.get("subject")) == ("Jürgen <j@a.example>", "Grüße")


def test_no_line_break_or_control_character_survives() -> None:
    headers = read_headers(b"Subject: =?utf-8?q?one=0D=0ABcc:_x=00=1B[2J?=\r\n\ttwo\r\n\r\n")

    assert headers.get("subject") == "one Bcc: x [2J two"


def test_every_value_of_a_doubled_field_is_kept() -> None:
    headers = read_headers(raw("header-doubled"))

    assert headers.get_all("from") == ("first@a.example", "second@b.example")


def test_a_line_without_a_colon_does_not_end_the_headers() -> None:
    headers = read_headers(raw("header-no-colon"))

    assert headers.get("subject") == "still read"
    assert links(extracted("header-no-colon")) == ["http://one.evil.example/"]


def test_a_body_without_an_empty_line_before_it_is_read() -> None:
    assert links(extracted("header-starts-body")) == ["http://one.evil.example/"]


def test_a_header_block_that_never_ends_is_cut_and_said() -> None:
    mail = extracted("header-endless")

    assert "limit-header-block" in [problem.code for problem in mail.problems]
    assert links(mail) == ["http://one.evil.example/"]


def test_a_field_is_cut_at_its_limit() -> None:
    headers = read_headers(b"Subject: " + b"x" * 100 + b"\n\nbody", Limits(header=10))

    assert headers.get("subject").startswith("xxxx")
    assert len(headers.get("subject")) <= 10
    assert headers.problems == ("limit-header",)


def test_fields_beyond_the_limit_are_left_out_but_the_body_is_found() -> None:
    headers = read_headers(b"A: 1\nB: 2\nC: 3\n\nbody", Limits(headers=2))

    assert [name for name, _ in headers.raw_items] == ["A", "B"]
    assert headers.problems == ("limit-headers",)
    assert b"A: 1\nB: 2\nC: 3\n\nbody"[headers.body_at :] == b"body"


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\r", b":", b": x", b"\x00", b"\xff\xfe", b"From", b"From \n", b" a: b"]
)
def test_no_bytes_are_too_few(content: bytes) -> None:
    assert read_headers(content).get("subject") == ""
