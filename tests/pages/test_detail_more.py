"""The page of one submission: what is related, notes, indicators, the queue."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from submissions import storage
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


def test_mails_with_links_to_the_same_host_are_related_unless_everybody_links_there(page: Client) -> None:
    mail = rows.submission(verdict="malicious")
    for link in (LINK, "https://docs.google.com/forms/d/e/1FAIpQLSf0000/viewform", "https://intra.corp.example/x"):
        rows.analysis(rows.item(mail, link).artifact, "malicious")
    other = rows.submission("FW: y", verdict="suspicious")
    for link in ("https://pay.acme.example/other", "https://docs.google.com/x", "https://intra.corp.example/y"):
        rows.item(other, link)

    html = page.get(f"/submissions/{mail.pk}/").content.decode()

    assert '?q=domain%3Apay.acme.example">The same host: 1 report</a>' in html
    assert html.count("The same host") == 1
    found = page.get("/submissions/?q=domain:pay.acme.example").context["rows"]
    assert {part.name for part in found} == {str(mail.pk), str(other.pk)}


def test_the_mail_itself_stands_on_the_page_without_any_power(page: Client) -> None:
    raw = b"Subject: x\r\n\r\nPay <now> at once"
    mail = rows.submission(verdict="clean", digest=storage.save(raw), reported=[])
    place = f"/submissions/{mail.pk}/mail/frame/"

    html = page.get(f"/submissions/{mail.pk}/").content.decode()
    frame = page.get(place)

    assert f'<iframe sandbox class="low" loading="lazy" title="The mail, made harmless" src="{place}">' in html
    assert "Pay &lt;now&gt; at once" in frame.content.decode()
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]


def test_a_mail_whose_bytes_are_gone_says_so_in_its_place(page: Client) -> None:
    mail = rows.submission(verdict="clean", reported=[])

    frame = page.get(f"/submissions/{mail.pk}/mail/frame/")

    assert (frame.status_code, "no longer in the storage" in text(frame)) == (200, True)


def test_where_a_mail_comes_from_stands_beside_it(page: Client) -> None:
    results = [{"method": "spf", "result": "fail"}, {"method": "dkim", "result": "pass"}]
    facts = {"reply_to": "pay@mailbox.example", "authentication_results": [{"by": "mx", "results": results}]}
    reported = [{"path": "2", "how": "attached", "subject": "x", "from": "billing@acme.example", "facts": facts}]
    mail = rows.submission(verdict="clean", reported=reported)

    seen = text(page.get(f"/submissions/{mail.pk}/"))

    assert "SPF fail DKIM pass DMARC none Results as the mail itself claims" in seen
    assert "Odd Reply-To leads to mailbox.example, not acme.example" in seen


def test_only_what_can_be_done_has_a_button(page: Client) -> None:
    mail = rows.submission(verdict="clean")
    rows.notification(mail)
    item = rows.item(mail)
    rows.analysis(item.artifact, "clean")
    buttons = ("Analyse what failed", "Send failed mails again")
    assert not [words for words in buttons if words in text(page.get(f"/submissions/{mail.pk}/"))]

    rows.notification(mail, "summary_clean", state="failed")
    rows.analysis(item.artifact, state="failed", sandbox="joe")

    assert not [words for words in buttons if words not in text(page.get(f"/submissions/{mail.pk}/"))]


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
