"""Trying the whitelist."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from submissions import intake
from submissions.mailbox.base import RawMail
from submissions.models import WhitelistRule
from submissions.selectors.whitelist import doubts, replayed, tried
from tests import rows
from tests.pages.test_list import text

pytestmark = pytest.mark.django_db
MAIL = b"From: a@b.example\r\nContent-Type: text/plain\r\n\r\nSee https://www.corp.example/news and https://evil.test/x\r\n"


@pytest.mark.parametrize(
    "url",
    [
        "https://corp.example.evil.test/",
        "https://evil.test/?u=https://corp.example",
        "https://corp.example@evil.test/",
        "https://xn--crp-jla.example/",
        "https://corpexample/",
    ],
)
def test_a_link_that_only_looks_the_part_is_analysed(url: str) -> None:
    WhitelistRule.objects.create(kind="domain", pattern="corp.example")

    assert tried([url])[0].deciding is None


def test_a_link_of_the_host_is_skipped_however_it_is_written() -> None:
    rule = WhitelistRule.objects.create(kind="domain", pattern="corp.example")

    found = tried(["HTTPS://WWW.Corp.Example:443/a"])[0]

    assert (found.deciding, found.url) == (rule, "https://www.corp.example/a")


def test_the_rules_behind_the_deciding_one_are_named(page: Client) -> None:
    WhitelistRule.objects.create(kind="domain", pattern="corp.example")
    WhitelistRule.objects.create(kind="host", pattern="www.corp.example")
    WhitelistRule.objects.create(kind="host", pattern="other.example", enabled=False)

    seen = text(page.post("/whitelist/", {"try": "1", "links": "https://www.corp.example/\n\nhttps://other.example/"}))

    assert "2 links" in seen
    assert "Not analysed hxxps://www[.]corp[.]example/" in seen
    assert "would match as well: Exactly this host: www.corp.example" in seen
    assert "Analysed hxxps://other[.]example/" in seen


def test_the_links_of_a_mail_are_tried(page: Client) -> None:
    WhitelistRule.objects.create(kind="domain", pattern="corp.example")

    seen = text(page.post("/whitelist/", {"try": "1", "mail": SimpleUploadedFile("a.eml", MAIL)}))

    assert "Not analysed hxxps://www[.]corp[.]example/news" in seen
    assert "Analysed hxxps://evil[.]test/x" in seen


def test_a_rule_is_played_over_the_last_thirty_days() -> None:
    mail = rows.submission(verdict="malicious")
    rows.analysis(rows.item(mail, "https://a.corp.example/bad").artifact, "malicious")
    rows.item(mail, "https://b.corp.example/")
    rows.item(mail, "https://c.corp.example/", skipped="whitelist")
    rows.item(mail, "https://notcorp.example/")
    rows.item(rows.submission(received_at=timezone.now() - timedelta(days=40)), "https://old.corp.example/")

    past = replayed("domain", "corp.example")

    assert (past.number, past.malicious) == (2, ["https://a.corp.example/bad"])


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("co.uk", "anybody can register"), ("contoso.sharepoint.com", "is shared"), ("github.io", "is shared")],
)
def test_what_speaks_against_a_rule_is_said(pattern: str, words: str) -> None:
    assert words in " ".join(doubts("domain", pattern))


def test_nothing_speaks_against_an_own_domain() -> None:
    assert doubts("domain", "corp.example.com") == []


def test_the_page_shows_the_trial_and_refuses_nonsense(page: Client) -> None:
    rows.analysis(rows.item(rows.submission(verdict="malicious"), "https://a.corp.example/").artifact, "malicious")

    seen = text(page.get("/whitelist/", {"kind": "domain", "pattern": "corp.example"}))

    assert "It would have skipped 1 link, 1 of them malicious ." in seen
    assert "Give a host such as corp.example" in text(page.get("/whitelist/", {"kind": "domain", "pattern": "a b"}))


def test_admin_asks_again_before_a_doubtful_rule_is_kept(page: Client) -> None:
    values = {"kind": "domain", "pattern": "github.io", "enabled": "on"}

    first = page.post("/admin/submissions/whitelistrule/add/", values)
    assert not WhitelistRule.objects.exists()
    assert "github.io is shared" in first.content.decode()
    page.post("/admin/submissions/whitelistrule/add/", {**values, "confirmed": "on"})

    assert WhitelistRule.objects.get().pattern == "github.io"


def test_a_rule_counts_its_hits_and_covers_nothing_after_its_end(settings: Any) -> None:
    settings.SANDBOX = "fake"
    past = timezone.now() - timedelta(minutes=1)
    rule = WhitelistRule.objects.create(kind="domain", pattern="corp.example")
    ended = WhitelistRule.objects.create(kind="domain", pattern="ended.example", expires_at=past)
    text_ = b"From: anna@corp.example\r\n\r\nhttps://a.corp.example/x https://www.corp.example/y https://ended.example/z\r\n"
    mail = intake.receive(rows.mailbox(), RawMail(7, 1, len(text_), timezone.now(), text_))
    assert mail is not None

    intake.unpack(mail.pk)

    rule.refresh_from_db()
    ended.refresh_from_db()
    assert (rule.hits, ended.hits) == (2, 0)
    assert rule.last_hit_at is not None
    assert mail.items.get(name="https://ended.example/z").skipped == ""


def test_a_file_on_the_whitelist_is_played_over_the_last_thirty_days() -> None:
    mail = rows.submission(verdict="malicious")
    bad = rows.item(mail, "a.exe").artifact
    rows.analysis(bad, "malicious")

    past = replayed("hash", bad.digest)

    assert (past.number, past.malicious) == (1, ["a.exe"])
