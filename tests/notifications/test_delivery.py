"""What was decided is delivered as promised, whatever the relay does."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mailmonitor.models import LeaseLost
from notifications import delivery, outbox, smtp
from notifications.models import Notification
from tests.fakes.smtp_server import FakeSmtpServer
from tests.notifications.letters import letter

pytestmark = pytest.mark.django_db
State = Notification.State


def decided(kind: str = "received", about: str = "submission:7") -> Notification:
    row = outbox.decide(letter(kind, about=about))
    assert row is not None
    return row


def make_due(row: Notification) -> None:
    Notification.objects.filter(pk=row.pk, due_at__isnull=False).update(due_at=timezone.now() - timedelta(seconds=1))


def test_it_sends_the_frozen_bytes_and_keeps_the_reply(relay: FakeSmtpServer) -> None:
    row = decided()

    assert outbox.due() == [row.pk]
    outbox.deliver(row.pk)

    row.refresh_from_db()
    assert (row.state, row.reply) == (State.SENT, "250 2.0.0 Ok: queued as 4711")
    assert row.sent_at is not None
    [mail] = relay.accepted
    assert (mail.sender, mail.recipients) == ("", ["anna.lang@corp.example"])
    assert mail.message == bytes(row.message)


def test_a_mail_that_was_sent_is_not_sent_again(relay: FakeSmtpServer) -> None:
    row = decided()

    outbox.deliver(row.pk)
    outbox.deliver(row.pk)

    assert len(relay.accepted) == 1
    assert outbox.due() == []


def test_a_verdict_does_not_overtake_its_receipt(relay: FakeSmtpServer) -> None:
    receipt, verdict = decided(), decided("summary_clean")

    outbox.deliver(verdict.pk)
    assert outbox.due() == [receipt.pk]
    outbox.deliver(receipt.pk)
    outbox.deliver(verdict.pk)

    assert [b"Received:" in mail.message for mail in relay.accepted] == [True, False]


def test_a_relay_that_refuses_the_null_sender_gets_our_address(relay: FakeSmtpServer, settings: Any) -> None:
    settings.NOTIFICATION_FROM = "monitor@corp.example"
    relay.refused_senders = ("",)

    outbox.deliver(decided().pk)

    assert relay.accepted[0].sender == "monitor@corp.example"


def test_temporary_refusals_wait_longer_each_time_and_end_after_a_day(relay: FakeSmtpServer) -> None:
    row = decided()
    relay.faults = {"RCPT": "4xx"}
    waits = []
    for _ in range(7):
        make_due(row)
        outbox.deliver(row.pk)
        row.refresh_from_db()
        assert row.state == State.DEFERRED
        waits.append(round((row.due_at - timezone.now()).total_seconds() / 60))

    assert waits == [1, 5, 15, 30, 60, 60, 60]
    Notification.objects.update(queued_at=timezone.now() - timedelta(hours=25))
    make_due(row)
    outbox.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.FAILED, "given up after 8 tries: 451 4.3.0 Try again later")


def test_a_verdict_is_tried_for_five_days(relay: FakeSmtpServer) -> None:
    row = decided("summary_clean")
    relay.faults = {"RCPT": "4xx"}
    Notification.objects.update(queued_at=timezone.now() - timedelta(days=4))

    outbox.deliver(row.pk)

    row.refresh_from_db()
    assert row.state == State.DEFERRED


def test_a_refusal_for_good_fails_with_the_reply(relay: FakeSmtpServer) -> None:
    row = decided()
    relay.faults = {"RCPT": "5xx"}

    outbox.deliver(row.pk)

    row.refresh_from_db()
    assert (row.state, row.reason) == (State.FAILED, "refused by the relay: 550 5.7.1 Refused")


def test_a_receipt_with_an_unknown_outcome_is_not_sent_again(relay: FakeSmtpServer) -> None:
    row = decided()
    relay.faults = {"ACCEPTED": "cut"}

    outbox.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == State.UNKNOWN
    make_due(row)
    outbox.deliver(row.pk)

    row.refresh_from_db()
    assert row.state == State.FAILED
    assert row.reason.startswith("outcome unknown")
    assert len(relay.accepted) == 1


def test_a_verdict_with_an_unknown_outcome_is_sent_once_more_with_the_same_id(
    relay: FakeSmtpServer, settings: Any
) -> None:
    settings.RESEND_AFTER = timedelta(minutes=15)
    row = decided("summary_malicious")
    relay.faults, relay.times = {"ACCEPTED": "cut"}, 1

    outbox.deliver(row.pk)
    outbox.deliver(row.pk)
    assert len(relay.accepted) == 1
    make_due(row)
    outbox.deliver(row.pk)

    row.refresh_from_db()
    assert (row.state, row.may_be_duplicate) == (State.SENT, True)
    assert "possible duplicate" in row.reason
    assert len({mail.message for mail in relay.accepted}) == 1
    assert len(relay.accepted) == 2


def test_a_second_unknown_outcome_ends_it(relay: FakeSmtpServer) -> None:
    row = decided("summary_malicious")
    relay.faults = {"ACCEPTED": "cut"}
    for _ in range(4):
        make_due(row)
        outbox.deliver(row.pk)

    row.refresh_from_db()
    assert row.state == State.FAILED
    assert len(relay.accepted) == 2


def abandoned(row: Notification, *, dot: bool) -> None:
    """The row as it stands when its sender was killed and its lease has ended."""
    held = Notification.claim(row.pk, (State.QUEUED,), timedelta(seconds=-1), to=State.SENDING)
    assert held is not None
    if dot:
        Notification.objects.filter(pk=row.pk).update(dot_sent_at=timezone.now())


def test_a_sender_that_died_before_the_dot_is_replaced_at_once(relay: FakeSmtpServer) -> None:
    row = decided()
    abandoned(row, dot=False)

    assert outbox.due() == []
    assert outbox.recover() == 1
    outbox.deliver(row.pk)

    assert len(relay.accepted) == 1


def test_a_sender_that_died_after_the_dot_leaves_an_unknown_outcome() -> None:
    row = decided()
    abandoned(row, dot=True)

    outbox.recover()

    row.refresh_from_db()
    assert (row.state, row.unknown_outcomes, row.dot_sent_at) == (State.UNKNOWN, 1, None)


def test_a_mail_that_kills_its_sender_again_and_again_is_parked() -> None:
    row = decided()
    for _ in range(6):
        Notification.objects.filter(pk=row.pk, state=State.DEFERRED).update(state=State.QUEUED)
        abandoned(row, dot=False)
        outbox.recover()

    row.refresh_from_db()
    assert row.state == State.FAILED
    assert "died 6 times" in row.reason


def test_a_sender_that_lost_its_lease_does_not_send_the_dot(relay: FakeSmtpServer) -> None:
    row = decided()
    held = Notification.claim(row.pk, (State.QUEUED,), timedelta(seconds=-1), to=State.SENDING)
    outbox.recover()

    assert held is not None
    with pytest.raises(LeaseLost):
        delivery.hand_over(held)

    assert relay.accepted == []


def test_the_limit_of_the_relay_holds_mails_back(relay: FakeSmtpServer, settings: Any) -> None:
    settings.EMAIL_PER_MINUTE = 2
    rows = [decided(about=f"submission:{number}") for number in range(3)]

    for row in rows:
        outbox.deliver(row.pk)

    assert len(relay.accepted) == 2
    rows[2].refresh_from_db()
    assert rows[2].state == State.QUEUED


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        ("", "EMAIL_URL must be"),
        ("smtp://mail.corp.example", "in the clear"),
        ("http://127.0.0.1", "EMAIL_URL must be"),
        ("smtp://127.0.0.1:x", "connect"),
    ],
)
def test_an_address_of_the_relay_that_cannot_be_used_is_named(url: str, fix: str, settings: Any) -> None:
    settings.EMAIL_URL = url

    outbox.deliver(decided().pk)

    row = Notification.objects.get()
    assert row.state == State.DEFERRED
    assert fix in row.reply or "refused" in row.reply


def test_user_and_password_are_read_percent_decoded() -> None:
    place = smtp.relay("smtp+tls://anna%40corp.example:p%3Aw%2F@mail.corp.example")

    assert (place.host, place.port, place.user, place.password) == (
        "mail.corp.example",
        587,
        "anna@corp.example",
        "p:w/",
    )


def test_a_mail_held_back_until_a_set_hour_holds_up_no_other(relay: FakeSmtpServer) -> None:
    later = timezone.now() + timedelta(hours=8)
    quiet = outbox.decide(letter("summary_clean", not_before=later))
    loud = outbox.decide(letter("verdict_changed"))
    assert quiet is not None
    assert loud is not None

    assert outbox.due() == [loud.pk]
    outbox.deliver(quiet.pk)
    outbox.deliver(loud.pk)

    assert len(relay.accepted) == 1
