"""How the installation does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mailmonitor.models import Heartbeat
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
    monkeypatch.setattr(doctor, "examine", lambda: iter([finding]))

    assert "550 no" not in text(page.get("/status/"))
    assert "550 no" in text(page.get("/status/?check=1"))
