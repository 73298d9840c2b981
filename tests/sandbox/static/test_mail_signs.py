"""What the headers of a reported mail tell about who really sent it."""

from typing import Any

import pytest

from submissions.sandbox.static.mail_signs import SIGNS, mail_signs

OWN = ("contoso.com",)
LOOK_ALIKES = (
    "c0ntoso.com",
    "contosso.com",
    "contoso.net",
    "contoso-security.com",
    "contoso.com.evil.example",
    "\u0441ontoso.com",
    "xn--ontoso-hrf.com",
)
PASSED = [{"by": "mx.contoso.com", "results": [{"method": "dmarc", "result": "pass"}]}]


def failed(*checks: str) -> list[dict[str, Any]]:
    results = [dict(zip(("method", "result"), check.split("="), strict=True)) for check in checks]
    return [{"by": "mx.contoso.com", "results": results}]


def signs(sender: str, **facts: Any) -> set[str]:
    return {reason.id for reason in mail_signs({"from": sender, "facts": facts}, OWN)}


CASES: dict[str, tuple[tuple[str, dict[str, Any]], tuple[str, dict[str, Any]]]] = {
    "sender-forged": (
        ("Anna <anna@contoso.com>", {"authentication_results": failed("spf=fail", "dmarc=fail")}),
        ("Anna <anna@contoso.com>", {"authentication_results": PASSED}),
    ),
    "sender-look-alike": (("Anna <anna@c0ntoso.com>", {}), ("Anna <anna@fabrikam.com>", {})),
    "sender-unclear": (("a@fabrikam.com, b@evil.example", {}), ("a@fabrikam.com", {})),
    "name-shows-own": (("anna@contoso.com <x@evil.example>", {}), ("anna@contoso.com <anna@contoso.com>", {})),
    "name-shows-address": (("pay@fabrikam.com <x@evil.example>", {}), ("pay@fabrikam.com <x@mail.fabrikam.com>", {})),
    "reply-look-alike": (
        ("a@fabrikam.com", {"reply_to": "boss@c0ntoso.com"}),
        ("a@fabrikam.com", {"reply_to": "boss@contoso.com"}),
    ),
    "reply-leaves-own": (
        ("boss@contoso.com", {"reply_to": "boss@evil.example"}),
        ("boss@contoso.com", {"reply_to": "desk@it.contoso.com"}),
    ),
    "reply-to-free-mail": (
        ("a@fabrikam.com", {"reply_to": "ceo.1970@gmail.com"}),
        ("ceo.1970@gmail.com", {"reply_to": "ceo.1970@gmail.com"}),
    ),
    "reply-elsewhere": (
        ("a@fabrikam.com", {"reply_to": "a@desk.example"}),
        ("a@fabrikam.com", {"reply_to": "a@desk.fabrikam.com"}),
    ),
    "authentication-failed": (
        ("a@fabrikam.com", {"authentication_results": failed("spf=softfail")}),
        ("a@fabrikam.com", {"authentication_results": failed("spf=fail", "dmarc=pass")}),
    ),
    "fields-doubled": (("a@fabrikam.com", {"doubled": ["from"]}), ("a@fabrikam.com", {"doubled": []})),
}


@pytest.mark.parametrize("sign", CASES)
def test_a_sign_fits_what_it_is_made_for(sign: str) -> None:
    sender, facts = CASES[sign][0]

    assert sign in signs(sender, **facts)


@pytest.mark.parametrize("sign", CASES)
def test_a_sign_does_not_fit_what_only_looks_like_it(sign: str) -> None:
    sender, facts = CASES[sign][1]

    assert sign not in signs(sender, **facts)


def test_every_sign_has_its_test() -> None:
    assert set(CASES) == set(SIGNS)


@pytest.mark.parametrize(
    "domain",
    LOOK_ALIKES,
)
def test_domains_that_may_be_taken_for_an_own_one(domain: str) -> None:
    assert "sender-look-alike" in signs(f"it@{domain}")


@pytest.mark.parametrize("domain", ["contoso.com", "mail.contoso.com", "consort.com", "fabrikam.com", "sanso.com"])
def test_domains_that_are_no_look_alikes(domain: str) -> None:
    assert "sender-look-alike" not in signs(f"it@{domain}")


def test_an_ordinary_mail_shows_no_signs() -> None:
    facts = {"reply_to": "", "authentication_results": PASSED, "doubled": []}

    assert mail_signs({"from": "Acme Billing <billing@fabrikam.com>", "facts": facts}, OWN) == ()


def test_a_mail_forwarded_as_text_shows_what_its_sender_shows() -> None:
    found = mail_signs({"from": "Anna <anna@c0ntoso.com>", "facts": {"not_available": True}}, OWN)

    assert [reason.id for reason in found] == ["sender-look-alike"]


def test_a_valid_signature_makes_up_for_a_broken_one() -> None:
    assert signs("a@fabrikam.com", authentication_results=failed("dkim=fail", "dkim=pass")) == set()


@pytest.mark.parametrize("mail", [{}, {"from": None}, {"from": "", "facts": None}, {"from": "undisclosed"}])
def test_missing_headers_break_nothing(mail: dict[str, Any]) -> None:
    assert all(reason.id == "sender-unclear" for reason in mail_signs(mail, OWN))


def test_without_own_domains_nothing_is_taken_for_one() -> None:
    assert mail_signs({"from": "anna@contoso.com <x@contoso.com>", "facts": {}}, ()) == ()


def test_the_heaviest_reason_comes_first_and_says_what_it_saw() -> None:
    found = mail_signs({"from": "x@c0ntoso.com", "facts": {"reply_to": "y@desk.example"}}, OWN)

    assert [reason.points for reason in found] == sorted((reason.points for reason in found), reverse=True)
    assert found[0].words.endswith("c0ntoso.com is not contoso.com")
