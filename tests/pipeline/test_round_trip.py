"""A mail of our own sent round, step by step: each tells what it saw, and what is missing names what to do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mailmonitor.models import Event
from notifications import outbox
from submissions import intake, round_trip
from submissions.models import Mailbox
from tests import rows
from tests.fakes.smtp_server import FakeSmtpServer
from tests.pages.test_list import text
from tests.pipeline.conftest import received

ANNA = "anna.lang@corp.example"


@pytest.fixture
def mailbox(db: None) -> Mailbox:
    return rows.mailbox(address="sandbox@corp.example", reporter_domains="corp.example")


@pytest.fixture
def relay(settings: Any) -> Iterator[FakeSmtpServer]:
    with FakeSmtpServer() as server:
        settings.EMAIL_URL = server.url
        yield server


def seen(mailbox: Mailbox) -> list[tuple[str, str]]:
    trip = round_trip.last(mailbox)
    assert trip is not None
    return [(step.name, step.status) for step in trip.steps]


def long_ago(mailbox: Mailbox) -> None:
    Event.objects.filter(reference=mailbox.label).update(at=mailbox_time() - timedelta(minutes=5))


def mailbox_time() -> Any:
    return Event.objects.latest("id").at


def test_every_step_is_seen_up_to_the_receipt(mailbox: Mailbox, relay: FakeSmtpServer) -> None:
    round_trip.send(mailbox, ANNA, "grace")
    (sent,) = relay.accepted
    assert (sent.sender, sent.recipients) == (ANNA, ["sandbox@corp.example"])
    assert seen(mailbox) == [("sent", "OK"), ("arrived", "WAIT"), ("taken apart", "SKIP"), ("receipt", "SKIP")]

    row = received(mailbox, sent.message)
    assert seen(mailbox)[1:] == [("arrived", "OK"), ("taken apart", "WAIT"), ("receipt", "SKIP")]

    (letter,) = intake.unpack(row.pk).notifications
    assert seen(mailbox)[2:] == [("taken apart", "OK"), ("receipt", "WAIT")]

    outbox.deliver(letter)
    trip = round_trip.last(mailbox)
    assert trip is not None
    assert {step.status for step in trip.steps} == {"OK"}
    assert f"as {row.number}, 0 s after" in trip.steps[1].words
    assert trip.steps[3].words == "250 2.0.0 Ok: queued as 4711"
    assert not trip.is_open


def test_what_does_not_arrive_within_a_minute_has_failed(mailbox: Mailbox, relay: FakeSmtpServer) -> None:
    round_trip.send(mailbox, ANNA, "grace")

    long_ago(mailbox)

    trip = round_trip.last(mailbox)
    assert trip is not None
    assert (trip.steps[1].status, trip.is_open) == ("FAIL", False)
    assert "junk mail" in trip.steps[1].fix


def test_a_relay_that_refuses_is_told_in_its_words(mailbox: Mailbox, relay: FakeSmtpServer) -> None:
    relay.faults = {"RCPT": "5xx"}

    round_trip.send(mailbox, ANNA, "grace")

    trip = round_trip.last(mailbox)
    assert trip is not None
    (step,) = trip.steps
    assert (step.status, step.words) == ("FAIL", "550 5.7.1 Refused")


def test_a_receipt_that_nobody_gets_says_why(mailbox: Mailbox, relay: FakeSmtpServer) -> None:
    round_trip.send(mailbox, "eve@elsewhere.example", "grace")

    intake.unpack(received(mailbox, relay.accepted[0].message).pk)

    trip = round_trip.last(mailbox)
    assert trip is not None
    assert (trip.steps[3].status, trip.is_open) == ("SKIP", False)
    assert trip.steps[3].words.startswith("not answered: the sender's domain")


def test_the_page_sends_it_round_and_follows_it(admin_client: Client, mailbox: Mailbox, relay: FakeSmtpServer) -> None:
    place = f"/mailboxes/{mailbox.pk}/"

    wrong = admin_client.post(place, {"do": "round", "reporter": "me"}, follow=True)
    right = admin_client.post(place, {"do": "round", "reporter": ANNA}, follow=True)

    assert "Enter an address of your own." in text(wrong)
    assert len(relay.accepted) == 1
    assert "Waiting arrived : not yet" in text(right)
    assert "Look again" in text(right)
    assert 'hx-trigger="every 2s' in right.content.decode()

    long_ago(mailbox)
    ended = admin_client.get(f"{place}live/", headers={"accept-language": "de"})
    assert "angekommen : nicht binnen einer Minute" in text(ended)
    assert "hx-trigger" not in ended.content.decode()
