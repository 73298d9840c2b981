"""Links of a plain text."""

import pytest

from submissions.extraction.links import text_links

LONG = "https://shop.example.com/orders/0123456789/0123456789/0123456789/confirm"


def urls(text: str) -> list[str]:
    return [link.url for link in text_links(text)]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see http://a.example/x.", "http://a.example/x"),
        ("see http://a.example/x, and", "http://a.example/x"),
        ("(http://a.example/x)", "http://a.example/x"),
        ("http://a.example/x_(y)", "http://a.example/x_(y)"),
        ("(see http://a.example/x_(y))", "http://a.example/x_(y)"),
        ("[text](http://a.example/x)", "http://a.example/x"),
        ("*http://a.example/x*", "http://a.example/x"),
        ('"http://a.example/x"', "http://a.example/x"),
        ("<http://a.example/x>", "http://a.example/x"),
        ("HTTPS://A.EXAMPLE/x", "HTTPS://A.EXAMPLE/x"),
        ("http:\\\\a.example\\x", "http:\\\\a.example\\x"),
        ("glued:http://a.example/x", "http://a.example/x"),
        ("clickhttp://a.example/x", "http://a.example/x"),
        ("&lt;http://a.example/x&gt; and", "http://a.example/x"),
        ("http://a.example/?a=1&lt=2", "http://a.example/?a=1&lt=2"),
        ("http://a.example/?u=https://b.example/", "http://a.example/?u=https://b.example/"),
        ("http://user:pass@a.example:8080/x", "http://user:pass@a.example:8080/x"),
        ("http://192.0.2.1/x", "http://192.0.2.1/x"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
        ("http://bündnis.example/ä", "http://bündnis.example/ä"),
        ("http://президент.рф", "http://президент.рф"),
        ("www.example.com", "http://www.example.com"),
        ("example.com/path", "http://example.com/path"),
        ("go to sign.in today", "http://sign.in"),
        ("example.com:8080", "http://example.com:8080"),
        ("192.0.2.1/abc", "http://192.0.2.1/abc"),
        ("//www.example.com/x", "http://www.example.com/x"),
        ("\\\\files.example\\share\\a.lnk", "\\\\files.example\\share\\a.lnk"),
        ("ms-msdt:/id PCW", "ms-msdt:/id"),
    ],
)
def test_it_reads_a_link_as_people_do(text: str, url: str) -> None:
    assert urls(text) == [url]


@pytest.mark.parametrize(
    "text",
    [
        "hxxp://a.example.com/x",
        "hXXp://a.example.com/x",
        "h**p://a.example.com/x",
        "http[:]//a.example.com/x",
        "http[://]a.example.com/x",
        "http://a[.]example[.]com/x",
        "http://a(.)example(.)com/x",
        "http://a{.}example{.}com/x",
        "http://a[dot]example(dot)com/x",
        "http://a [.] example [.] com/x",
        "hxxp[:]//a[.]example[.]com[/]x",
        "http://a.exa\u200bmple.com/x",
        "http://a.exa\u00admple.com/x",
        "ht\u2060tp://a.example.com/x",
        "ｈｔｔｐ：／／ａ．ｅｘａｍｐｌｅ．ｃｏｍ／ｘ",
        "http://a。example。com/x",
        "\u202ahttp://a.example.com/x\u202c",
    ],
)
def test_it_reads_through_disguises(text: str) -> None:
    assert urls(text) == ["http://a.example.com/x"]


@pytest.mark.parametrize(
    "text",
    [
        "please sign.in or log.in",
        "read README.md, node.js and setup.py",
        "someone@example.com",
        "first.last@mail.example.com",
        "john.doe.com@example.org",
        "version 1.2.3.4",
        "10.0.0.0/8",
        "e.g. this, i.e. that",
        "show image.jpg",
        "path/to/file.pl",
        "http://",
        "http://.",
        "mailto:someone@example.com",
        "the end.Next sentence",
        "",
    ],
)
def test_what_no_reader_would_click_is_no_link(text: str) -> None:
    assert urls(text) == []


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("<http://a.example/one\ntwo/three>", "http://a.example/onetwo/three"),
        ("<http://a.example/one\r\n  two/three>", "http://a.example/onetwo/three"),
        ("<URL:http://a.example/one\ntwo>", "http://a.example/onetwo"),
        ("> <http://a.example/one\n> two>", "http://a.example/onetwo"),
        (f"{LONG}/\nabc/def?x=1\nThanks", f"{LONG}/abc/def?x=1"),
        (f"{LONG}?id=\n0123456789abcdef", f"{LONG}?id=0123456789abcdef"),
        (f"> {LONG}/\n> abc/def?x=1\n> Thanks", f"{LONG}/abc/def?x=1"),
        (f"{LONG}/ \nabc/def?x=1 and more", f"{LONG}/abc/def?x=1"),
    ],
)
def test_it_joins_a_link_that_was_wrapped(text: str, url: str) -> None:
    assert urls(text) == [url]


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG}\nThanks",
        f"{LONG}\n\nabc/def",
        f"{LONG}\n- item",
        f"{LONG}\nsomeone@example.com",
        f"{LONG}\n==========",
    ],
)
def test_it_does_not_join_what_follows_a_whole_link(text: str) -> None:
    assert urls(text) == [LONG]


def test_two_links_on_two_lines_stay_two() -> None:
    assert urls(f"{LONG}\nwww.example.org/x/y") == [LONG, "http://www.example.org/x/y"]


def test_it_splits_links_that_are_glued_together() -> None:
    assert urls("http://a.examplehttp://b.example/") == ["http://a.example", "http://b.example/"]


def test_it_reads_links_in_languages_without_blanks() -> None:
    text = "http://twitter.com/これは日本語です。example.com中国語http://t.co/abcde한국"

    assert urls(text) == ["http://twitter.com/", "http://t.co/abcde", "http://example.com"]


def test_a_link_that_stands_twice_is_found_once() -> None:
    assert urls("http://a.example/ http://a.example/") == ["http://a.example/"]
