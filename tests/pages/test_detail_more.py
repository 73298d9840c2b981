"""The page of one submission: what is related, notes, indicators, the queue."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from submissions.models import Campaign, WhitelistRule
from tests import rows
from tests.pages.test_list import text

pytestmark = pytest.mark.django_db
LINK = "https://pay.acme.example/x"


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_related_mails_are_counted_with_their_verdicts_and_their_search(page: Client) -> None:
    campaign = Campaign.objects.create(reports=2)
    mail = rows.submission(verdict="malicious", campaign=campaign, sender_domain="acme.example")
    bad = rows.item(mail, "bad.exe").artifact
    rows.analysis(bad, "malicious")
    rows.submission("FW: x", verdict="clean", campaign=campaign, sender_domain="acme.example")
    for _ in range(2):
        rows.item(rows.submission("FW: y", verdict="suspicious", sender_domain="acme.example"), "bad.exe")

    html = page.get(f"/submissions/{mail.pk}/").content.decode()

    assert f'?q=campaign%3A{campaign.pk}">Campaign: 1 report</a>' in html
    assert f'?q=sha256%3A{bad.digest}">The same file: 2 reports</a>' in html
    assert '?q=sender%3Aacme.example">The same sender domain: 3 reports</a>' in html


def test_a_mail_that_is_alone_has_nothing_related(page: Client) -> None:
    mail = rows.submission(verdict="clean", sender_domain="acme.example")

    assert "Related" not in text(page.get(f"/submissions/{mail.pk}/"))


def test_notes_stand_together_the_newest_first(page: Client) -> None:
    mail = rows.submission(verdict="clean")
    for words in ("first look", "second look"):
        page.post(f"/submissions/{mail.pk}/decide/", {"action": "note", "note": words})

    seen = text(page.get(f"/submissions/{mail.pk}/"))

    assert seen.index("second look") < seen.index("first look")
    assert "Notes 2" in seen


def test_indicators_are_what_was_found_malicious_or_suspicious(page: Client) -> None:
    mail = rows.submission(verdict="malicious")
    bad = rows.item(mail, "=bad.exe").artifact
    rows.analysis(bad, "malicious", score=90)
    rows.analysis(rows.item(mail, LINK).artifact, "suspicious", score=50)
    rows.analysis(rows.item(mail, "good.pdf").artifact, "clean")

    defanged = body(page.get(f"/submissions/{mail.pk}/indicators/defanged/"))
    plain = body(page.get(f"/submissions/{mail.pk}/indicators/plain/"))
    table = body(page.get(f"/submissions/{mail.pk}/indicators/csv/")).splitlines()

    assert defanged.splitlines() == [bad.digest, "hxxps://pay[.]acme[.]example/x"]
    assert plain.splitlines() == [bad.digest, LINK]
    assert table[1] == f"file,{bad.digest},'=bad.exe,malicious,90"
    assert len(table) == 3
    assert page.get(f"/submissions/{mail.pk}/indicators/nothing/").status_code == 404


def test_what_waits_for_the_sandbox_says_its_place_in_the_queue(page: Client) -> None:
    first = rows.submission()
    rows.analysis(rows.item(first, "a.exe").artifact, state="queued")
    mail = rows.submission()
    rows.analysis(rows.item(mail, "b.exe").artifact, state="queued", due_at=timezone.now())

    assert "place 2 in the queue" in text(page.get(f"/submissions/{mail.pk}/"))


def test_a_skipped_link_leads_to_its_rule(page: Client) -> None:
    rule = WhitelistRule.objects.create(kind="domain", pattern="corp.example")
    mail = rows.submission(verdict="clean")
    rows.item(mail, "https://corp.example/", skipped="whitelist", rule=rule, rule_words=str(rule))

    assert f'href="/whitelist/#rule-{rule.pk}"' in page.get(f"/submissions/{mail.pk}/").content.decode()
    assert f'id="rule-{rule.pk}"' in page.get("/whitelist/").content.decode()
