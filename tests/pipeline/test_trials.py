"""The connection test of mailboxes that are no IMAP accounts, and what is kept of every test."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from mailmonitor.models import Event, Grant
from submissions import trials
from submissions.models import Mailbox
from tests import rows
from tests.fakes.graph_server import TOKEN, USER, GraphServer
from tests.fakes.smtp_server import FakeSmtpServer
from tests.mailbox.conftest import in_maildir
from tests.pipeline.doorway import doorway
from tests.servers.certificates import make_certificate
from tests.servers.processes import free_port

pytestmark = pytest.mark.django_db
ADDRESS = "reports@corp.example"


def statuses(row: Mailbox) -> dict[str, str]:
    return {line.name: line.status for line in trials.examine(row)}


def test_a_maildir_is_looked_into_and_tried_for_writing(tmp_path: Path) -> None:
    in_maildir(tmp_path / "mail").deliver(b"Subject: 1\n\n")
    row = rows.mailbox(protocol="maildir", folder=str(tmp_path / "mail"), host="")

    lines = list(trials.examine(row))

    assert [line.status for line in lines] == ["OK", "OK"]
    assert "holds 1 mails" in lines[0].words
    assert list((tmp_path / "mail/tmp").iterdir()) == []


def test_a_maildir_that_is_none_is_named(tmp_path: Path) -> None:
    row = rows.mailbox(protocol="maildir", folder=str(tmp_path / "nowhere"), host="")

    assert statuses(row) == {"folder": "FAIL", "moving mails": "SKIP"}


@pytest.fixture
def graph(tmp_path: Path, settings: Any) -> Iterator[GraphServer]:
    with GraphServer(make_certificate(tmp_path)) as server:
        settings.CA_FILE = server.ca_file
        yield server


def by_graph(server: GraphServer, token: str) -> Mailbox:
    grant = Grant.objects.create(
        name="Graph", way="microsoft-app", access_token=token, expires_at=timezone.now() + timedelta(hours=1)
    )
    return rows.mailbox(protocol="graph", host="localhost", port=server.port, username=USER, grant=grant)


def test_graph_is_tried_by_token_and_folder(graph: GraphServer) -> None:
    assert statuses(by_graph(graph, TOKEN)) == {"token": "OK", "folder": "OK"}


def test_a_token_that_graph_refuses_is_told(graph: GraphServer) -> None:
    lines = list(trials.examine(by_graph(graph, "another")))

    assert [line.status for line in lines] == ["OK", "FAIL"]
    assert "InvalidAuthenticationToken" in lines[1].cause


def test_graph_without_a_sign_in_is_told(graph: GraphServer) -> None:
    row = rows.mailbox(protocol="graph", host="localhost", port=graph.port, username=USER)

    assert statuses(row) == {"token": "FAIL", "folder": "SKIP"}


@pytest.fixture
def door() -> Iterator[int]:
    """A door that knows one address; nothing may be handed over in a test of it."""

    def take(handed: object) -> None:
        raise AssertionError("the test handed a mail over")

    with doorway("lmtp", take) as port:
        yield port


@pytest.mark.parametrize(("address", "status"), [(ADDRESS, "OK"), ("ceo@corp.example", "FAIL")])
def test_a_door_is_asked_whether_it_takes_the_address(door: int, address: str, status: str) -> None:
    row = rows.mailbox(protocol="lmtp", host="127.0.0.1", port=door, address=address)

    assert statuses(row) == {"door": status}


def test_a_door_that_nobody_opened_is_told_with_the_command() -> None:
    line = next(trials.examine(rows.mailbox(protocol="smtp", host="127.0.0.1", port=free_port())))

    assert line.status == "FAIL"
    assert "manage.py receive_mail" in line.fix


@pytest.fixture
def relay(settings: Any) -> Iterator[FakeSmtpServer]:
    with FakeSmtpServer() as server:
        settings.EMAIL_URL, settings.NOTIFICATION_FROM = server.url, "monitor@corp.example"
        yield server


def test_the_relay_is_asked_whether_it_takes_our_sender(relay: FakeSmtpServer) -> None:
    lines = list(trials.answers(rows.mailbox()))

    assert [(line.name, line.status) for line in lines] == [("relay", "OK"), ("sender", "OK")]
    assert lines[1].words == "monitor@corp.example is accepted: 250 Ok"
    assert "RSET" in relay.verbs
    assert relay.accepted == []


def test_a_sender_that_the_relay_refuses_is_told_in_its_words_and_does_not_keep_the_mailbox_from_being_read(
    relay: FakeSmtpServer, tmp_path: Path
) -> None:
    relay.refused_senders = ("monitor@corp.example",)
    in_maildir(tmp_path / "mail")
    row = rows.mailbox(protocol="maildir", folder=str(tmp_path / "mail"), host="")

    assert trials.keep(row)

    refused = row.test_result[-1]
    assert (refused["name"], refused["status"]) == ("sender", "FAIL")
    assert "5" in refused["cause"][:1]
    assert "takes this sender" in refused["fix"]


def test_the_result_is_kept_and_told_whoever_asked(tmp_path: Path, settings: Any) -> None:
    in_maildir(tmp_path / "mail")
    row = rows.mailbox(protocol="maildir", folder=str(tmp_path / "mail"), host="")
    settings.EMAIL_URL = ""

    assert trials.keep(row)
    row.refresh_from_db()

    assert [line["name"] for line in row.test_result] == ["folder", "moving mails", "relay"]
    assert row.tested_at is not None
    assert Event.objects.get(subject=row.label).kind == "tested"
