"""Operators are told once of a mailbox nobody can read or a sign-in without a token, and once of its end."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mailmonitor.models import Event, Grant
from notifications.models import Notification
from submissions import alarms
from submissions.models import Mailbox

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
