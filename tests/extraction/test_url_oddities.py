"""What is odd about a URL."""

import pytest

from submissions.extraction.urls import ODDITIES, oddities


@pytest.mark.parametrize(
    ("url", "shown", "expected"),
    [
        ("https://example.com/x?y=z", "", ()),
        ("http://192.0.2.1/", "", ("ip-host",)),
        ("http://[2001:db8::1]/", "", ("ip-host",)),
        ("http://3221225985/", "", ("disguised-ip", "ip-host")),
        ("http://0xc0.0.2.1/", "", ("disguised-ip", "ip-host")),
        ("http://www.paypal.com@example.org/", "", ("userinfo",)),
        ("http://example.org:4444/", "", ("odd-port",)),
        ("http://example.org:8080/", "", ()),
        ("http://bücher.example/", "", ("punycode",)),
        ("http://xn--bcher-kva.example/", "", ("punycode",)),
        ("http://pаypal.com/", "", ("look-alike", "mixed-script", "punycode")),
        ("http://paypa1.com/", "", ("look-alike",)),
        ("http://rnicrosoft.com/", "", ("look-alike",)),
        ("http://www.paypal.com.account.example.org/", "", ("look-alike",)),
        ("http://paypal-login.example.org/", "", ("look-alike",)),
        ("http://www.paypal.com/", "", ()),
        ("http://amazon.ca/", "", ()),
        ("http://%65xample.org/", "", ("encoded-host",)),
        ("http://exam\u200bple.org/", "", ("encoded-host",)),
        ("http://ｅxample.org/", "", ("encoded-host",)),
        ("http://example.org/a/invoice.pdf.exe", "", ("executable-path",)),
        ("http://example.org/a.iso?x", "", ("executable-path",)),
        ("http://example.com/", "", ()),
        ("http://example.org/r?u=https%3A%2F%2Fother.example.net%2F", "", ("open-redirect",)),
        ("http://example.org/r?u=https://www.example.org/", "", ()),
        ("http://example.org/?m=victim@example.net", "", ("address-in-url",)),
        ("http://example.org/#dmljdGltQGV4YW1wbGUubmV0", "", ("address-in-url",)),
        ("https://bit.ly/abc", "", ("shortener",)),
        ("\\\\files.example\\share", "", ("file-share",)),
        ("ms-msdt:/id", "", ("protocol-handler",)),
        ("mailto:someone@example.com", "", ("address-in-url",)),
        ("http://example.org/" + "x" * 1000, "", ("long",)),
        ("http://example.org/", "https://www.example.com/login", ("text-mismatch",)),
        ("http://example.org/", "www.example.org", ()),
        ("http://sub.example.org/", "example.org", ()),
        ("http://example.org/", "click here.", ()),
        ("http://example.org/", "invoice.pdf", ()),
    ],
)
def test_it_names_what_is_odd(url: str, shown: str, expected: tuple[str, ...]) -> None:
    assert oddities(url, shown) == expected


def test_every_oddity_is_explained() -> None:
    assert all(ODDITIES[name] for name in ("ip-host", "userinfo", "punycode", "look-alike", "text-mismatch"))
    assert list(ODDITIES) == sorted(ODDITIES)
