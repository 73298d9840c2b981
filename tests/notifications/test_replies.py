"""A person of ours is answered; machines, lists, strangers and ourselves are not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.replies import ReplyPolicy, why_no_answer

POLICY = ReplyPolicy(domains=["corp.example"], own_addresses=["sandbox@corp.example", "sandbox"])
PERSON = {
    "Return-Path": "<anna.lang@corp.example>",
    "Received": "from pc.corp.example by mail.corp.example; Tue, 24 Nov 2026 08:02:00 +0000",
    "From": "Anna Lang <anna.lang@corp.example>",
    "Subject": "FW: Invoice 4471",
    "Message-ID": "<4471@corp.example>",
    "Content-Type": "multipart/mixed; boundary=x",
}
TABLE = Path(__file__).with_name("automatic_mails.txt")
Pairs = list[tuple[str, str]]


def automatic_mails() -> list[tuple[str, Pairs]]:
    """The table's rows: the reason and the headers of the whole mail."""
    rows = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        reason, _, cells = line.partition(" ~ ")
        own = [(cell.split(":", 1)[0].strip(), cell.split(":", 1)[1].removeprefix(" ")) for cell in cells.split(" | ")]
        names = {name.lower() for name, _ in own}
        rows.append((reason, own + [(name, value) for name, value in PERSON.items() if name.lower() not in names]))
    return rows


def reporter(headers: Pairs) -> str | None:
    """The address as a trusting reader would take it: the last thing in From that looks like one."""
    value = next((value for name, value in headers if name.lower() == "from"), "")
    return value.rpartition("<")[2].partition(">")[0].strip() or None


def test_the_table_holds_three_hundred_automatic_mails() -> None:
    assert len(automatic_mails()) >= 300


@pytest.mark.parametrize(("reason", "headers"), automatic_mails())
def test_it_never_answers_automatic_mail(reason: str, headers: Pairs) -> None:
    assert why_no_answer(headers, reporter=reporter(headers), policy=POLICY) == reason


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Auto-Submitted": "no"},
        {"Auto-Submitted": "No; comment"},
        {"Precedence": "normal"},
        {"Precedence": "first-class"},
        {"X-Auto-Response-Suppress": "DR, RN, NRN"},
        {"X-Autoreply": "no"},
        {"From": "anna.lang@corp.example"},
        {"From": '"Lang, Anna" <anna.lang@corp.example>'},
        {"From": "Anna Lang (IT) <anna.lang@CORP.EXAMPLE>"},
        {"From": "=?utf-8?q?Anna_L=C3=A4ng?= <anna.lang@corp.example>"},
        {"From": "anna.lang@corp.example (Anna Lang)"},
        {"From": "Anna Lang\r\n <anna.lang@corp.example>"},
        {"From": "Reply Norman <norman.reply@corp.example>"},
        {"Content-Type": "multipart/mixed; boundary=report"},
        {"Message-ID": "<mm.7@corp.example>"},
        {"Reply-To": "sandbox@corp.example.other.example"},
        {"Return-Path": "anna.lang@corp.example"},
    ],
)
def test_it_answers_a_person(headers: dict[str, str]) -> None:
    pairs = list({**PERSON, **headers}.items())
    address = "norman.reply@corp.example" if "norman" in headers.get("From", "") else "anna.lang@corp.example"

    assert why_no_answer(pairs, reporter=address, policy=POLICY) == ""


@pytest.mark.parametrize(
    ("domains", "address", "answered"),
    [
        ([], "anna@corp.example", False),
        (["*"], "anna@anything.example", True),
        (["*.corp.example"], "anna@it.corp.example", True),
        (["*.corp.example"], "anna@corp.example", False),
        (["*.corp.example"], "anna@evilcorp.example", False),
        (["CORP.example"], "anna@corp.EXAMPLE", True),
        (["münchen.example"], "anna@xn--mnchen-3ya.example", True),
        ([""], "anna@corp.example", False),
    ],
)
def test_it_answers_the_domains_that_are_listed(domains: list[str], address: str, answered: bool) -> None:
    headers = [("From", address), ("Return-Path", f"<{address}>")]

    reason = why_no_answer(headers, reporter=address, policy=ReplyPolicy(domains=domains))

    assert (reason == "") is answered


def test_the_first_reason_is_told() -> None:
    headers = [*PERSON.items(), ("List-Id", "<x>"), ("Auto-Submitted", "auto-replied")]

    assert why_no_answer(headers, reporter=None, policy=POLICY) == "automatic mail: Auto-Submitted"


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=200)), max_size=10), st.text(max_size=60))
def test_no_header_breaks_it(headers: Pairs, address: str) -> None:
    policy = ReplyPolicy(
        domains=["corp.example"], own_addresses=["sandbox@corp.example"], authserv_id="mx.corp.example"
    )

    assert why_no_answer(headers, reporter=address or None, policy=policy) != ""
