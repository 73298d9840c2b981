from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from mailmonitor.models import Event
from notifications import outbox
from notifications.models import Notification
from submissions import analysis, conclusion, intake, review, storage
from submissions.mailbox.base import RawMail
from submissions.models import Analysis, Artifact, Item, Mailbox, Submission, WhitelistRule
from tests.pipeline.conftest import received, work
from tests.reports import report

pytestmark = pytest.mark.django_db

BAD = report({"invoice.js": b"malware " * 9}, "See https://acme-invoices.example/pay\n")
GOOD = report({"notes.txt": b"only notes"}, "See https://acme.example/\n", number=2)


def kinds() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("kind", flat=True))


def test_a_report_is_stored_byte_by_byte(mailbox: Mailbox) -> None:
    row = received(mailbox, BAD)

    assert storage.load(row.digest) == BAD
    assert (row.reporter, row.subject, row.message_id) == (
        "anna.lang@corp.example",
        "FW: Invoice 0",
        "<report-0@corp.example>",
    )


def test_a_mail_that_is_seen_again_is_not_stored_again(mailbox: Mailbox) -> None:
    received(mailbox, BAD)

    assert intake.receive(mailbox, RawMail(7, 1, len(BAD), Submission.objects.get().received_at, BAD)) is None
    assert Submission.objects.count() == 1


def test_every_file_and_link_becomes_an_item(mailbox: Mailbox) -> None:
    row = received(mailbox, BAD)

    intake.unpack(row.pk)

    assert {item.name for item in Item.objects.all()} == {"invoice.js", "https://acme-invoices.example/pay"}
    assert Submission.objects.get().original["subject"] == "Invoice 0"


def test_the_verdict_is_that_of_the_worst_item(mailbox: Mailbox) -> None:
    row = work(received(mailbox, BAD))

    assert (row.state, row.verdict, row.score) == ("done", "malicious", 100)
    assert row.concluded_at is not None


def test_a_mail_that_is_analysed_again_took_no_longer_to_its_verdict(mailbox: Mailbox) -> None:
    row = work(received(mailbox, BAD))
    first = row.concluded_at

    for pk in review.again(row, "grace"):
        analysis.submit(pk)
    row = work(row)

    assert (row.state, row.concluded_at) == ("done", first)


def test_a_harmless_mail_has_no_threats(mailbox: Mailbox) -> None:
    assert work(received(mailbox, GOOD)).verdict == "clean"


def test_the_reporter_gets_a_receipt_and_one_summary(mailbox: Mailbox, outgoing: list[bytes]) -> None:
    work(received(mailbox, BAD))

    for _ in range(2):
        for pk in outbox.due():
            outbox.deliver(pk)

    assert kinds() == ["received", "summary_malicious"]
    assert [b"Received: FW: Invoice 0" in mail for mail in outgoing] == [True, False]
    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}


def test_per_item_each_file_and_link_is_told(mailbox: Mailbox) -> None:
    Mailbox.objects.update(answer=Mailbox.Answer.PER_ITEM)

    work(received(mailbox, BAD))

    assert sorted(kinds()) == ["item_clean", "item_malicious", "received"]


def test_without_receipts_only_the_verdict_is_told(mailbox: Mailbox) -> None:
    Mailbox.objects.update(receipt=False)

    work(received(mailbox, BAD))

    assert kinds() == ["summary_malicious"]


def test_a_known_artifact_is_not_submitted_again_and_still_told(mailbox: Mailbox) -> None:
    work(received(mailbox, BAD))

    again = received(mailbox, report({"other-name.js": b"malware " * 9}, number=9), uid=2)
    unpacked = intake.unpack(again.pk)
    conclusion.conclude(again.pk)

    again.refresh_from_db()
    assert unpacked.analyses == ()
    assert (again.state, again.verdict) == ("done", "malicious")
    assert Artifact.objects.filter(kind="file").count() == 1
    assert kinds()[-2:] == ["received", "summary_malicious"]


def test_a_failed_analysis_is_tried_afresh_for_the_next_report(mailbox: Mailbox) -> None:
    work(received(mailbox, BAD))
    Analysis.objects.filter(verdict="malicious").update(state="failed", verdict="", error="broke")

    again = work(received(mailbox, BAD, uid=2))

    assert again.verdict == "malicious"
    assert Analysis.objects.filter(generation=2).count() == 1


def test_a_mail_without_files_and_links_gets_one_answer_only(mailbox: Mailbox) -> None:
    row = work(received(mailbox, report({}, "Send me gift cards.\n")))

    assert (row.state, row.verdict) == ("done", "unknown")
    assert kinds() == ["received_nothing_to_analyse"]


