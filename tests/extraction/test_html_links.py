"""Links of an HTML body."""

import pytest

from submissions.extraction.links import html_links
from submissions.extraction.rewriters import unwrap
from submissions.extraction.smuggling import smuggled
from submissions.extraction.urls import normalise
from tests.extraction.hiding_tricks import TARGET, TARGETS, TRICKS


def urls(html: str) -> list[str]:
    return [link.url for link in html_links(html)]


def places(html: str) -> dict[str, str]:
    return {link.place: link.url for link in html_links(html)}


@pytest.mark.parametrize("trick", TRICKS)
def test_it_finds_the_link_behind_every_trick(trick: str) -> None:
    html = TRICKS[trick]

    found = [*html_links(html), *smuggled(html).links]

    assert TARGETS.get(trick, TARGET) in {normalise(unwrap(link.url).url) for link in found}


def test_it_says_which_attribute_holds_a_link() -> None:
    html = (
        '<a href="http://a.example/1">x</a><img src="http://a.example/2"><p style="background:url(http://a.example/3)">'
    )

    assert places(html) == {
        "a[href]": "http://a.example/1",
        "img[src]": "http://a.example/2",
        "style url()": "http://a.example/3",
    }


def test_a_link_in_attribute_and_text_has_both_places() -> None:
    assert places('<a href="http://a.example/x">http://a.example/x</a>') == {
        "a[href]": "http://a.example/x",
        "text": "http://a.example/x",
    }


@pytest.mark.parametrize(
    "html",
    [
        '<a href="mailto:someone@example.com">',
        '<a href="tel:+41">',
        '<img src="cid:logo@example">',
        '<a href="about:blank">',
        '<a href="#top">',
        '<a href="page.html">',
        '<a href="http://">',
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:v="http://names.example/vml">',
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><p>',
        "",
    ],
)
def test_what_leads_nowhere_is_no_link(html: str) -> None:
    assert urls(html) == []


@pytest.mark.parametrize("link", ["ms-msdt:/id PCWDiagnostic", "search-ms:query=x&crumb=y", "ftp://a.example/x"])
def test_handlers_of_programs_and_file_transfer_are_links(link: str) -> None:
    assert urls(f'<a href="{link}">') == [link]


def test_a_text_that_shows_another_host_is_noted() -> None:
    [link] = [
        link for link in html_links('<a href="http://evil.example.org/">www.paypal.com</a>') if link.place == "a[href]"
    ]

    assert link.notes == ("text-mismatch",)


@pytest.mark.parametrize(
    ("href", "shown"),
    [
        ("https://click.example.org/x", "www.example.org"),
        ("https://example.org/x", "Read more. Now"),
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.org%2F", "www.example.org"),
    ],
)
def test_a_text_that_shows_the_real_site_is_not_noted(href: str, shown: str) -> None:
    notes = [link.notes for link in html_links(f'<a href="{href}">{shown}</a>') if link.place == "a[href]"]

    assert notes == [()]


def test_words_after_a_block_are_no_part_of_the_link() -> None:
    assert urls("<div><p>http://a.example/x</p></div>tail") == ["http://a.example/x"]


def test_the_end_of_a_line_in_the_source_is_a_blank() -> None:
    assert urls("<p>See http://a.example/some/very/long/path/that/fills/the/whole/line/of/it\nnext/word</p>") == [
        "http://a.example/some/very/long/path/that/fills/the/whole/line/of/it"
    ]


def test_a_shorter_cut_of_a_found_link_is_not_found_again() -> None:
    assert urls('<a href="http://a.example/x y">z</a>') == ["http://a.example/x y"]


def test_names_of_kinds_of_things_are_no_links() -> None:
    html = (
        '<div itemscope itemtype="http://schema.org/Event"><meta itemprop=kind content="http://schema.org/Free"></div>'
    )

    assert urls(html) == []


def test_it_survives_halves_of_characters() -> None:
    assert urls('<a href="http://a.example/\ud800">') != []
