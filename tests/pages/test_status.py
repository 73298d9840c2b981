"""How the installation does."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mailmonitor.models import Heartbeat
from notifications.models import Template
from submissions import doctor
from submissions.selectors.status import cards
from tests import rows
from tests.pages.test_list import text

pytestmark = pytest.mark.django_db


def state(name: str) -> str:
    return next(card.state for card in cards() if card.name == name)


@pytest.mark.parametrize(("seconds", "expected"), [(5, "OK"), (300, "ERROR")])
def test_a_worker_that_falls_silent_is_an_error(seconds: int, expected: str) -> None:
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now() - timedelta(seconds=seconds)})

    assert state("Worker") == expected


def test_each_mailbox_says_how_it_does_and_what_to_do(page: Client) -> None:
    now = timezone.now()
    rows.mailbox("Good", last_success_at=now)
    rows.mailbox("Bad", failing_since=now, error="Login refused", error_fix="Enter the new password.")
    rows.mailbox("Off", state="disabled", due_at=None)
    rows.mailbox("New")

    seen = text(page.get("/status/"))

    assert [state(f"Mailbox {name}") for name in ("Good", "Bad", "Off", "New")] == [
        "OK",
        "ERROR",
        "DISABLED",
        "WARNING",
    ]
    assert "Login refused" in seen
    assert "What to do: Enter the new password." in seen


def test_a_mail_that_waits_too_long_is_a_warning() -> None:
    rows.submission(received_at=timezone.now() - timedelta(minutes=5))
    assert state("Mails") == "OK"

    rows.submission(received_at=timezone.now() - timedelta(hours=2))

    assert state("Mails") == "WARNING"


def test_answers_that_failed_are_a_warning() -> None:
    rows.notification(rows.submission(verdict="clean"))
    assert state("Answers") == "OK"

    rows.notification(rows.submission(verdict="clean"), state="failed")

    assert state("Answers") == "WARNING"


def test_the_checks_of_the_doctor_run_only_when_they_are_wanted(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = doctor.Finding(doctor.FAIL, "smtp", "the relay refuses us", cause="550 no", fix="Check EMAIL_URL.")
    monkeypatch.setattr(doctor, "examine", lambda only=None: iter([] if only else [finding]))

    assert "550 no" not in text(page.get("/status/"))
    assert "550 no" in text(page.get("/status/?check=1"))


def test_what_asks_nobody_outside_is_shown_at_once(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(doctor.CHECKS, "smtp", lambda: pytest.fail("asked outside"))

    seen = text(page.get("/status/"))

    for part in (
        "Settings :",
        "all migrations applied",
        "Clock : 0.0 s",
        "can be written and read",
        "every text can be",
    ):
        assert part in seen, part


def test_a_broken_text_is_an_error_on_the_page(page: Client) -> None:
    Template.objects.filter(kind="summary_malicious", language="en").update(subject="{{subjekt}}")

    seen = text(page.get("/status/"))

    assert "summary_malicious (en) subject" in seen
    assert "Correct it in admin" in seen


def test_a_clock_that_is_wrong_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "now", lambda: timezone.now() - timedelta(seconds=90))

    (finding,) = doctor.examine({"clock"})

    assert (finding.status, finding.detail) == ("WARN", "90.0 s between this machine and the database")
    assert "NTP" in finding.fix


def test_a_storage_without_room_fails(settings: Any) -> None:
    settings.STORAGE_MIN_FREE_MEBIBYTES = 10**12

    (finding,) = doctor.examine({"storage"})

    assert finding.status == "FAIL"
    assert "MiB are free" in finding.cause


def test_answers_that_wait_are_counted() -> None:
    rows.notification(rows.submission(verdict="clean"), state="queued")

    assert next(card.detail for card in cards() if card.name == "Answers") == "1 wait, 0 sent in 24 hours"


def test_analysts_see_on_the_list_that_no_worker_lives(page: Client) -> None:
    rows.submission(verdict="clean")
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now() - timedelta(minutes=5)})
    assert "No worker is at work" in text(page.get("/submissions/"))

    Heartbeat.beat("worker")

    assert "No worker is at work" not in text(page.get("/submissions/"))
