"""Operators are told once of a mailbox nobody can read or a sign-in without a token, and once of its end."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mailmonitor.models import Event, Grant
from notifications import limits, outbox
from notifications.models import Mute, Notification
from submissions import alarms
from submissions.models import Mailbox, SandboxGate, Submission
from tests import rows
from tests.notifications.letters import letter

pytestmark = pytest.mark.django_db
OPERATOR = "soc@corp.example"


def ago(minutes: float) -> Any:
    return timezone.now() - timedelta(minutes=minutes)


@pytest.fixture(autouse=True)
def operators(settings: Any) -> None:
    settings.OPERATORS = [OPERATOR]


def kinds() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("fields", "alarmed"),
    [
        ({"last_success_at": 1}, False),
        ({"last_success_at": 6}, True),
        ({"last_success_at": 6, "state": "disabled", "due_at": None}, False),
        ({"last_success_at": 4, "failing_since": 3}, False),
        ({"failing_since": 6}, True),
        ({"due_at": 6}, True),
        ({"due_at": 1}, False),
    ],
)
def test_five_minutes_without_a_good_look_are_alarmed(mailbox: Mailbox, fields: dict[str, Any], alarmed: bool) -> None:
    values = {name: ago(value) if isinstance(value, int) else value for name, value in fields.items()}
    Mailbox.objects.update(**values)

    alarms.raise_alarms()

    assert kinds() == ["operator_alert"] * alarmed


def test_a_trouble_is_told_once_and_so_is_its_end(mailbox: Mailbox) -> None:
    Mailbox.objects.update(last_success_at=ago(10), failing_since=ago(9), error="login: [AUTHENTICATIONFAILED] no")
    told = alarms.raise_alarms()
    assert alarms.raise_alarms() == []
    Mailbox.objects.update(last_success_at=ago(0), failing_since=None, error="")
    told += alarms.raise_alarms()
    assert alarms.raise_alarms() == []

    assert kinds() == ["operator_alert", "operator_recovered"]
    assert told == list(Notification.objects.order_by("pk").values_list("pk", flat=True))
    mail = bytes(Notification.objects.order_by("pk")[0].message).decode()
    assert "[AUTHENTICATIONFAILED] no" in mail
    assert f"The mailbox {mailbox}" in mail
    assert list(Event.objects.filter(subject=mailbox.label).values_list("kind", flat=True)) == ["alarmed", "alarm-over"]


def test_the_next_trouble_is_told_again(mailbox: Mailbox) -> None:
    for minutes in (30, 10):
        Mailbox.objects.update(last_success_at=ago(minutes))
        alarms.raise_alarms()
        Mailbox.objects.update(last_success_at=ago(0))
        alarms.raise_alarms()

    assert kinds() == ["operator_alert", "operator_recovered"] * 2


def test_a_sign_in_that_gets_no_token_is_alarmed_while_the_old_one_still_serves(db: None) -> None:
    Grant.objects.create(name="Microsoft 365", way="microsoft-app", failing_since=ago(1), error="AADSTS7000222")
    assert alarms.raise_alarms() == []
    Grant.objects.update(failing_since=ago(3))

    alarms.raise_alarms()

    assert kinds() == ["operator_alert"]
    assert "AADSTS7000222" in bytes(Notification.objects.get().message).decode()


def test_without_operators_the_event_and_the_log_tell(mailbox: Mailbox, settings: Any, caplog: Any) -> None:
    settings.OPERATORS = []
    Mailbox.objects.update(last_success_at=ago(10))

    assert alarms.raise_alarms() == []

    assert Event.objects.filter(kind="alarmed").count() == 1
    assert "operator_alert" in caplog.text


def parts() -> list[str]:
    texts = [bytes(row.message).decode() for row in Notification.objects.filter(kind="operator_alert").order_by("pk")]
    return [text.split("What failed: ")[1].splitlines()[0] for text in texts]


def test_a_sandbox_that_is_left_alone_is_alarmed_once_and_its_end_too(db: None) -> None:
    SandboxGate.objects.create(sandbox="joe", failures=4, reason="503 busy")
    assert alarms.raise_alarms() == []
    SandboxGate.objects.update(failures=5)

    alarms.raise_alarms()
    alarms.raise_alarms()
    SandboxGate.objects.update(failures=0, reason="")
    alarms.raise_alarms()

    assert kinds() == ["operator_alert", "operator_recovered"]
    assert parts() == ["The sandbox joe"]
    assert "503 busy" in bytes(Notification.objects.earliest("pk").message).decode()
    assert "doctor --only sandbox" in bytes(Notification.objects.earliest("pk").message).decode()


def test_a_relay_that_takes_nothing_for_five_minutes_is_alarmed(mailbox: Mailbox) -> None:
    Mailbox.objects.update(last_success_at=ago(0))
    mail = rows.notification(rows.submission(verdict="clean"), state="deferred", queued_at=ago(6), reply="421 Closing")
    sent = rows.notification(rows.submission(verdict="clean"), sent_at=ago(1))
    assert alarms.raise_alarms() == []
    Notification.objects.filter(pk=sent.pk).update(sent_at=ago(7))

    alarms.raise_alarms()
    Notification.objects.filter(pk=mail.pk).update(state="sent", sent_at=ago(0), due_at=None)
    alarms.raise_alarms()

    assert parts() == ["The relay"]
    assert kinds()[-2:] == ["operator_alert", "operator_recovered"]


def test_work_that_stands_still_for_five_minutes_is_alarmed(mailbox: Mailbox) -> None:
    Mailbox.objects.update(last_success_at=ago(0))
    row = rows.submission(state="received", due_at=ago(4))
    assert alarms.raise_alarms() == []
    Submission.objects.filter(pk=row.pk).update(due_at=ago(6))

    alarms.raise_alarms()

    assert parts() == ["The workers"]


def test_a_sender_who_is_muted_for_a_flood_is_told_once_and_so_is_its_end(mailbox: Mailbox) -> None:
    Mailbox.objects.update(last_success_at=ago(0))
    for number in range(25):
        outbox.decide(letter("summary_clean", about=f"submission:{number}"))

    told = alarms.raise_alarms() + alarms.raise_alarms()
    mail = Notification.objects.get(pk=told[0]).plain_text
    Mute.objects.update(until=ago(0))
    alarms.raise_alarms()

    assert [kind for kind in kinds() if kind != "summary_clean"] == ["operator_alert", "operator_recovered"]
    assert parts() == ["The muted sender anna.lang@corp.example"]
    assert "More than 20 reports in ten minutes. Its reports are analysed; it gets no answers until" in mail
    assert "doctor" not in mail


def test_a_crowd_that_is_muted_does_not_flood_the_operators(mailbox: Mailbox) -> None:
    Mailbox.objects.update(last_success_at=ago(0))
    for number in range(30):
        limits.mute(f"{number}@corp.example", limits.FLOODED, limits.DAY)
    limits.mute("bounced@corp.example", "3 mails bounced", None)

    alarms.raise_alarms()
    alarms.raise_alarms()

    assert len(parts()) == 10