def test_the_whitelist_sees_where_a_rewritten_link_leads(mailbox: Mailbox) -> None:
    WhitelistRule.objects.create(kind="domain", pattern="acme.example")
    safe = "https://nam02.safelinks.protection.outlook.com/?url={}&data=05"
    known, other = (quote(f"https://{host}/pay", safe="") for host in ("www.acme.example", "acme.example.evil.example"))

    row = work(received(mailbox, report({}, f"{safe.format(known)}\n{safe.format(other)}\n")))

    assert dict(row.items.values_list("name", "skipped")) == {
        "https://www.acme.example/pay": "whitelist",
        "https://acme.example.evil.example/pay": "",
    }


def test_the_host_that_rewrites_links_is_no_reason_to_trust_them(mailbox: Mailbox) -> None:
    WhitelistRule.objects.create(kind="domain", pattern="outlook.com")
    link = "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.example%2Fpay&data=05"

    row = work(received(mailbox, report({}, f"{link}\n")))

    assert dict(row.items.values_list("name", "skipped")) == {"https://evil.example/pay": ""}


def test_a_whitelisted_link_stays_visible_with_its_rule(mailbox: Mailbox) -> None:
    WhitelistRule.objects.create(kind="domain", pattern="acme.example")

    row = work(received(mailbox, GOOD))

    link = row.items.get(artifact__kind="url")
    assert (link.skipped, link.rule_words) == ("whitelist", "This host and its subdomains: acme.example")
    assert not Analysis.objects.filter(artifact__kind="url").exists()
    assert row.verdict == "clean"


def test_a_mail_over_the_size_limit_is_recorded_and_answered(mailbox: Mailbox) -> None:
    headers = BAD.split(b"\r\n\r\n")[0] + b"\r\n\r\n"
    raw = RawMail(7, 3, 99_000_000, timezone.now(), headers, header_only=True)

    row = intake.receive(mailbox, raw)

    assert row is not None
    assert (row.state, row.size) == ("oversize", 99_000_000)
    assert kinds() == ["rejected"]


def test_a_mail_that_breaks_the_extractor_is_parked_and_answered(mailbox: Mailbox, monkeypatch: Any) -> None:
    row = received(mailbox, BAD)
    Submission.objects.update(attempts=3)

    assert intake.unpack(row.pk).analyses == ()

    row.refresh_from_db()
    assert row.state == "unparseable"
    assert "three times" in row.state_reason
    assert kinds() == ["rejected"]


def test_a_child_process_that_dies_parks_the_mail(mailbox: Mailbox, monkeypatch: Any) -> None:
    def die(*_: object) -> bytes:
        raise intake.JailBroken("it was killed by signal 9")

    monkeypatch.setattr(intake, "run_in_jail", die)
    row = received(mailbox, BAD)

    intake.unpack(row.pk)

    row.refresh_from_db()
    assert (row.state, row.state_reason) == ("unparseable", "it was killed by signal 9")


@pytest.mark.parametrize("nonsense", [b"", b"{}", b'{"reported": 1}\n', b"\xff\xfe" * 100])
def test_a_child_process_that_answers_nonsense_parks_the_mail(
    mailbox: Mailbox, monkeypatch: Any, nonsense: bytes
) -> None:
    monkeypatch.setattr(intake, "run_in_jail", lambda *_: nonsense)
    row = received(mailbox, BAD)

    intake.unpack(row.pk)

    row.refresh_from_db()
    assert row.state == "unparseable"


def test_a_stranger_gets_no_answer_but_the_mail_is_judged(mailbox: Mailbox) -> None:
    row = work(received(mailbox, report({"invoice.js": b"malware"}, reporter="eve@evil.example")))

    assert row.verdict == "malicious"
    assert set(Notification.objects.values_list("state", flat=True)) == {"suppressed"}
    assert all(Notification.objects.values_list("reason", flat=True))


def test_every_change_of_state_is_told(mailbox: Mailbox) -> None:
    row = work(received(mailbox, GOOD))

    told = list(Event.objects.filter(subject=row.label).values_list("kind", flat=True))
    assert told == ["received", "unpacked", "done"]


def test_a_link_in_the_reporters_own_note_is_judged_too(mailbox: Mailbox) -> None:
    content = BAD.replace(b"Is this real?", b"Is https://malware.example/x real?")

    row = work(received(mailbox, content))

    link = row.items.get(name="https://malware.example/x")
    assert ("reporters-own" in link.notes, link.skipped) == (True, "")
