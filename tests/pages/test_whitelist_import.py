"""Tables of whitelist rules, in and out, and rules by sender."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from mailmonitor.models import Event
from submissions import intake
from submissions.mailbox.base import RawMail
from submissions.models import Submission, WhitelistRule
from submissions.selectors.whitelist import replayed
from tests import rows
from tests.pages.test_list import text

pytestmark = pytest.mark.django_db
TABLE = "kind,pattern,owner,expires,enabled,note\ndomain,*.Corp.example.com,anna,2030-12-31,yes,own\nhash,abc,,,,\n"
REPORT = (
    b"From: anna@corp.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: text/plain\r\n\r\nIs https://outer.example/a real?\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"
    b"Authentication-Results: %s; dmarc=pass header.from=news.example\r\nFrom: News <a@news.example>\r\n"
    b"Content-Type: text/plain\r\n\r\nhttps://inner.example/b https://outer.example/a\r\n--x--\r\n"
)


def received(server: bytes) -> Submission:
    content = REPORT % server
    mail = intake.receive(rows.mailbox(), RawMail(7, 1, len(content), timezone.now(), content))
    assert mail is not None
    intake.unpack(mail.pk)
    return mail


def test_a_table_is_looked_at_line_by_line_before_anything_is_kept(page: Client) -> None:
    WhitelistRule.objects.create(kind="host", pattern="known.example")
    table = (
        TABLE + "host,known.example\nhost,one.example\nhost,ONE.example,bert,31.12.2030\n,x.example\nhost,one.example\n"
    )

    seen = text(page.post("/whitelist/import/", {"rules": table}))

    assert "2 new rules" in seen
    assert "Line 3: Give a sha256" in seen
    assert "Line 4: Exactly this host: known.example , there already" in seen
    assert "Line 6: Write the end as 2027-12-31." in seen
    assert "Line 7: This field cannot be blank." in seen
    assert "Line 8: Exactly this host: one.example , there already" in seen
    assert WhitelistRule.objects.count() == 1


def test_a_table_with_a_fault_is_not_kept_in_part(page: Client) -> None:
    seen = text(page.post("/whitelist/import/", {"rules": TABLE, "save": "1"}))

    assert "Nothing was imported" in seen
    assert not WhitelistRule.objects.exists()


def test_a_kept_table_stands_in_the_audit_and_comes_out_as_it_went_in(page: Client) -> None:
    file = SimpleUploadedFile("rules.csv", 'kind,pattern,note\nhost,a.example,"\'=x, y"\n'.encode("utf-8-sig"))
    assert "1 new rule" in text(page.post("/whitelist/import/", {"file": file}))
    table = "kind,pattern,expires,note\nhost,a.example,2030-12-31,'=x\nprefix,https://b.example/x/,,\n"

    page.post("/whitelist/import/", {"rules": table, "save": "1"})
    written = b"".join(page.get("/whitelist/export/").streaming_content).decode()  # type: ignore[attr-defined]
    again = text(page.post("/whitelist/import/", {"rules": written, "save": "1"}, follow=True))

    assert "host,a.example,,2030-12-31T00:00:00+00:00,yes,'=x\r\n" in written
    assert WhitelistRule.objects.get(pattern="a.example").note == "=x"
    assert WhitelistRule.objects.count() == 2
    assert "0 rules imported" in again
    told = Event.objects.filter(reference="whitelist", kind="imported", actor="grace")
    assert told.earliest("id").words == "Exactly this host: a.example (enabled)"


@pytest.mark.parametrize(
    ("line", "words"),
    [("domain,github.io", "github.io is shared"), ("host,bad.corp.example", "which is malicious")],
)
def test_a_doubtful_rule_of_a_table_has_to_be_wanted(page: Client, line: str, words: str) -> None:
    mail = rows.submission(verdict="malicious")
    rows.analysis(rows.item(mail, "https://bad.corp.example/x").artifact, "malicious")
    values = {"rules": f"kind,pattern\n{line}\n", "save": "1"}

    assert words in text(page.post("/whitelist/import/", values))
    assert not WhitelistRule.objects.exists()
    page.post("/whitelist/import/", {**values, "confirmed": "on"})

    assert WhitelistRule.objects.count() == 1


def test_what_is_no_table_is_said_to_be_none(page: Client) -> None:
    assert "missing: kind, pattern" in text(page.post("/whitelist/import/", {"rules": "a.example\n"}))
    assert "nothing to import" in text(page.post("/whitelist/import/", {"rules": "\n"}))
    assert "not in UTF-8" in text(page.post("/whitelist/import/", {"file": SimpleUploadedFile("a.csv", b"\xff\xfe")}))


def test_more_rules_than_can_be_looked_at_are_refused(page: Client) -> None:
    table = "kind,pattern\n" + "".join(f"host,h{number}.example\n" for number in range(501))

    assert "Line 502: At most 500 rules at a time." in text(page.post("/whitelist/import/", {"rules": table}))


def test_a_change_in_admin_stands_in_the_audit(page: Client) -> None:
    page.post("/admin/submissions/whitelistrule/add/", {"kind": "host", "pattern": "a.example", "enabled": "on"})
    rule = WhitelistRule.objects.get()
    page.post(f"/admin/submissions/whitelistrule/{rule.pk}/change/", {"kind": "host", "pattern": "a.example"})
    page.post(f"/admin/submissions/whitelistrule/{rule.pk}/delete/", {"post": "yes"})

    told = Event.objects.filter(reference="whitelist").values_list("kind", "words", "actor")
    assert list(told) == [
        ("added", "Exactly this host: a.example (enabled)", "grace"),
        ("changed", "Exactly this host: a.example (disabled)", "grace"),
        ("deleted", "Exactly this host: a.example (disabled)", "grace"),
    ]


def test_what_a_proven_sender_sent_is_skipped_and_what_stands_outside_is_not(settings: Any) -> None:
    settings.SANDBOX, settings.TRUSTED_AUTHSERV_ID = "fake", "mx.corp.example"
    rule = WhitelistRule.objects.create(kind="sender", pattern="news.example")

    mail = received(b"mx.corp.example")

    found = dict(mail.items.values_list("name", "skipped"))
    assert found == {"https://inner.example/b": "whitelist", "https://outer.example/a": ""}
    assert mail.items.get(name="https://inner.example/b").rule == rule
    assert replayed("sender", "a@news.example").number == 1


def test_a_sender_whom_another_server_proves_covers_nothing(settings: Any) -> None:
    settings.SANDBOX, settings.TRUSTED_AUTHSERV_ID = "fake", "mx.corp.example"
    WhitelistRule.objects.create(kind="sender", pattern="news.example")

    mail = received(b"mx.evil.test")

    assert set(mail.items.values_list("skipped", flat=True)) == {""}
