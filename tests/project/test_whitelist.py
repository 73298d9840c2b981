from dataclasses import dataclass
from typing import Any

import pytest

from submissions.whitelist import deciding, deciding_on_file, deciding_on_mail, matches, tidy


@dataclass(frozen=True)
class Rule:
    kind: str
    pattern: str


CORP = Rule("domain", "corp.example")


@pytest.mark.parametrize(
    "url",
    [
        "https://corp.example/",
        "HTTPS://WWW.Corp.Example:443/a",
        "http://a.b.corp.example/x?y=z",
        "https://corp.example./",
    ],
)
def test_a_domain_rule_covers_the_host_and_its_subdomains(url: str) -> None:
    assert matches(CORP, url)


@pytest.mark.parametrize(
    "url",
    [
        "https://corp.example.evil.test/",
        "https://evil.test/?u=https://corp.example",
        "https://evil.test/corp.example",
        "https://corp.example@evil.test/",
        "https://corpexample/",
        "https://notcorp.example/",
        "https://corp.example\\@evil.test/",
        "https://evil.test\\corp.example/",
        "https://evil.test#@corp.example/",
        "https://corp.example:8443/",
        "https://xn--crp-example-5ob.test/",
        "https://cоrp.example/",  # a Cyrillic letter
        "javascript:alert('https://corp.example')",
        "ftp://corp.example/",
        "https://[corp.example/",
        "https:// corp.example/",
        "",
    ],
)
def test_a_url_that_only_looks_like_the_domain_is_analysed(url: str) -> None:
    assert not matches(CORP, url)


def test_a_host_rule_covers_this_host_only() -> None:
    rule = Rule("host", "www.corp.example")

    assert matches(rule, "https://www.corp.example/x")
    assert not matches(rule, "https://a.www.corp.example/x")
    assert not matches(rule, "https://corp.example/x")


@pytest.mark.parametrize(
    ("url", "covered"),
    [
        ("https://corp.example/intranet/a", True),
        ("https://CORP.example/intranet/", True),
        ("https://corp.example/intranet", False),
        ("https://corp.example/other/", False),
        ("http://corp.example/intranet/", False),
        ("https://corp.example/intranet/../other", False),
        ("https://corp.example/intranet/%2e%2e/other", False),
        ("https://corp.example@evil.test/intranet/", False),
    ],
)
def test_a_prefix_rule_covers_what_begins_with_it(url: str, covered: bool) -> None:
    assert matches(Rule("prefix", "https://corp.example/intranet/"), url) is covered


def test_the_rule_that_decided_is_told() -> None:
    rules = [Rule("host", "other.example"), CORP]

    assert deciding(rules, "https://www.corp.example/") is CORP
    assert deciding(rules, "https://evil.test/") is None


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("domain", " *.Corp.Example ", "corp.example"),
        ("domain", "https://corp.example/", "corp.example"),
        ("host", "bücher.example", "xn--bcher-kva.example"),
        ("prefix", "https://Corp.Example/a", "https://corp.example/a"),
    ],
)
def test_a_pattern_is_kept_in_its_normal_form(kind: str, given: str, kept: str) -> None:
    assert tidy(kind, given) == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("domain", "example"),
        ("domain", ""),
        ("host", "corp.example/path"),
        ("prefix", "corp.example"),
        ("prefix", "https://corp.example"),
    ],
)
def test_a_pattern_that_makes_no_sense_is_refused_in_words(kind: str, given: str) -> None:
    with pytest.raises(ValueError, match=r"Give a host|A prefix begins"):
        tidy(kind, given)


