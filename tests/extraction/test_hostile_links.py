"""Hostile texts cost no more than their length."""

import time
from collections.abc import Callable

import pytest

from submissions.extraction.invites import calendar_links
from submissions.extraction.links import html_links, text_links, visible_text
from submissions.extraction.rewriters import unwrap
from submissions.extraction.smuggling import smuggled
from submissions.extraction.urls import normalise, oddities

LENGTH = 1024 * 1024
SECONDS = 6.0

TEXTS = [
    "http://", "http://a", "http://a.b ", "<http://a.b\n", "http://a.b/(", "[http://a](", "http://a.b/x](", "a.",
    "a.aa/", "a-", "@", "a@a.com ", "www.", "[.]", "hxxp[:]//a[.]", "あ", "http://あ", "\\\\a\\b ", "((((", "\u200b",
    "> ", "1.1.1.1/", "xn--a.", "://", "http://[", "http://a@", "%", "\n ",
]  # fmt: skip
HTML = [
    '<a href="http://a.b/', "<a href=http://a.b>a.b</a>", "<!--", "<!--[if mso]>", "<script>", '<script>a="',
    "<style>url(", '<p style="url(', '<iframe srcdoc="', "<template>", "data:,", "data:text/html;base64,",
    "<!DOCTYPE http://a ",
    "&#", "<div>", "<b>", "<a>", "<table><tr><td>", "<div><table></div></table>", "<svg><g>", "<font color=1><p>",
    "<", "<\0",
    "<script>atob('PGEgaHJlZj0iaHR0cDovL2V2aWwuZXhhbXBsZS94Ij4=')</script>", "<a onclick='(",
    "<script>[1,", "<p><i a=1>x",
]  # fmt: skip


def seconds(reading: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    reading(text)
    return time.process_time() - start


def filled(piece: str) -> str:
    return (piece * (LENGTH // len(piece) + 1))[:LENGTH]


@pytest.mark.parametrize("piece", TEXTS)
def test_a_mebibyte_of_hostile_text_takes_seconds_at_most(piece: str) -> None:
    text = filled(piece)

    assert seconds(text_links, text) < SECONDS
    assert seconds(calendar_links, "DESCRIPTION:" + text) < SECONDS
    assert seconds(normalise, "http://" + text) < SECONDS


@pytest.mark.parametrize("piece", HTML)
def test_a_mebibyte_of_hostile_html_takes_seconds_at_most(piece: str) -> None:
    html = filled(piece)

    assert seconds(html_links, html) < SECONDS
    assert seconds(visible_text, html) < SECONDS
    assert seconds(smuggled, html) < SECONDS


@pytest.mark.parametrize(
    "html",
    [
        "".join(f"<b x={n}>" for n in range(500)) + "<p>x" * 200_000,
        "".join(f"<p><b x={n}></p>" for n in range(60_000)),
        "".join(f"<b x={n}><div>" for n in range(250)) + "</b>" * 200_000,
        "<a " + " ".join(f"a{n}=1" for n in range(100_000)) + ">",
    ],
    ids=["reopened in every paragraph", "never closed", "closed too often", "a hundred thousand attributes"],
)
def test_shapes_that_make_tree_builders_slow_do_not(html: str) -> None:
    assert seconds(html_links, html + '<a href="http://a.example/">') < SECONDS


def test_two_hundred_thousand_nested_blocks_hide_no_link() -> None:
    html = "<div>" * 200_000 + '<a href="http://a.example/x">www.b.example.com</a>'

    assert ("http://a.example/x", "a[href]", ("text-mismatch",)) in [
        (link.url, link.place, link.notes) for link in html_links(html)
    ]


@pytest.mark.parametrize("piece", ["*", "**A", "%25", "https://href.li/?"])
def test_a_long_rewritten_link_takes_seconds_at_most(piece: str) -> None:
    assert (
        seconds(unwrap, "https://urldefense.com/v3/__https://a.example/" + filled(piece)[:65536] + "__;QQ!x!y$")
        < SECONDS
    )
    assert seconds(oddities, "http://a.example/" + filled(piece)) < SECONDS
