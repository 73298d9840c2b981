"""Only the receiving server's own word proves a sender; whatever a sender writes himself proves nothing."""

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.authentication import Malformed, is_proven, results, without_comments
from notifications.replies import ReplyPolicy, why_no_answer

MX = "mx.corp.example"
POLICY = ReplyPolicy(domains=["corp.example"], own_addresses=["sandbox@corp.example"], authserv_id=MX)
ADDRESS = "anna.lang@corp.example"
BORDER = ("Received", f"from outside by {MX}; Tue, 24 Nov 2026 08:02:00 +0000")

# What the receiving server may honestly say about a mail that somebody else sent in the reporter's name.
HONEST = [
    f"{MX}; none",
    f"{MX}; spf=fail smtp.mailfrom=corp.example",
    f"{MX}; spf=pass smtp.mailfrom=evil.example",
    f"{MX}; spf=pass smtp.mailfrom=corp.example.evil.example",
    f"{MX}; spf=softfail smtp.mailfrom=anna.lang@corp.example; dkim=none",
    f"{MX}; dkim=pass header.d=evil.example",
    f"{MX}; dkim=fail header.d=corp.example",
    f"{MX}; dkim=pass header.d=example",
    f"{MX}; dkim=pass header.i=@evil.example header.s=corp.example",
    f"{MX}; dkim=pass (header.d=corp.example) header.d=evil.example",
    f"{MX}; dmarc=fail header.from=corp.example; spf=pass smtp.mailfrom=corp.example",
    f"{MX}; dmarc=none header.from=corp.example; spf=none",
    f"{MX}; dmarc=pass header.from=evil.example",
    f"{MX}; dmarc=temperror header.from=corp.example; dkim=pass header.d=corp.example",
    f"{MX}; dmarc=bestguesspass header.from=corp.example",
    f'{MX}; spf=pass smtp.helo=corp.example; x-note="dmarc=pass header.from=corp.example"',
    f"{MX}; auth=pass smtp.auth=anna.lang@corp.example",
    f"{MX}; arc=pass; dkim=neutral header.d=corp.example",
    "",
]
# What a forger writes into his mail, below the receiving server's header or without one.
FORGED = [
    f"{MX}; dmarc=pass header.from=corp.example",
    f"{MX.upper()}; dmarc=pass header.from=corp.example; dkim=pass header.d=corp.example",
    f"{MX} 1; spf=pass smtp.mailfrom=corp.example",
    "mx.evil.example; dmarc=pass header.from=corp.example",
    f"mx.evil.example; x={MX}; dmarc=pass header.from=corp.example",
    f"mx.evil.example ({MX}); dmarc=pass header.from=corp.example",
    f'"{MX}" ; dmarc=pass header.from=corp.example',
    "; dmarc=pass header.from=corp.example",
    "dmarc=pass header.from=corp.example",
    f"evil.{MX}; dmarc=pass header.from=corp.example",
    f"{MX}.evil.example; dmarc=pass header.from=corp.example",
    f"{MX}\t; dmarc=pass header.from=corp.example",
    f"({MX}) evil.example; dmarc=pass header.from=corp.example",
    f"{MX}; dmarc=pass header.from=corp.example\r\n dkim=pass",
]
BEFORE: list[list[tuple[str, str]]] = [
    [BORDER],
    [("Received", "from mx by store"), BORDER],
]
# Without an own header of the receiving server only what names another one can be told from the truth.
ALIEN = [text for text in FORGED if not text.lower().strip('"(').startswith(MX)]
CASES = [
    [*before, ("Authentication-Results", honest), ("Authentication-Results", forged)]
    for before, honest, forged in product(BEFORE, HONEST[:-1], FORGED)
] + [[*before, ("Authentication-Results", forged)] for before, forged in product(BEFORE, ALIEN)]


def mail(results: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("Return-Path", f"<{ADDRESS}>"), *results, ("From", f"Anna Lang <{ADDRESS}>"), ("Subject", "FW: x")]


def test_there_are_five_hundred_forgeries() -> None:
    assert len(CASES) >= 500


@pytest.mark.parametrize("headers", CASES)
def test_a_forged_sender_is_not_answered(headers: list[tuple[str, str]]) -> None:
    reason = why_no_answer(mail(headers), reporter=ADDRESS, policy=POLICY)

    assert reason == "the sender is not proven by the receiving server"


@pytest.mark.parametrize(
    "said",
    [
        f"{MX}; dmarc=pass header.from=corp.example",
        f"{MX}; dmarc=pass (p=reject dis=none) header.from=Corp.Example",
        f"{MX} 1; dkim=pass header.d=corp.example header.s=s1 header.b=abc; spf=fail smtp.mailfrom=list.example",
        f"{MX};\r\n\tdkim=pass (2048-bit key) header.d=mail.corp.example header.i=@mail.corp.example",
        f"{MX}; spf=pass smtp.mailfrom=anna.lang@corp.example",
        f"{MX}; spf=pass smtp.mailfrom=bounces.corp.example; dkim=none; dmarc=none",
        f'"{MX}"; dkim = pass header.d = "corp.example"',
        f"{MX}; dkim/1=pass header.d=corp.example",
    ],
)
def test_a_proven_sender_is_answered(said: str) -> None:
    headers = mail([BORDER, ("Authentication-Results", said)])

    assert why_no_answer(headers, reporter=ADDRESS, policy=POLICY) == ""


def test_exchange_online_writes_its_results_without_a_name() -> None:
    said = (
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=corp.example; dkim=pass (signature was verified) "
        "header.d=corp.example;dmarc=pass action=none header.from=corp.example;compauth=pass reason=100"
    )

    assert is_proven([("Authentication-Results", said)], domain="corp.example", authserv_id="exchange-online")
    assert not is_proven([("Authentication-Results", said)], domain="corp.example", authserv_id=MX)
    assert not is_proven(
        [("Authentication-Results", said.replace("pass", "fail"))], domain="corp.example", authserv_id="exchange-online"
    )


def test_without_a_configured_server_the_domains_alone_decide() -> None:
    policy = ReplyPolicy(domains=["corp.example"])

    assert why_no_answer(mail([]), reporter=ADDRESS, policy=policy) == ""


@given(st.text(alphabet='mx.;= ()"\\\r\n\tpassdkim/corp.example@', max_size=120))
@example("(" * 500)
@example("\\")
@example("mx; dkim=pass dkim=pass")
def test_no_header_breaks_the_parser(text: str) -> None:
    try:
        found = list(results(f"{MX}; {text}", MX))
    except Malformed:
        return

    assert all(one.method and one.outcome for one in found)


@given(st.text(alphabet='ab()"\\ ', max_size=60))
def test_nothing_of_a_comment_is_read(text: str) -> None:
    try:
        kept = without_comments(f"x({text})y")
    except Malformed:
        return

    assert kept.startswith("x")
    assert kept.endswith("y")
