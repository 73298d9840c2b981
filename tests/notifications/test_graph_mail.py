"""Answers by Microsoft Graph: sent as they are, and an answer that is lost is an unknown outcome."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from mailmonitor import web
from mailmonitor.models import Grant
from notifications import outbox
from notifications.models import Notification, OutgoingServer
from tests.fakes.graph_server import TOKEN, USER, GraphServer
from tests.notifications.letters import letter
from tests.servers.certificates import make_certificate

pytestmark = pytest.mark.django_db
State = Notification.State


@pytest.fixture
def server(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphServer]:
    monkeypatch.setattr(web, "SECONDS", (2, 2))
    with GraphServer(make_certificate(tmp_path)) as running:
        settings.CA_FILE = running.ca_file
        yield running


def outgoing(port: int, *, token: str = TOKEN) -> OutgoingServer:
    grant = Grant.objects.create(
        name="Microsoft 365", way="microsoft-app", access_token=token, expires_at=timezone.now() + timedelta(hours=1)
    )
    url = f"graph://{quote(USER, safe='')}@localhost:{port}"
    return OutgoingServer.objects.create(name="Graph", url=url, sender=USER, grant=grant)


def decided(place: OutgoingServer, kind: str = "received", **fields: Any) -> Notification:
    row = outbox.decide(letter(kind, outgoing=place, **fields))
    assert row is not None
    return row


def delivered(row: Notification) -> Notification:
    Notification.objects.filter(pk=row.pk, due_at__isnull=False).update(due_at=timezone.now() - timedelta(seconds=1))
    outbox.deliver(row.pk)
    row.refresh_from_db()
    return row


def test_a_mail_is_handed_over_as_it_is(server: GraphServer) -> None:
    row = delivered(decided(outgoing(server.port)))

    assert server.sent == [bytes(row.message)]
    assert row.state == State.SENT
    assert row.reply.startswith("202")


@pytest.mark.parametrize(
    ("mode", "state", "taken"),
    [
        ("429-retry-after", State.DEFERRED, 0),
        ("503", State.DEFERRED, 0),
        ("401", State.DEFERRED, 0),
        ("403", State.DEFERRED, 0),
        ("redirect", State.DEFERRED, 0),
        ("500", State.UNKNOWN, 0),
        ("cut", State.UNKNOWN, 0),
        ("502-after", State.UNKNOWN, 1),
        ("cut-after", State.UNKNOWN, 1),
        ("timeout-after", State.UNKNOWN, 1),
    ],
)
def test_a_refusal_is_tried_again_and_a_lost_answer_is_unknown(
    server: GraphServer, mode: str, state: str, taken: int
) -> None:
    server.faults.add("sendMail", mode)

    row = delivered(decided(outgoing(server.port)))

    assert (row.state, len(server.sent)) == (state, taken)


@pytest.mark.parametrize(("kind", "state", "taken"), [("received", "failed", 1), ("summary_clean", "sent", 2)])
def test_after_an_unknown_outcome_a_verdict_is_sent_again_and_a_receipt_is_not(
    server: GraphServer, kind: str, state: str, taken: int
) -> None:
    server.faults.add("sendMail", "cut-after")
    row = delivered(decided(outgoing(server.port), kind))

    delivered(row)

    assert (row.state, len(server.sent)) == (state, taken)
    assert len(set(server.sent)) == 1


def test_what_has_not_reached_graph_is_tried_again(server: GraphServer, settings: Any) -> None:
    settings.CA_FILE = ""
    untrusted = delivered(decided(outgoing(server.port)))
    OutgoingServer.objects.update(url=f"graph://{quote(USER, safe='')}@localhost:1")
    absent = delivered(decided(OutgoingServer.objects.get(), about="submission:8"))

    assert (untrusted.state, absent.state) == (State.DEFERRED, State.DEFERRED)
    assert "CERTIFICATE_VERIFY_FAILED" in untrusted.reply
    assert server.sent == []


def test_a_mail_that_graph_refuses_is_not_sent_again(server: GraphServer) -> None:
    server.refuses = "ErrorInvalidRecipients"

    row = delivered(decided(outgoing(server.port)))

    assert row.state == State.FAILED
    assert "ErrorInvalidRecipients" in row.reason


def test_a_blind_copy_is_not_sent_to_the_reporter_a_second_time(server: GraphServer) -> None:
    decided(outgoing(server.port), copy_to="soc@corp.example")

    first, copy = (delivered(row) for row in Notification.objects.order_by("pk"))

    assert (first.state, copy.state, len(server.sent)) == (State.SENT, State.FAILED, 1)
    assert "a blind copy needs an SMTP relay" in copy.reason


def test_a_server_without_a_sign_in_says_what_it_lacks(server: GraphServer) -> None:
    place = outgoing(server.port)
    OutgoingServer.objects.update(grant=None)
    place.refresh_from_db()

    row = delivered(decided(place))

    assert (row.state, server.sent) == (State.DEFERRED, [])
    assert "Graph needs a sign-in" in row.reply


def test_the_connection_test_in_admin_gets_a_token_and_sends_nothing(server: GraphServer, client: Client) -> None:
    client.force_login(User.objects.create_superuser("root", "root@admin.example", "a long enough password"))
    place = outgoing(server.port)
    action = {"action": "test_connection", "_selected_action": place.pk}

    page = client.post("/admin/notifications/outgoingserver/", action, follow=True).content.decode()

    assert f"Graph: localhost:{server.port}, Microsoft Graph, a token was given" in page
    assert server.sent == []
