"""Words of a mail are made to deceive and to harm."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from submissions.templatetags.mail import defanged, lines, shown
from tests import rows

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(html)
    return parser.found


def test_reordering_and_invisible_characters_become_marks() -> None:
    assert "U+202E" in shown("txt\u202efdp.exe")
    assert "\u202e" not in shown("txt\u202efdp.exe")
    assert "U+200B" in shown("pay\u200bpal")
    assert "U+0000" in shown("a\0b")


def test_other_alphabets_stay_as_they_are() -> None:
    assert shown("Größe 請求書 счёт 🎣") == "<bdi>Größe 請求書 счёт 🎣</bdi>"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://acme.example/pay.php", "hxxps://acme[.]example/pay.php"),
        ("HTTP://1.2.3.4:80/", "hxxp://1[.]2[.]3[.]4:80/"),
        ("ftp://files.example", "fxp://files[.]example"),
        ("mailto:a@b.example", "mailto:a@b[.]example"),
    ],
)
def test_links_are_shown_so_that_nothing_opens_them(url: str, expected: str) -> None:
    assert defanged(url) == f"<bdi>{expected}</bdi>"


def test_a_text_of_several_lines_keeps_them() -> None:
    assert lines("a\n<b>") == "<bdi>a</bdi>\n<bdi>&lt;b&gt;</bdi>"


def test_a_page_full_of_hostile_words_holds_no_element_of_theirs(page: Client) -> None:
    reported = [
        {
            "path": SCRIPT,
            "how": SCRIPT,
            "subject": SCRIPT,
            "from": SCRIPT,
            "to": SCRIPT,
            "date": SCRIPT,
            "message_id": SCRIPT,
        }
    ]
    problems = [{"code": SCRIPT, "path": SCRIPT, "detail": SCRIPT, "incomplete": True}]
    submission = rows.submission(
        SCRIPT, reporter=SCRIPT, reporter_name=SCRIPT, message_id=SCRIPT, no_answer=SCRIPT, state_reason=SCRIPT,
        verdict="malicious", reported=reported, problems=problems,
    )  # fmt: skip
    item = rows.item(
        submission, SCRIPT, path=SCRIPT, notes=[SCRIPT], seen_as=[SCRIPT], found_in=[SCRIPT], password=SCRIPT
    )
    rows.analysis(
        item.artifact, "malicious", threat_names=[SCRIPT], reasons=[{"id": "x", "words": SCRIPT, "points": 1}]
    ).tell("finished", SCRIPT)
    link = rows.item(submission, f"javascript://x/{SCRIPT}", rule_words=SCRIPT, skipped="whitelist")
    rows.notification(submission, subject=SCRIPT, reply=SCRIPT, reason=SCRIPT, to=SCRIPT)

    for address in ("/submissions/", f"/submissions/{submission.pk}/"):
        html = page.get(address).content.decode()
        found = tags(html)
        assert not [tag for tag, _ in found if tag in ("img", "object", "style")]
        frames = [(attributes["src"], attributes["sandbox"]) for tag, attributes in found if tag == "iframe"]
        assert set(frames) <= {(f"/submissions/{submission.pk}/mail/frame/", None)}
        assert all(attributes.get("src", "").startswith("/static/") for tag, attributes in found if tag == "script")  # type: ignore[union-attr]
        assert not [name for _, attributes in found for name in attributes if name.startswith("on") or name == "style"]
        hrefs = [attributes["href"] for _, attributes in found if "href" in attributes]
        assert all(href and href.startswith(("/", "#", "?")) for href in hrefs), hrefs
    assert link.pk


def test_every_page_forbids_foreign_and_inline_code(page: Client) -> None:
    for address in ("/submissions/", "/login/", "/outbox/", "/nowhere/"):
        policy = page.get(address)["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
