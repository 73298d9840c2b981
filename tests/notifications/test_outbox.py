"""A mail is decided once, in the transaction of what causes it."""

from email import message_from_bytes
from typing import Any

import pytest
from django.db import transaction

from mailmonitor.models import Event
from notifications import outbox
from notifications.models import Notification, Template
from tests.notifications.letters import letter

pytestmark = pytest.mark.django_db
State = Notification.State


def test_it_queues_a_letter_with_frozen_bytes() -> None:
    row = outbox.decide(letter("summary_malicious"))

    assert row is not None
    assert (row.state, row.subject, row.to) == (State.QUEUED, "Malicious: FW: Invoice 4471", "anna.lang@corp.example")
    mail = message_from_bytes(bytes(row.message))
    assert mail["Message-ID"] == row.message_id
    assert mail["In-Reply-To"] == mail["References"] == "<report-submission:7@corp.example>"
    assert [part.get_content_type() for part in mail.get_payload()] == ["text/plain", "text/html"]


def test_the_same_decision_again_gives_nothing() -> None:
    first = outbox.decide(letter())

    assert first is not None
    with transaction.atomic():
        assert outbox.decide(letter()) is None
        assert Notification.objects.count() == 1
    assert outbox.decide(letter(generation=2)) is not None


def test_a_reason_not_to_answer_suppresses_the_letter_and_stays_visible() -> None:
    row = outbox.decide(letter(no_answer="mailing list"))

    assert row is not None
    assert (row.state, row.reason, row.due_at, bytes(row.message)) == (State.SUPPRESSED, "mailing list", None, b"")
    assert Event.objects.get(reference="submission:7").words == "received: mailing list"


@pytest.mark.parametrize(
    "to", ["", "nobody", "a b@corp.example", "anna@corp.example>\r\nBcc: x@evil.example", "ä@x.de"]
)
def test_a_letter_without_a_usable_recipient_is_suppressed(to: str) -> None:
    row = outbox.decide(letter(to=to))

    assert row is not None
    assert row.state == State.SUPPRESSED
    assert "no recipient" in row.reason


def test_a_disabled_text_suppresses_the_letter() -> None:
    Template.objects.filter(kind="received").update(enabled=False)

    row = outbox.decide(letter())

    assert row is not None
    assert row.reason == "switched off: the text “Received” is disabled"


def test_receipts_end_at_ten_an_hour_and_verdicts_go_on() -> None:
    for number in range(12):
        outbox.decide(letter(about=f"submission:{number}", to=f"Anna.Lang+{number}@CORP.example"))
    verdict = outbox.decide(letter("summary_clean", about="submission:11"))

    states = [row.state for row in Notification.objects.filter(kind="received")]
    assert states == [State.QUEUED] * 10 + [State.SUPPRESSED] * 2
    assert Notification.objects.filter(kind="received").last().reason == "limit: 10 receipts an hour to one reporter"
    assert verdict is not None
    assert verdict.state == State.QUEUED


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ({"RECEIPTS_AN_HOUR": 2}, "limit: 2 receipts an hour"),
        ({"RECEIPTS_TO_ONE_DOMAIN": 2}, "limit: 2 receipts an hour to one domain"),
    ],
)
def test_receipts_in_all_and_to_one_domain_end_where_the_settings_say(
    settings: Any, limit: dict[str, int], reason: str
) -> None:
    for name, most in limit.items():
        setattr(settings, name, most)
    for number in range(3):
        outbox.decide(letter(about=f"submission:{number}", to=f"person-{number}@corp.example"))

    assert [row.reason for row in Notification.objects.order_by("pk")] == ["", "", reason]


def test_a_limit_of_zero_is_none(settings: Any) -> None:
    settings.RECEIPTS_AN_HOUR = settings.RECEIPTS_TO_ONE_DOMAIN = 0
    for number in range(3):
        outbox.decide(letter(about=f"submission:{number}", to=f"person-{number}@corp.example"))

    assert not Notification.objects.exclude(reason="").exists()


def test_one_conversation_gets_three_receipts_at_most() -> None:
    answers = outbox.Answered("<b@corp.example>", "<a@corp.example> <x@corp.example>", "Re: x")

    rows = [outbox.decide(letter(about=f"submission:{number}", answers=answers)) for number in range(4)]

    assert [row.state for row in rows if row] == [State.QUEUED] * 3 + [State.SUPPRESSED]
    assert rows[3] is not None
    assert rows[3].reason == "limit: 3 receipts in one conversation"


def test_two_installations_give_different_message_ids_to_their_first_mail() -> None:
    one = outbox.decide(letter(answers=outbox.Answered("<one@corp.example>")))
    other = outbox.message_id(letter(answers=outbox.Answered("<other@corp.example>")), "localhost")

    assert one is not None
    assert one.message_id.startswith("<mm.received.")
    assert one.message_id != other