@pytest.mark.parametrize(
    ("kind", "pattern", "covered", "left"),
    [
        (
            "wildcard",
            "https://corp.example/*/news",
            "https://corp.example/a/b/news",
            "https://corp.example/news?x=/a/news",
        ),
        ("wildcard", "https://corp.example/n*", "https://corp.example/n", "https://corp.example.evil.test/n"),
        (
            "regex",
            r"https://(www|m)\.corp\.example/.*",
            "https://m.corp.example/a",
            "https://evil.test/https://m.corp.example/",
        ),
        ("regex", "https://corp.example/[a-z]+", "https://corp.example/news", "https://corp.example/news/x"),
    ],
)
def test_stars_and_expressions_cover_a_whole_link(kind: str, pattern: str, covered: str, left: str) -> None:
    rule = Rule(kind, tidy(kind, pattern))

    assert matches(rule, covered)
    assert not matches(rule, left)


def test_an_expression_that_would_take_for_ever_elsewhere_is_read_in_one_go() -> None:
    rule = Rule("regex", tidy("regex", "https://corp.example/(a+)+b"))

    assert not matches(rule, "https://corp.example/" + "a" * 5000)


@pytest.mark.parametrize(
    ("kind", "pattern", "words"),
    [
        ("regex", ".*corp.example.*", "Begin with https://"),
        ("regex", "https://corp.example/(", "no regular expression"),
        ("regex", r"https://corp.example/(a)\1", "no regular expression"),
        ("wildcard", "https://*.corp.example/", "into the path"),
        ("wildcard", "https://corp.example/", "into the path"),
        ("hash", "abc", "64 hexadecimal digits"),
    ],
)
def test_a_pattern_that_is_none_says_what_is_wrong(kind: str, pattern: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        tidy(kind, pattern)


def test_a_file_is_covered_by_its_digest() -> None:
    rule = Rule("hash", tidy("hash", "AB" * 32))

    assert deciding_on_file([CORP, rule], "ab" * 32) == rule
    assert deciding_on_file([CORP, rule], "cd" * 32) is None


def reported(**changed: Any) -> dict[str, Any]:
    """A reported mail whose sender our own server has proven."""
    dmarc = {"method": "dmarc", "result": "pass", "properties": {"header.from": "news.example"}}
    facts = {"authentication_results": [{"by": "mx.corp.example", "results": [dmarc]}], **changed.pop("facts", {})}
    return {"how": "attached", "from": "News <Anna@News.example>", "facts": facts, **changed}


def says(result: str, domain: str = "news.example", by: str = "mx.corp.example") -> dict[str, Any]:
    results = [{"method": "dmarc", "result": result, "properties": {"header.from": domain}}]
    return {"facts": {"authentication_results": [{"by": by, "results": results}]}}


@pytest.mark.parametrize("pattern", ["news.example", "anna@news.example"])
def test_a_proven_sender_is_covered_by_address_and_by_domain(pattern: str) -> None:
    rule = Rule("sender", pattern)

    assert deciding_on_mail([CORP, rule], reported(), "mx.corp.example") == rule


@pytest.mark.parametrize(
    "changed",
    [
        {"how": "inline"},
        {"from": "News <anna@news.example>, <b@evil.test>"},
        {"from": "News <anna@sub.news.example>"},
        {"facts": {"authentication_results": []}},
        {"facts": {"doubled": ["from"]}},
        says("fail"),
        says("bestguesspass"),
        says("pass", domain="evil.test"),
        says("pass", by="mx.evil.test"),
        says("pass", by=""),
    ],
)
def test_a_sender_who_is_not_proven_is_covered_by_nothing(changed: dict[str, Any]) -> None:
    assert deciding_on_mail([Rule("sender", "news.example")], reported(**changed), "mx.corp.example") is None


def test_no_sender_is_proven_where_no_server_is_trusted() -> None:
    assert deciding_on_mail([Rule("sender", "news.example")], reported(**says("pass", by="")), "") is None


@pytest.mark.parametrize(
    ("given", "kept"), [("@News.Example", "news.example"), ("Anna@News.example", "anna@news.example")]
)
def test_a_sender_is_an_address_or_a_domain(given: str, kept: str) -> None:
    assert tidy("sender", given) == kept


@pytest.mark.parametrize("given", ["", "news", "a@b@c.example", "a b.example"])
def test_what_is_neither_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="Give an address"):
        tidy("sender", given)
