import json
from collections.abc import Iterator

import pytest

from submissions.extraction import forwarded
from submissions.extraction.addresses import addresses
from submissions.extraction.extract import extract
from submissions.extraction.forward_labels import meanings_of
from submissions.extraction.forwarded import Forward
from submissions.extraction.types import Reported
from tests.extraction.reading import MAILS, extracted
from tests.forwarding import CLIENTS, LANGUAGES, Style, layout, styles
from tests.forwarding import forwarded as forward

PHISH = (MAILS / "phish.eml").read_bytes()
CASES = json.loads((MAILS.parent / "extraction" / "forwards" / "cases.json").read_text(encoding="utf-8"))
REPLIES = json.loads((MAILS.parent / "extraction" / "forwards" / "no_forwards.json").read_text(encoding="utf-8"))


def inline(raw: bytes) -> list[Reported]:
    return [mail for mail in extract(raw).reported if mail.how == "inline"]


def is_right(style: Style) -> bool:
    case = forward(PHISH, style, note="Is this real?", number=len(style.language))
    found = inline(case.raw)
    return [(addresses(mail.sender)[:1], mail.subject) for mail in found] == [((case.sender,), case.subject)]


@pytest.mark.parametrize("client", CLIENTS)
def test_it_reads_the_forwards_of_each_client_in_every_listed_language(client: str) -> None:
    wrong = [style for style in of_client(client) if not is_right(style)]

    assert wrong == []


def of_client(client: str, *, held_out: bool = False) -> Iterator[Style]:
    return (style for style in styles(held_out=held_out) if style.client == client)


@pytest.mark.parametrize("client", CLIENTS)
def test_it_reads_nine_of_ten_forwards_in_languages_it_has_no_words_of(client: str) -> None:
    right = [is_right(style) for style in of_client(client, held_out=True)]

    assert sum(right) >= 0.9 * len(right)


def test_no_language_that_is_held_out_has_entered_the_tables() -> None:
    held_out = [words["labels"]["from"].casefold() for words in LANGUAGES.values() if words["held_out"]]

    assert [label for label in held_out if meanings_of(label) and label != "од"] == []


@pytest.mark.parametrize("name", CASES)
def test_it_reads_odd_forwards(name: str) -> None:
    case = CASES[name]

    found = forwarded.find("\n".join(case["text"]), is_html=case.get("html", False), subject=case["subject"])

    assert [shown(one) for one in found] == case["found"]


def shown(one: Forward) -> dict[str, str]:
    values = {"from": one.sender, "subject": one.subject, "date": one.date, "to": one.to, "cc": one.cc}
    return {name: value for name, value in values.items() if value}


@pytest.mark.parametrize("name", REPLIES)
def test_it_leaves_alone_what_is_no_forward(name: str) -> None:
    case = REPLIES[name]

    assert forwarded.find("\n".join(case["text"]), is_html=case.get("html", False), subject=case["subject"]) == ()


@pytest.mark.parametrize("form", ["text", "html"])
def test_it_says_where_the_text_of_the_original_begins_and_ends(form: str) -> None:
    is_html = form == "html"
    lines = layout("gmail", form.replace("text", "txt")).split("\n")
    source = "\n".join(line for line in lines if "{copies}" not in line)
    for place in ("{from}", "{en:date}", "{en:subject}", "{en:to}"):
        source = source.replace(place, place[1:-1].removeprefix("en:").title() + ":")
    for place, value in (("{sender}", "A <a@b.example>"), ("{name}", "A"), ("{address}", "a@b.example")):
        source = source.replace(place, value)
    source = source.replace("{when}", "Wed, 28 Oct 2026 at 09:31").replace("{body}", "BODY").replace("{note}", "NOTE")

    (found,) = forwarded.find(source, is_html=is_html, subject="Fwd: x")

    assert "NOTE" in source[: found.start]
    assert source[found.body :].startswith("BODY")
    assert "From:" in source[found.start : found.body]
    assert "BODY" in source[found.body : found.end]


@pytest.mark.parametrize("line", ["<p>{}</p>", "<br>{}", "<b>{}</b>", "\n\t<td>\n\t\t{}</td>", "a < b<br>{}<br>"])
def test_it_reads_labels_however_the_lines_of_a_page_are_made(line: str) -> None:
    fields = ("From: Billing &lt;billing@acme.example&gt;", "Date: 12 Oct 2026 10:33", "To: a@b.example", "Subject: A")
    page = "".join(map(line.format, fields)).replace("</b>", "</b><br>").replace("</td>", "</td></tr><tr>")

    found = forwarded.find(f"<html>{page}<p>Pay now</p></html>", is_html=True)

    assert [(one.sender, one.subject) for one in found] == [("Billing <billing@acme.example>", "A")]


def test_a_text_and_its_html_form_tell_of_one_mail() -> None:
    case = forward(PHISH, Style("yahoo", "fr", "both"), note="Est-ce vrai ?")

    (mail,) = inline(case.raw)

    assert mail.subject == case.subject
    assert mail.facts["found_by"] == "separator"


def test_header_facts_of_an_inline_forward_are_not_available_rather_than_failed() -> None:
    (mail,) = inline(forward(PHISH, Style("apple_mail", "de")).raw)

    assert mail.facts["not_available"] is True
    assert "authentication_results" not in mail.facts
    assert "hops" not in mail.facts


def test_forwards_inside_forwards_are_reported_each() -> None:
    once = forward(PHISH, Style("outlook", "de", "text"), note="Please look")
    twice = forward(once.raw, Style("gmail", "en", "text"), note="FYI")

    found = inline(twice.raw)

    assert [mail.sender for mail in found] == [
        "Anna Lang <anna.lang@corp.example>",
        '"Bank, Support" <support@bank.example>',
    ]


def test_forwards_are_followed_five_deep() -> None:
    raw = PHISH
    for _ in range(8):
        raw = forward(raw, Style("thunderbird", "en", "text")).raw

    assert len(inline(raw)) == 5


def test_a_forward_inside_an_attached_mail_is_reported_after_it() -> None:
    inner = forward(PHISH, Style("outlook_web", "fr", "both")).raw
    outer = attached(inner)

    found = extract(outer).reported

    assert [mail.how for mail in found] == ["attached", "inline"]
    assert found[1].facts["within"] == "2"


def attached(inner: bytes) -> bytes:
    head = b'From: boss@corp.example\r\nSubject: report\r\nContent-Type: multipart/mixed; boundary="=_x"\r\n\r\n'
    note = b"--=_x\r\nContent-Type: text/plain\r\n\r\nsee attached\r\n"
    return head + note + b"--=_x\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--=_x--\r\n"


def test_an_attached_mail_that_is_quoted_too_is_reported_once() -> None:
    block = b"From: Bank, Support <support@bank.example>\r\nSent: Monday, 1 Aug 2026 10:00\r\n"
    block += b"Subject: Ihr Konto l\xc3\xa4uft ab"
    raw = attached(PHISH).replace(b"see attached", b"see attached\r\n\r\n-----Original Message-----\r\n" + block)

    assert [mail.how for mail in extract(raw.replace(b"text/plain", b"text/plain; charset=utf-8", 1)).reported] == [
        "attached"
    ]


def test_a_mail_sent_directly_stays_its_own_reported_mail() -> None:
    assert [mail.how for mail in extracted("phish").reported] == ["itself"]
