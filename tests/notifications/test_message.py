"""A message parses back to exactly the headers that were meant, whatever stands in a reported subject.

`HEADER_EXAMPLES` sets how many examples are tried beside them.
"""

import os
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from itertools import islice

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications.addresses import counted, deliverable
from notifications.message import Envelope, compose
from notifications.rendering import Rendered
from notifications.values import one_line
from tests.notifications.header_cases import faults

MESSAGES = 100_000
EXAMPLES = int(os.environ.get("HEADER_EXAMPLES", "150"))
NAMES = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "X-MailMonitor-Id",
    "Content-Language", "Content-Type", "MIME-Version",
}  # fmt: skip
OPTIONAL = {"Reply-To", "Thread-Topic", "In-Reply-To", "References"}
HOSTILE = "".join(map(chr, range(0x30))) + '\x7f\x85\u2028\u2029\u202e\ufeff=?utf-8?b?DQpCY2M6IHg=?=<>:@,;"\\'
TEXTS = st.one_of(st.text(max_size=300), st.text(alphabet=HOSTILE, max_size=120))


def envelope(**fields: str) -> Envelope:
    values: dict[str, str] = {
        "message_id": "<mm.received.0d4b3c3e-7f2c-5a38-9c41-5d0f0f1a2b3c@corp.example>",
        "kind": "received",
        "to": "anna.lang@corp.example",
        "sender": "sandbox@corp.example",
        "sender_name": "Corp IT Security",
        "automatic": "auto-replied",
        **fields,
    }
    return Envelope(date=datetime(2026, 11, 24, 8, 2, tzinfo=UTC), **values)  # type: ignore[arg-type]


@pytest.mark.timeout(900)
def test_a_hundred_thousand_messages_parse_back_to_their_headers() -> None:
    assert list(islice(faults(1, MESSAGES), 5)) == []


def decoded(value: str) -> str:
    return str(make_header(decode_header(value)))


@settings(max_examples=EXAMPLES, deadline=None)
@given(subject=TEXTS, name=TEXTS, topic=TEXTS, message_id=TEXTS, references=TEXTS)
@example(
    subject="x\r\nBcc: y@evil.example",
    name='"\\',
    topic="\n",
    message_id="<a@b>\r\nX: y",
    references="<a@b> <" + "c" * 999,
)
@example(
    subject="=?utf-8?b?DQpCY2M6IHg=?=", name="=?utf-8?q?x?=", topic=" ", message_id="<x@y>", references="<a@b>\n<x@y>"
)
@example(subject="ä" * 200, name="é" * 64, topic="x" * 400, message_id="<" + "a" * 300 + "@b>", references="")
def test_a_message_parses_back_to_its_headers(
    subject: str, name: str, topic: str, message_id: str, references: str
) -> None:
    meant = envelope(sender_name=name, topic=topic, in_reply_to=message_id, references=references)
    raw = compose(Rendered(subject, "Hello\n", "<p>Hello</p>", "en"), meant)

    mail = message_from_bytes(raw, policy=policy.compat32)
    names = [header for header in mail.keys() if header not in OPTIONAL]  # noqa: SIM118
    assert sorted(names) == sorted(NAMES if one_line(subject, 200) else NAMES - {"Subject"})
    assert len(mail.keys()) == len(set(mail.keys()))
    assert decoded(mail["Subject"] or "") == one_line(subject, 200)
    assert parseaddr(mail["From"].replace("\r\n", ""))[1] == "sandbox@corp.example"
    assert mail["To"] == "anna.lang@corp.example"
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert [part.get_payload(decode=True).strip() for part in mail.get_payload()] == [b"Hello", b"<p>Hello</p>"]


@settings(max_examples=EXAMPLES, deadline=None)
@given(name=st.text(max_size=64))
def test_the_name_of_the_sender_is_kept(name: str) -> None:
    mail = message_from_bytes(
        compose(Rendered("x", "x", "x", "en"), envelope(sender_name=name)), policy=policy.compat32
    )

    shown = decoded(parseaddr(mail["From"].replace("\r\n", ""))[0])
    assert shown == one_line(name, 64).replace('"', "").replace("\\", "") or shown == one_line(name, 64)


def test_the_same_decision_gives_the_same_bytes() -> None:
    mail = Rendered("x", "Hällo", "<p>Hällo</p>", "de")

    assert compose(mail, envelope()) == compose(mail, envelope())


def test_references_hold_the_thread_and_end_with_the_answered_mail() -> None:
    ids = " ".join(f"<{number}@x>" for number in range(40))
    mail = message_from_bytes(compose(Rendered("x", "x", "x", "en"), envelope(in_reply_to="<7@x>", references=ids)))

    found = mail["References"].split()
    assert (found[0], found[-1], len(found), len(set(found))) == ("<0@x>", "<7@x>", 20, 20)


@pytest.mark.parametrize("text", ["<a@b> <c@d>", "a@b", "<>", "<a b@c>", "<ä@b>", "<a@b", "<" + "x" * 600 + "@b>"])
def test_a_message_id_that_is_none_is_not_repeated(text: str) -> None:
    mail = message_from_bytes(compose(Rendered("x", "x", "x", "en"), envelope(in_reply_to=text)))

    assert mail["In-Reply-To"] is None


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("Anna.Lang+x@CORP.example", "Anna.Lang+x@corp.example"),
        ("anna@münchen.example", "anna@xn--mnchen-3ya.example"),
        ("ännä@corp.example", ""),
        ("anna@", ""),
        ("@corp.example", ""),
        ("a@b@corp.example", ""),
        ("a@-x.example", ""),
        ("a" * 65 + "@corp.example", ""),
        ("root@localhost", "root@localhost"),
        ("a@corp.example\r\nRCPT TO:<b@evil.example>", ""),
        ("a@corp.example>", ""),
    ],
)
def test_only_an_address_that_can_be_written_to_goes_on_the_wire(address: str, wire: str) -> None:
    assert deliverable(address) == wire


def test_limits_count_all_spellings_of_an_address_as_one() -> None:
    assert counted("Anna.Lang+invoice@CORP.example") == counted("anna.lang@corp.example")
