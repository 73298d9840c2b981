"""What people decide about reported mails."""

import io
from datetime import timedelta
from typing import Any

import pytest
import pyzipper
from django.test import Client

from mailmonitor.models import Event
from notifications.models import Notification
from submissions import decisions, storage
from submissions.models import Analysis, Mailbox, Review, Submission
from submissions.sheet import safe
from tests import rows
from tests.pages.test_list import text


@pytest.fixture(autouse=True)
def _texts(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hints go nowhere: the sweeper would find the rows as well."""
    monkeypatch.setattr("submissions.views.decisions.hint", lambda *_: None)
    monkeypatch.setattr("submissions.views.bulk.hint", lambda *_: None)


def decide(page: Client, mail: Submission, action: str, **values: str) -> str:
    response: Any = page.post(f"/submissions/{mail.pk}/decide/", {"action": action, **values}, follow=True)
    return text(response)


def test_a_mail_is_marked_as_reviewed_by_name(page: Client) -> None:
    mail = rows.submission(verdict="suspicious")

    seen = decide(page, mail, "confirm")

    assert "Reviewed by grace" in seen
    assert Event.objects.get(kind="reviewed").actor == "grace"


def test_a_mail_that_is_still_analysed_is_not_reviewed(page: Client) -> None:
    assert "Not done: still being analysed." in decide(page, rows.submission(), "confirm")
    assert not Review.objects.exists()


def test_an_override_needs_a_reason_and_shows_the_mail_first(page: Client) -> None:
    mail = rows.submission(verdict="suspicious", score=45)
    address = f"/submissions/{mail.pk}/override/"

    without = text(page.post(address, {"verdict": "clean", "reason": "", "save": "1"}))
    shown = text(page.post(address, {"verdict": "clean", "reason": "Our own newsletter", "notify": "on"}))

    assert "This field is required." in without
    assert "Our own newsletter" in shown
    assert "No threats found" in shown
    mail.refresh_from_db()
    assert mail.verdict == "suspicious"
    assert not Notification.objects.exists()


def test_an_override_changes_the_verdict_tells_the_reporter_and_keeps_what_the_machine_said(page: Client) -> None:
    mail = rows.submission(verdict="suspicious", score=45)
    values = {"verdict": "clean", "reason": "Our own newsletter", "notify": "on", "save": "1"}

    page.post(f"/submissions/{mail.pk}/override/", values)
    page.post(f"/submissions/{mail.pk}/override/", {**values, "verdict": "malicious"})

    mail.refresh_from_db()
    assert (mail.verdict, mail.review.machine_verdict, mail.review.machine_score) == ("malicious", "suspicious", 45)
    assert [row.kind for row in Notification.objects.all()] == ["verdict_changed", "verdict_changed"]
    assert list(Event.objects.filter(kind="overridden").values_list("actor", flat=True)) == ["grace", "grace"]


def test_an_override_can_be_kept_from_the_reporter(page: Client) -> None:
    mail = rows.submission(verdict="suspicious")

    page.post(f"/submissions/{mail.pk}/override/", {"verdict": "clean", "reason": "x", "save": "1"})

    assert not Notification.objects.exists()


@pytest.mark.parametrize(("action", "expected"), [("again", 2), ("again-failed", 1)])
def test_items_are_analysed_again_in_a_new_generation(page: Client, action: str, expected: int) -> None:
    mail = rows.submission(verdict="failed")
    rows.analysis(rows.item(mail, "a.pdf").artifact, "clean")
    rows.analysis(rows.item(mail, "b.pdf").artifact, state="failed")
    rows.analysis(rows.item(mail, "c.pdf", skipped="decoration").artifact, "clean")

    decide(page, mail, action)

    mail.refresh_from_db()
    assert mail.state == "analysing"
    assert Analysis.objects.filter(generation=2, state="queued").count() == expected
    assert "already running" in decide(page, mail, action)


def test_a_mail_can_be_taken_given_back_and_noted(page: Client) -> None:
    mail = rows.submission(verdict="clean")

    assert "With grace." in decide(page, mail, "take")
    assert "With grace." not in decide(page, mail, "drop")
    assert "called the sender" in decide(page, mail, "note", note="called the sender")
    assert "the note is empty" in decide(page, mail, "note", note=" ")


def test_mails_that_failed_are_sent_again(page: Client) -> None:
    mail = rows.submission(verdict="clean")
    rows.notification(mail, state="failed")

    decide(page, mail, "resend")

    assert Notification.objects.get().state == "queued"
    assert "no such action" in decide(page, mail, "nonsense")


def test_the_original_comes_locked_and_leaves_a_trace(page: Client) -> None:
    mail = rows.submission(verdict="clean", digest=storage.save(b"From: x\r\n\r\nhello"))

    response = page.post(f"/submissions/{mail.pk}/original/")

    with pyzipper.AESZipFile(io.BytesIO(response.content)) as archive:
        archive.setpassword(b"infected")
        assert archive.read(f"{mail.number}.eml") == b"From: x\r\n\r\nhello"
    assert b"hello" not in response.content
    assert Event.objects.get(kind="downloaded").actor == "grace"


def test_many_mails_are_decided_at_once_and_each_is_accounted_for(page: Client) -> None:
    done = [rows.submission(verdict="suspicious").pk for _ in range(3)]
    running = rows.submission().pk

    values = {"action": "confirm", "ids": [*done, running, "x", "99999"], "back": "/submissions/?show=review"}
    response: Any = page.post("/submissions/bulk/", values, follow=True)

    assert f"3 done, 1 skipped (still being analysed): MM-{running}" in text(response)
    assert f'<a href="/submissions/{running}/">MM-{running}</a>' in response.content.decode()
    assert Review.objects.count() == 3
    assert response.redirect_chain[-1][0] == "/submissions/?show=review"


def test_many_mails_are_overruled_with_one_reason(page: Client) -> None:
    keys = [rows.submission(verdict="suspicious").pk for _ in range(2)]
    values = {"action": "override", "ids": keys, "verdict": "clean", "reason": "Own campaign", "notify": "on"}

    assert "needs a verdict and a reason" in text(
        page.post("/submissions/bulk/", {**values, "reason": ""}, follow=True)
    )
    assert "2 done." in text(page.post("/submissions/bulk/", values, follow=True))
    assert set(Submission.objects.values_list("verdict", flat=True)) == {"clean"}
    assert Notification.objects.count() == 2


def test_all_that_the_list_finds_are_decided_portion_by_portion_with_its_progress_shown(
    page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "PORTION", 2)
    wanted = [rows.submission(verdict="suspicious").pk for _ in range(5)]
    others = rows.submission(verdict="clean").pk
    values = {"action": "confirm", "all": "on", "q": "verdict:suspicious", "back": "/submissions/?q=verdict:suspicious"}

    begun: Any = page.post("/submissions/bulk/", values, follow=True)

    assert "2 of 5" in text(begun)
    assert "2 done." in text(begun)
    assert '<noscript><meta http-equiv="refresh"' in begun.content.decode()
    place = begun.redirect_chain[-1][0]
    assert "4 of 5" in text(page.post(place, follow=True))
    assert "HX-Refresh" not in page.get(place, headers={"hx-request": "true"})
    assert page.post(place, headers={"hx-request": "true"})["HX-Refresh"] == "true"
    ended = page.get(place)
    assert "5 of 5" in text(ended)
    assert 'href="/submissions/?q=verdict:suspicious"' in ended.content.decode()
    assert "http-equiv" not in ended.content.decode()
    reviewed = Submission.objects.filter(reviewed_at__isnull=False).values_list("pk", flat=True)
    assert sorted(reviewed) == wanted
    assert others not in reviewed


def test_many_mails_are_analysed_again_resent_and_taken(page: Client) -> None:
    mail = rows.submission(verdict="suspicious")
    rows.analysis(rows.item(mail).artifact, "suspicious")
    rows.notification(mail, state="failed")
    for action in ("resend", "take", "again"):
        seen = text(page.post("/submissions/bulk/", {"action": action, "ids": [mail.pk]}, follow=True))
        assert "1 done." in seen, action

    mail.refresh_from_db()
    assert (mail.state, mail.review.assigned_to.username) == ("analysing", "grace")
    assert Notification.objects.get().state == "queued"
    assert Analysis.objects.filter(state="queued").count() == 1
    assert "1 skipped (already running)" in text(
        page.post("/submissions/bulk/", {"action": "again", "ids": [mail.pk]}, follow=True)
    )


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test/", ""])
def test_a_decision_leads_back_to_our_own_list_only(page: Client, back: str) -> None:
    values = {"action": "confirm", "ids": [rows.submission(verdict="clean").pk], "back": back}

    assert page.post("/submissions/bulk/", values)["Location"] == "/submissions/"


@pytest.mark.parametrize("text_", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_becomes_a_formula(text_: str) -> None:
    assert safe(text_) == f"'{text_}"


def test_the_list_is_exported_as_it_is_searched(page: Client) -> None:
    rows.submission('=cmd|" /C calc"!A0', verdict="malicious", reported=[])
    rows.submission("other", verdict="clean")

    table = b"".join(page.get("/submissions/export/csv/?show=malicious")).decode()  # type: ignore[arg-type]
    response: Any = page.get("/submissions/export/json/?q=verdict:clean")
    listed = b"".join(response.streaming_content)

    assert "'=cmd" in table
    assert "other" not in table
    assert b'"subject": "other"' in listed
    assert page.get("/submissions/export/csv/?q=verdikt:x").status_code == 400


def three_reports(*verdicts: str) -> list[Submission]:
    """Reports of one file by three people."""
    mails = [
        rows.submission(verdict=verdict, reporter=f"{name}@corp.example")
        for name, verdict in zip(("anna", "bert", "carl"), verdicts, strict=True)
    ]
    for mail in mails:
        rows.analysis(rows.item(mail).artifact, "suspicious") if mail is mails[0] else rows.item(mail)
    return mails


def told() -> list[str]:
    return list(Notification.objects.filter(kind="verdict_changed").order_by("pk").values_list("to", flat=True))


def test_an_override_says_how_many_others_reported_the_same_and_tells_them_when_asked(page: Client) -> None:
    Mailbox.objects.filter(pk=rows.mailbox().pk).update(reporter_domains="corp.example")
    first, *_ = three_reports("suspicious", "suspicious", "suspicious")
    address, values = f"/submissions/{first.pk}/override/", {"verdict": "clean", "reason": "Ours", "notify": "on"}

    shown = text(page.post(address, values))
    assert "Give 2 other reports of the same thing this verdict, too, and tell the reporters" in shown
    german = text(page.post(address, values, headers={"accept-language": "de"}))
    assert "Auch 2 weiteren Meldungen derselben Sache dieses Urteil geben" in german
    assert told() == []
    page.post(address, {**values, "everyone": "on", "save": "1"})

    assert told() == ["anna@corp.example", "bert@corp.example", "carl@corp.example"]
    assert set(Submission.objects.values_list("verdict", flat=True)) == {"clean"}


def test_after_a_second_analysis_the_others_are_told_by_a_button_with_their_number(page: Client) -> None:
    first, *_ = three_reports("malicious", "suspicious", "suspicious")

    assert "Give 2 other reports of it this verdict" in text(page.get(f"/submissions/{first.pk}/"))
    decide(page, first, "spread")

    assert told() == ["bert@corp.example", "carl@corp.example"]
    assert "other reports of it" not in text(page.get(f"/submissions/{first.pk}/"))


def test_a_result_that_was_used_again_says_how_old_it_is_and_can_be_asked_for_afresh(page: Client) -> None:
    mail = rows.submission(verdict="clean")
    old = rows.item(mail, "old.pdf").artifact
    rows.analysis(old, "clean", finished_at=mail.received_at - timedelta(days=3))
    rows.analysis(rows.item(mail, "new.pdf").artifact, "clean")

    before = text(page.get(f"/submissions/{mail.pk}/"))
    decide(page, mail, f"afresh-{old.pk}")

    assert before.count("ago, reused.") == 1
    assert "Result from 3 d ago, reused. Analyse afresh old.pdf" in before
    assert [row.artifact for row in Analysis.objects.filter(generation=2, afresh=True)] == [old]


@pytest.mark.parametrize("key", ["", "x", "999999", "9" * 30])
def test_only_what_the_mail_holds_is_analysed_afresh(page: Client, key: str) -> None:
    assert "Not done: the mail does not hold it." in decide(page, rows.submission(verdict="clean"), f"afresh-{key}")
