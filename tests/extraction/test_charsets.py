import pytest

from submissions.extraction import charsets
from tests.extraction.reading import extracted, links


@pytest.mark.parametrize(
    "name", ["charset-utf7", "charset-utf16", "charset-utf16-lie", "charset-iso-2022-jp", "charset-slow-codec"]
)
def test_it_finds_the_link_in_any_charset(name: str) -> None:
    assert links(extracted(name)) == ["http://one.evil.example/x"]


def test_an_unknown_charset_is_read_as_what_it_looks_like() -> None:
    assert charsets.decode("Grüße".encode(), "x-nonsense") == "Grüße"
    assert charsets.decode("Grüße".encode("latin-1"), "x-nonsense") == "Grüße"


def test_a_charset_that_lies_gives_way_to_utf8() -> None:
    assert charsets.decode("Grüße".encode(), "us-ascii") == "Grüße"


def test_utf8_with_a_broken_spot_stays_utf8() -> None:
    assert charsets.decode("Grüße an alle Bären".encode() + b"\xff", "utf-8") == "Grüße an alle Bären\ufffd"


@pytest.mark.parametrize(
    "charset", ["base64", "zlib", "idna", "undefined", "a" * 1000, "\x00", "ü", "rot13", "../x", ""]
)
def test_names_that_are_no_charset_do_no_harm(charset: str) -> None:
    assert charsets.decode("a=b é".encode(), charset) == "a=b é"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("gb2312", "请登录"),
        ("ks_c_5601-1987", "로그인"),
        ("shift_jis", "ログイン"),
        ("windows-1251", "войти"),
        ("iso-8859-7", "σύνδεση"),
        ("big5", "請登錄"),
        ("koi8-r", "войти"),
    ],
)
def test_it_reads_the_charsets_of_the_world(charset: str, text: str) -> None:
    assert charsets.decode(text.encode(charsets.codec(charset) or ""), charset) == text
