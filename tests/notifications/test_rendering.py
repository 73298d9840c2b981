"""What a reporter reads: complete in plain text, quiet in HTML, nothing of the attacker's alive in it."""

import re
from itertools import product

import pytest

from notifications.design import TONES
from notifications.kinds import KINDS, SAMPLE_TABLE, sample
from notifications.rendering import Rendered, render_text
from notifications.texts import Text, default
from notifications.values import defang, shown

LARGEST_HTML = 30 * 1024


def rendered(kind: str, **values: object) -> Rendered:
    text = default(kind, "en")
    assert text is not None
    return render_text(kind, text, {**sample(kind), **values})  # type: ignore[dict-item]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_fills_every_placeholder(kind: str) -> None:
    mail = rendered(kind)

    assert "{{" not in mail.subject + mail.text + mail.html
    assert mail.subject
    assert mail.text.endswith(("Corp IT Security\n", "mailmonitor.corp.example\n"))


def test_the_plain_text_is_the_text_as_it_was_written() -> None:
    assert rendered("delayed").text == (
        "Hello Anna Lang,\n\n"
        "the analysis of your report takes longer than usual. "
        "You do not need to do anything or to report the mail again.\n\n"
        "Reported mail: Invoice 4471\nReference: MM-4899\n\n"
        "Please continue to leave attachments and links unopened. "
        "You will receive the result as soon as it is available.\n\n"
        "Corp IT Security\n"
    )


def test_steps_become_a_list_and_the_line_above_them_a_heading() -> None:
    html = rendered("item_malicious").html

    assert re.search(r"<h2[^>]*>What to do now</h2><ol><li>Do not open the attachment", html)


def test_the_table_lists_every_item_the_worst_first() -> None:
    mail = rendered("summary_malicious", artifact_table=list(reversed(SAMPLE_TABLE)))

    lines = [line for line in mail.text.splitlines() if re.match(r"(Malicious|Suspicious|Analysis|No |Skipped)", line)]
    assert [line.split("  ")[0] for line in lines] == [row["verdict"] for row in SAMPLE_TABLE]
    assert "Suspicious        hxxps://acme[.]example/pay (link, score 48)" in mail.text
    assert mail.html.count('<tr valign="top">') == len(SAMPLE_TABLE)


def test_nothing_reported_is_a_link_and_nothing_is_remote() -> None:
    url = "https://evil.com/login?next=http://1.2.3.4/"
    rows = [{"verdict": "Malicious", "name": url, "type": "Link", "score": "99", "reason": f"leads to {url}"}]
    for kind in KINDS:
        values = dict.fromkeys(("subject", "original_subject", "original_from", "artifact_name", "threat_name"), url)
        mail = rendered(kind, artifact_table=rows, **values)
        for part in (mail.subject, mail.text, mail.html):
            assert "evil.com" not in part
            assert "1.2.3.4" not in part
        assert not re.search(
            r"<(?:img|link|script|iframe|object|video|svg|form|input)\b|url\(|@import|\bsrc=", mail.html
        )
        assert not re.search(r'href="(?!https://mailmonitor\.corp\.example)', mail.html)


def test_values_are_escaped_cut_and_cleaned() -> None:
    name = "<b onclick=x>\u202egpj.exe\x00\r\nBcc: x" + "y" * 500
    mail = rendered("item_malicious", artifact_name=name)

    assert "<b onclick" not in mail.html
    assert "&lt;b onclick=x&gt; gpj.exe Bcc: x" in mail.html
    assert "\u202e" not in mail.html + mail.text + mail.subject
    assert len(mail.subject) <= 200
    assert "\n" not in mail.subject
    line = next(line for line in mail.text.splitlines() if line.startswith("Item: "))
    assert len(line) <= 126


@pytest.mark.parametrize("kind", KINDS)
def test_the_html_stays_small_whatever_was_reported(kind: str) -> None:
    rows = [{**row, "name": "&" * 400, "reason": "<" * 400} for row in SAMPLE_TABLE * 60]
    values = {name: "'" * 1000 for name, value in sample(kind).items() if isinstance(value, str)}

    mail = rendered(kind, **values, artifact_table=rows)

    assert len(mail.html.encode()) <= LARGEST_HTML
    if "artifact_table" in KINDS[kind].placeholders and kind != "verdict_changed":
        assert "more items are listed in the plain text part" in mail.html
        assert mail.text.count("<" * 119) == len(rows)


def test_a_link_that_is_none_is_left_out() -> None:
    text = Text("x", "x", '<p><a href="{{report_url}}">Report</a></p>')

    assert "javascript" not in render_text("item_clean", text, {"report_url": "javascript:alert(1)"}).html
    assert (
        'href="https://sandbox.corp.example/1"'
        in render_text("item_clean", text, {"report_url": "https://sandbox.corp.example/1"}).html
    )


def test_an_empty_subject_becomes_the_name_of_the_mail() -> None:
    assert render_text("received", Text("{{subject}}", "x"), {"subject": "\r\n"}).subject == "Received"


def test_a_changed_verdict_wears_the_colour_of_the_new_one() -> None:
    assert TONES["clean"].colour in rendered("verdict_changed", verdict="No threats found").html
    assert TONES["malicious"].colour in rendered("verdict_changed", verdict="Malicious").html


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("see http://evil.com/x", "see hxxp://evil[.]com/x"),
        ("HTTPS://user:p@Evil.Example:8443/a.b?c", "hxxps://user:p@Evil[.]Example:8443/a.b?c"),
        ("ftp://a.example", "fxp://a[.]example"),
        ("www.corp", "www[.]corp"),
        ("billing@acme.com", "billing@acme[.]com"),
        ("10.0.0.1:80", "10[.]0[.]0[.]1:80"),
        ("mailto:x@y", "mailto[:]x@y"),
        ("bücher.de and evil。com", "bücher[.]de and evil[.]com"),
        ("invoice_4471.xlsm, v2.0.1, 3.5 MB. Re: x", "invoice_4471.xlsm, v2.0.1, 3.5 MB. Re: x"),
        ("hxxps://evil[.]com", "hxxps://evil[.]com"),
    ],
)
def test_what_a_mail_program_would_link_is_defanged(text: str, inert: str) -> None:
    assert defang(text) == inert
    assert defang(inert) == inert


def test_the_reporters_own_address_stays_readable() -> None:
    assert shown("reporter_name", "anna@corp.com", recipient="anna@corp.com") == "anna@corp.com"
    assert shown("original_from", "anna@corp.com", recipient="bob@corp.com") == "anna@corp[.]com"


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("name", "dark"), list(product(TONES, (False, True))))
def test_the_bar_can_be_read_in_light_and_dark(name: str, dark: bool) -> None:
    tone = TONES[name]
    pair = (tone.dark_colour, tone.dark_tint) if dark else (tone.colour, tone.tint)

    assert contrast(*pair) >= 4.5
