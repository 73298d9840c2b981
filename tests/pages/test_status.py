"""How the installation does."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from mailmonitor import build
from mailmonitor.models import Heartbeat
from notifications.models import Template
from submissions import doctor
from submissions.models import Analysis, SandboxProfile
from submissions.selectors.status import CHAPTERS, Card, cards
from tests import rows
from tests.pages.test_list import text
from tests.servers.processes import free_port

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


def card(name: str) -> Card:
    return next(card for card in cards() if card.name == name)


def state(name: str) -> str:
    return card(name).state


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
        "Settings manual",
        "all migrations applied",
        "0.0 s between",
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

    assert card("Answers").detail == "1 wait, 0 sent in 24 hours"


def test_analysts_see_on_the_list_that_no_worker_lives(page: Client) -> None:
    rows.submission(verdict="clean")
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now() - timedelta(minutes=5)})
    assert "No worker is at work" in text(page.get("/submissions/"))

    Heartbeat.beat("worker")

    assert "No worker is at work" not in text(page.get("/submissions/"))


def test_mails_that_could_not_be_stored_are_a_backlog() -> None:
    rows.mailbox("Good", last_success_at=timezone.now())
    rows.mailbox("Behind", last_success_at=timezone.now(), backlog=3)
    lease = timezone.now() + timedelta(minutes=5)
    rows.mailbox("Busy", last_success_at=timezone.now(), backlog=412, token=uuid4(), lease_ends_at=lease)

    assert [state(f"Mailbox {name}") for name in ("Good", "Behind", "Busy")] == ["OK", "WARNING", "OK"]
    assert "3 mails in it are not stored" in card("Mailbox Behind").detail
    assert "412 mails in it are not stored yet" in card("Mailbox Busy").detail


def test_a_sandbox_says_how_long_it_takes(settings: Any) -> None:
    settings.SANDBOX = "static"
    profile = SandboxProfile.objects.create(kind="static", name="default", from_environment=True)
    now = timezone.now()
    for number in range(1, 21):
        begun = rows.analysis(rows.artifact(f"{number}.pdf"), "clean", finished_at=now)
        Analysis.objects.filter(pk=begun.pk).update(created_at=now - timedelta(seconds=10 * number))
    used_again = rows.analysis(rows.artifact("old.pdf"), "clean", finished_at=now, cached=True)
    of_before = rows.analysis(rows.artifact("before.pdf"), "clean", finished_at=now - timedelta(days=2))
    for row in (used_again, of_before):
        Analysis.objects.filter(pk=row.pk).update(created_at=now - timedelta(days=3))

    assert "half of 20 analyses within 1 m 40 s, 95 % within 3 m 10 s" in card(f"Sandbox {profile}").detail


@pytest.mark.parametrize(("days", "state", "words"), [(0, "DISABLED", "is 0"), (90, "OK", "03:40 UTC")])
def test_what_is_removed_and_when_next_is_told(settings: Any, days: int, state: str, words: str) -> None:
    settings.RETENTION_DAYS = days

    assert card("Retention").state == state
    assert words in card("Retention").detail


def test_what_fails_stands_first_and_is_counted(page: Client) -> None:
    Heartbeat.beat("worker")
    rows.mailbox("Bad", failing_since=timezone.now(), error="Login refused", error_fix="Enter the new password.")

    seen = page.get("/status/")

    assert seen.context["cards"][0].state == "ERROR"
    assert "part fails" in text(seen) or "parts fail" in text(seen)


def test_the_page_and_the_doctor_tell_version_and_commit(page: Client, settings: Any) -> None:
    build.commit.cache_clear()
    settings.COMMIT = "4da22e64a1f0c0ffee"

    (finding,) = doctor.examine({"version"})

    assert finding.detail == f"Mail Monitor {build.VERSION}, commit 4da22e64a1f0"
    assert finding.detail in text(page.get("/status/"))
    build.commit.cache_clear()


def test_the_version_is_that_of_the_project() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == build.VERSION


def test_the_doctor_tells_what_waits_as_the_page_does() -> None:
    rows.submission(received_at=timezone.now() - timedelta(hours=2))

    findings = {finding.name: finding for finding in doctor.examine({"work"})}

    assert findings["mails"].status == "WARN"
    assert findings["mails"].detail == card("Mails").detail
    assert findings["retention"].status == "SKIP"


def test_a_broker_that_is_away_is_an_error_with_its_fix(page: Client, settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    seen = page.get("/status/")

    queue = next(one for one in seen.context["cards"] if one.name == "Queue")
    assert queue.state == "ERROR"
    assert "Check REDIS_URL" in queue.fix


def test_every_part_leads_to_its_section_of_the_manual(page: Client) -> None:
    manual = page.get("/manual/").content.decode()

    assert [chapter for chapter in CHAPTERS.values() if f'id="{chapter}"' not in manual] == []
    assert '<a class="muted" href="/manual/#retention">' in page.get("/status/").content.decode()


def test_machines_are_told_what_the_page_and_the_doctor_say(page: Client, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://relay:hunter2@127.0.0.1:9"
    rows.mailbox("Bad", failing_since=timezone.now(), error="Login refused", error_fix="Enter the new password.")

    answer = page.get("/api/v1/status?quick")
    told = answer.json()

    assert answer["Cache-Control"] == "no-store"
    assert told["status"] == "ERROR"
    assert [part["name"] for part in told["parts"]] == [card.name for card in cards()]
    quick = {finding.name for finding in doctor.examine(doctor.HERE)}
    assert {check["name"] for check in told["checks"]} == quick
    assert {"clock", "settings", "storage"} <= quick
    assert "Login refused" in str(told)
    assert "hunter2" not in answer.content.decode()


def test_every_check_of_the_doctor_is_told_unless_only_quick_ones_are_wanted(
    page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = doctor.Finding(doctor.FAIL, "smtp", "the relay refuses us", cause="550 no", fix="Check EMAIL_URL.")
    monkeypatch.setattr(doctor, "CHECKS", {"smtp": lambda: iter([finding])})

    full, quick = page.get("/api/v1/status").json(), page.get("/api/v1/status?quick").json()

    assert [check["cause"] for check in full["checks"]] == ["550 no"]
    assert quick["checks"] == []
