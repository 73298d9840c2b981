"""What is known to be bad is found in whatever disguise a browser or a mail program sees through."""

from dataclasses import dataclass

import pytest

from submissions.denylist import file_rule, sender_rule, tidy, url_rule


@dataclass(frozen=True)
class Rule:
    kind: str
    pattern: str


HOST, DOMAIN = Rule("host", "bad.example"), Rule("domain", "worse.example")
SENDER, FROM = Rule("sender", "evil@mail.example"), Rule("sender-domain", "spam.example")
RULES = (Rule("hash", "ab" * 32), HOST, DOMAIN, SENDER, FROM)


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("https://bad.example/x", HOST),
        ("https://www.bad.example/x", None),
        ("http://user:pw@BAD.example:8080/", HOST),
        ("https://bad.example\\@good.example/", HOST),
        ("https://good.example/?u=bad.example", None),
        ("https://a.b.worse.example", DOMAIN),
        ("https://worse.example", DOMAIN),
        ("https://notworse.example", None),
        ("ftp://worse.example./file", DOMAIN),
        ("mailto:a@worse.example", None),
        ("not a url", None),
    ],
)
def test_hosts(url: str, rule: Rule | None) -> None:
    assert url_rule(RULES, url) == rule


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("Evil <Evil@Mail.example>", SENDER),
        ("other@mail.example", None),
        ("x@news.spam.example", FROM),
        ("good@corp.example, x@spam.example", FROM),
        ("x@spam.example.corp.example", None),
        ("", None),
    ],
)
def test_senders(field: str, rule: Rule | None) -> None:
    assert sender_rule(RULES, [field]) == rule


def test_files() -> None:
    assert file_rule(RULES, "ab" * 32) == RULES[0]
    assert file_rule(RULES, "ba" * 32) is None


@pytest.mark.parametrize(
    ("kind", "given", "tidied"),
    [
        ("hash", f" {'AB' * 32} ", "ab" * 32),
        ("host", "https://Bad.example/path", "bad.example"),
        ("domain", "*.bad.example", "bad.example"),
        ("domain", "b\u00fccher.example", "xn--bcher-kva.example"),
        ("sender", "Evil <Evil@Mail.example>", "evil@mail.example"),
        ("sender-domain", "@spam.example", "spam.example"),
    ],
)
def test_patterns_are_brought_into_form(kind: str, given: str, tidied: str) -> None:
    assert tidy(kind, given) == tidied


@pytest.mark.parametrize(
    ("kind", "given"), [("hash", "abc"), ("host", "x"), ("domain", ""), ("sender", "spam.example")]
)
def test_what_is_none_is_refused_in_words(kind: str, given: str) -> None:
    with pytest.raises(ValueError, match=r"^Give "):
        tidy(kind, given)
