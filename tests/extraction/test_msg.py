"""Outlook .msg files: headers, bodies, attachments, embedded messages."""

import struct
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from submissions.extraction.extract import extract
from submissions.extraction.types import Limits
from tests.extraction.compound_file import Tree, compound_file
from tests.extraction.opening import codes, names, opened
from tests.extraction.test_rtf import WRAPPED

SUBJECT, SENDER, SENDER_SMTP, TO, MESSAGE_ID = "0037001F", "0C1A001F", "5D01001F", "0E04001F", "1035001F"
HEADERS, BODY, HTML, RTF = "007D001F", "1000001F", "10130102", "10090102"
FILE_NAME, DATA = "3707001F", "37010102"


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def storage(properties: dict[str, bytes], header: int, fixed: dict[int, bytes] | None = None) -> Tree:
    """A storage of properties; `fixed` are 8-byte values by tag."""
    tree: Tree = {f"__substg1.0_{tag}": value for tag, value in properties.items()}
    entries = b"".join(struct.pack("<II", tag, 6) + value for tag, value in (fixed or {}).items())
    tree["__properties_version1.0"] = bytes(header) + entries
    return tree


def message(
    properties: dict[str, bytes], *attachments: Tree, header: int = 32, fixed: dict[int, bytes] | None = None
) -> Tree:
    tree = storage(properties, header, fixed)
    for number, attachment in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = attachment
    return tree


def file(name: str, content: bytes) -> Tree:
    return storage({FILE_NAME: wide(name), DATA: content}, 8)


def embedded(inner: Tree, name: str = "") -> Tree:
    tree = storage({FILE_NAME: wide(name)} if name else {}, 8)
    tree["__substg1.0_3701000D"] = inner
    return tree


def test_it_reads_headers_bodies_and_files() -> None:
    properties = {
        SUBJECT: wide("Rechnung für Sie"),
        SENDER: wide("Bank"),
        SENDER_SMTP: wide("info@bank.example"),
        TO: wide("victim@corp.example"),
        MESSAGE_ID: wide("<1@bank.example>"),
        BODY: wide("Pay at https://text.example/"),
        HTML: b'<a href="https://html.example/">pay</a>',
    }
    sent = {0x00390040: struct.pack("<Q", 132_000_000_000_000_000)}

    inside = opened(compound_file(message(properties, file("bill.exe", b"MZ"), fixed=sent)))

    assert inside.mail == {
        "from": "Bank <info@bank.example>",
        "to": "victim@corp.example",
        "subject": "Rechnung für Sie",
        "date": "Wed, 17 Apr 2019 18:40:00 +0000",
        "message-id": "<1@bank.example>",
    }
    assert "https://text.example/" in inside.text
    assert "https://html.example/" in inside.html
    assert [(member.name, member.content) for member in inside.members] == [("bill.exe", b"MZ")]


def test_the_headers_that_it_came_with_win() -> None:
    first = "Microsoft Mail Internet Headers Version 2.0\r\n"
    headers = first + "From: =?utf-8?q?B=C3=A4r?= <b@real.example>\r\nSubject: a\r\n b\r\n"
    properties = {HEADERS: wide(headers), SENDER: wide("Somebody"), SUBJECT: wide("other")}

    mail = opened(compound_file(message(properties))).mail

    assert mail["from"] == "Bär <b@real.example>"
    assert mail["subject"] == "a b"


def test_html_wrapped_in_rtf_is_unwrapped() -> None:
    packed = struct.pack("<II4sI", 0, len(WRAPPED), b"MELA", 0) + WRAPPED

    assert "https://wrapped.example/" in opened(compound_file(message({RTF: packed}))).html


def test_links_of_an_rtf_mail_are_in_its_html() -> None:
    rtf = rb'{\rtf1 {\field{\*\fldinst HYPERLINK "https://rich.example/"}{\fldrslt click}}}'
    packed = struct.pack("<II4sI", 0, len(rtf), b"MELA", 0) + rtf

    inside = opened(compound_file(message({RTF: packed})))

    assert 'href="https://rich.example/"' in inside.html
    assert inside.text == "click"


@pytest.mark.parametrize(("code_page", "encoded"), [(950, "中文".encode("cp950")), (1251, "Привет".encode("cp1251"))])
def test_narrow_strings_are_decoded_by_the_code_page(code_page: int, encoded: bytes) -> None:
    fixed = {0x3FFD0003: struct.pack("<II", code_page, 0)}

    inside = opened(compound_file(message({"0037001E": encoded}, fixed=fixed)))

    assert inside.mail["subject"] == encoded.decode(f"cp{code_page}")


def test_recipients_are_joined() -> None:
    tree = message({SUBJECT: wide("x")})
    for number, name in enumerate(("a@corp.example", "b@corp.example")):
        tree[f"__recip_version1.0_#{number:08X}"] = storage({"3001001F": wide(name), "39FE001F": wide(name)}, 8)

    assert opened(compound_file(tree)).mail["to"] == "a@corp.example, b@corp.example"


