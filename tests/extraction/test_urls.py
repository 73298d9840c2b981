"""The identity of a URL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.extraction.urls import host, normalise, oddities

PIECES = st.sampled_from(
    [
        "http",
        "https:",
        "//",
        "/",
        "\\",
        "@",
        ":",
        "80",
        ".",
        "..",
        "%2e",
        "%41",
        "%",
        "?",
        "#",
        "[",
        "]",
        "::1",
        "a.example",
    ]
)


@pytest.mark.parametrize(
    ("spelled", "identity"),
    [
        ("HTTP://EXAMPLE.com", "http://example.com/"),
        ("http://example.com:80/", "http://example.com/"),
        ("https://example.com:0443/", "https://example.com/"),
        ("https://example.com:8443/", "https://example.com:8443/"),
        ("http:\\\\example.com\\a\\b?c\\d", "http://example.com/a/b?c\\d"),
        ("http:/example.com/a", "http://example.com/a"),
        ("//example.com/a", "http://example.com/a"),
        ("example.com/a", "http://example.com/a"),
        ("example.com:8080/a", "http://example.com:8080/a"),
        ("\\\\files.example\\share", "file://files.example/share"),
        (" http://exa\nmple.com/\t", "http://example.com/"),
        ("http://example.com/a/./b/../c", "http://example.com/a/c"),
        ("http://example.com/%2e%2e/a", "http://example.com/a"),
        ("http://example.com/%7euser/%c3%a4", "http://example.com/~user/%C3%A4"),
        ("http://example.com/ä b", "http://example.com/%C3%A4%20b"),
        ("http://example.com/a?b=c#d", "http://example.com/a?b=c#d"),
        ("http://user:pass@example.com/", "http://user:pass@example.com/"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://XN--BCHER-KVA.example/", "http://xn--bcher-kva.example/"),
        ("http://✪df.ws/", "http://xn--df-oiy.ws/"),
        ("http://ｅｘａｍｐｌｅ。com/", "http://example.com/"),
        ("http://exam\u200bple.com/", "http://example.com/"),
        ("http://%65xample.com/", "http://example.com/"),
        ("http://example.com./", "http://example.com/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0177.0.0.01/", "http://127.0.0.1/"),
        ("http://[2001:DB8:0::1]/", "http://[2001:db8::1]/"),
        ("MS-MSDT:/id x", "ms-msdt:/id%20x"),
        ("http://", "http://"),
        ("HTTP:@/", "HTTP:@/"),
        ("no url", "no url"),
        ("", ""),
    ],
)
def test_spellings_of_one_place_have_one_identity(spelled: str, identity: str) -> None:
    assert normalise(spelled) == identity


@given(
    st.one_of(
        st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join), st.text(max_size=30).map("http://".__add__)
    )
)
def test_an_identity_is_its_own_identity_whatever_the_text(text: str) -> None:
    identity = normalise(text)

    assert normalise(identity) == identity
    assert host(identity) == host(text)
    assert oddities(text) == tuple(sorted(set(oddities(text))))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://user@WWW.Example.com:8080/x", "www.example.com"),
        ("mailto:someone@example.com", ""),
        ("\\\\files.example\\share", "files.example"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("", ""),
    ],
)
def test_it_names_the_host(url: str, name: str) -> None:
    assert host(url) == name