def test_an_embedded_message_becomes_a_mail_with_everything_in_it() -> None:
    innermost = message({SUBJECT: wide("third"), BODY: wide("deep")}, header=24)
    inner = message(
        {
            SUBJECT: wide("Zweite Mail: größer"),
            SENDER_SMTP: wide("x@evil.example"),
            HTML: b"<a href='https://inner.example/'>",
        },
        file("../ run 1.js", b"run()"),
        embedded(innermost),
        header=24,
    )

    inside = opened(compound_file(message({SUBJECT: wide("first")}, embedded(inner, "forwarded"))))
    mail = message_from_bytes(inside.members[0].content, policy=default)
    html, script, nested = mail.iter_parts()

    assert names(inside) == ["forwarded.eml"]
    assert inside.members[0].notes == ("embedded-message",)
    assert (mail["subject"], mail["from"]) == ("Zweite Mail: größer", "x@evil.example")
    assert "https://inner.example/" in html.get_content()
    assert (script.get_filename(), script.get_content()) == ("../ run 1.js", b"run()")
    assert nested.get_content_type() == "message/rfc822"


def test_the_same_message_gives_the_same_bytes() -> None:
    content = compound_file(message({}, embedded(message({SUBJECT: wide("x"), BODY: wide("y")}, header=24))))

    assert opened(content).members == opened(content).members


def test_messages_in_messages_end_at_the_limit() -> None:
    tree = message({SUBJECT: wide("innermost")}, header=24)
    for _ in range(4):
        tree = message({SUBJECT: wide("around")}, embedded(tree), header=24)

    inside = opened(compound_file(message({}, embedded(tree))), limits=Limits(mail_depth=2))

    assert codes(inside) == ["limit-depth"]


def test_an_attachment_in_the_cloud_is_a_link() -> None:
    inside = opened(compound_file(message({}, storage({"370D001F": wide("https://share.example/doc")}, 8))))

    assert [(link.url, link.place) for link in inside.links] == [("https://share.example/doc", "attachment")]


def test_an_attachment_without_content_is_a_problem() -> None:
    assert codes(opened(compound_file(message({}, storage({FILE_NAME: wide("lost.doc")}, 8))))) == ["broken"]


def test_an_embedded_object_of_another_kind_is_a_problem() -> None:
    tree = storage({}, 8)
    tree["__substg1.0_3701000D"] = {"CONTENTS": b"a drawing"}

    assert codes(opened(compound_file(message({}, tree)))) == ["unsupported"]


def test_the_number_of_attachments_is_limited() -> None:
    inside = opened(
        compound_file(message({}, *[file(f"{number}.txt", b"x") for number in range(9)])),
        limits=Limits(archive_entries=4),
    )

    assert len(inside.members) == 4
    assert codes(inside) == ["limit-entries"]


def test_line_breaks_in_a_property_cannot_make_headers() -> None:
    inner = message({SUBJECT: wide("a\r\nBcc: all@corp.example\r\n\r\nbody")}, header=24)

    inside = opened(compound_file(message({}, embedded(inner, "x"))))

    assert message_from_bytes(inside.members[0].content)["bcc"] is None


def test_results_of_servers_are_read_from_the_headers_that_a_message_came_with() -> None:
    headers = "From: a@evil.example\r\nAuthentication-Results: spf=fail smtp.mailfrom=evil.example; dkim=none\r\n"
    content = compound_file(message({SUBJECT: wide("first"), HEADERS: wide(headers)}))
    mail = EmailMessage()
    mail["Subject"] = "look"
    mail.add_attachment(content, maintype="application", subtype="vnd.ms-outlook", filename="a.msg")

    (found,) = extract(mail.as_bytes()).reported

    facts: dict[str, Any] = dict(found.facts)
    (field,) = facts["authentication_results"]
    assert [(one["method"], one["result"]) for one in field["results"]] == [("spf", "fail"), ("dkim", "none")]


def test_the_way_of_a_message_is_read_from_the_headers_it_came_with() -> None:
    headers = (
        "Received: from b.example by c.example with ESMTPS;\r\n Wed, 25 Nov 2026 10:00:05 +0000\r\n"
        "Received: from a.example by b.example with ESMTP; Wed, 25 Nov 2026 10:00:00 +0000\r\n"
        "DKIM-Signature: v=1; d=a.example\r\nFrom: a@a.example\r\n"
    )

    kept, lost = (
        _facts_of({SUBJECT: wide("first"), HEADERS: wide(headers)}),
        _facts_of({SUBJECT: wide("first")}),
    )

    assert [(hop["from"], hop["delay"]) for hop in kept["hops"]] == [("a.example", None), ("b.example", 5)]
    assert (kept["dkim"], kept["arc"]) == (True, False)
    assert not {"hops", "dkim", "arc"} & set(lost)


def _facts_of(properties: dict[str, bytes]) -> dict[str, Any]:
    mail = EmailMessage()
    mail.add_attachment(
        compound_file(message(properties)), maintype="application", subtype="vnd.ms-outlook", filename="a.msg"
    )
    (found,) = extract(mail.as_bytes()).reported
    return dict(found.facts)
