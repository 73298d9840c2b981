"""A mailbox by Microsoft Graph, against a strict stand-in written from its documents."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailmonitor.graph import Graph, GraphError
from submissions.mailbox.base import Account, MailboxError
from submissions.mailbox.graph import GraphMailbox
from tests.fakes.graph_server import TOKEN, USER, GraphServer
from tests.servers.certificates import make_certificate


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GraphServer]:
    with GraphServer(make_certificate(tmp_path)) as running:
        yield running


def mailbox(server: GraphServer, *, token: str = TOKEN, **changes: str) -> GraphMailbox:
    facts = {"host": "localhost", "username": USER, "password": "", "ca_file": server.ca_file, **changes}
    account = Account(port=server.port, security="tls", token=lambda: token, **facts)  # type: ignore[arg-type]
    return GraphMailbox(account, size_limit=10_000, look_every=0.1)


def asked(server: GraphServer, endpoint: str) -> list[dict[str, object]]:
    return [line for line in server.ledger.calls() if line["endpoint"] == endpoint]


def fault(server: GraphServer, **changes: str) -> MailboxError:
    with pytest.raises(MailboxError) as caught, mailbox(server, **changes) as opened:
        list(opened.unseen(0))
    return caught.value


def test_only_changes_are_asked_for_after_the_first_look(server: GraphServer) -> None:
    for number in range(5):
        server.deliver(b"Subject: %d\r\n\r\n" % number)

    with mailbox(server) as opened:
        first = opened.all_uids()
        before = len(asked(server, "delta"))
        server.deliver(b"Subject: 6\r\n\r\n")
        second = opened.all_uids()

    assert (len(first), len(second)) == (5, 6)
    assert before == 4
    assert len(asked(server, "delta")) == before + 1


def test_a_forgotten_state_is_asked_for_anew(server: GraphServer) -> None:
    server.deliver(b"Subject: 1\r\n\r\n")
    with mailbox(server) as opened:
        server.forgotten = True

        assert len(opened.all_uids()) == 1


def test_what_was_moved_by_others_has_gone(server: GraphServer) -> None:
    name = server.deliver(b"Subject: 1\r\n\r\n")
    with mailbox(server) as opened:
        inbox = server.folders["inbox-id"]
        inbox.mails.pop(name)
        inbox.log.append(name)

        assert opened.all_uids() == []


def test_a_mail_that_vanishes_between_two_calls_is_left_out(server: GraphServer) -> None:
    for number in range(2):
        server.deliver(b"Subject: %d\r\n\r\n" % number)
    with mailbox(server) as opened:
        looking = opened.unseen(0)
        next(looking)
        server.folders["inbox-id"].mails.clear()

        assert list(looking) == []


def test_a_mail_that_the_service_refuses_does_not_stop_the_others(server: GraphServer) -> None:
    names = [server.deliver(b"Subject: %d\r\n\r\n" % number) for number in range(3)]
    server.refused = {names[1]}
    found = []
    with mailbox(server) as opened:
        looking = opened.unseen(0)
        found = [next(looking), next(looking)]
        with pytest.raises(MailboxError, match="ErrorMimeContentConversionFailed"):
            next(looking)

    assert {raw.content for raw in found} == {b"Subject: 0\r\n\r\n", b"Subject: 2\r\n\r\n"}


@pytest.mark.parametrize("endpoint", ["inbox", "delta", "$value"])
def test_a_service_that_asks_for_a_pause_gets_it(server: GraphServer, endpoint: str) -> None:
    for number in range(3):
        server.deliver(b"Subject: %d\r\n\r\n" % number)
    server.faults.add(endpoint, "429-retry-after")

    error = fault(server)

    assert (error.pause, error.permanent) == (17, False)
    assert len([line for line in server.ledger.calls() if line["status"] == 429]) == 1
    assert server.ledger.calls()[-1]["status"] == 429


@pytest.mark.parametrize(
    ("changes", "step", "words", "fix"),
    [
        ({"token": "old"}, "login", "InvalidAuthenticationToken", "scope"),
        ({"username": "ceo@corp.example"}, "folder", "ErrorInvalidUser", "address of the mailbox"),
        ({"folder": "No/Such"}, "folder", "there is no folder No/Such", "name of the folder"),
        ({"ca_file": ""}, "folder", "CERTIFICATE_VERIFY_FAILED", "network"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(
    server: GraphServer, changes: dict[str, str], step: str, words: str, fix: str
) -> None:
    error = fault(server, **changes)

    assert error.step == step
    assert words in error.reply
    assert fix in error.fix
    assert TOKEN not in error.reply


@pytest.mark.parametrize("mode", ["500", "503", "cut", "html-200", "no-data", "truncated", "deep-json", "huge", "403"])
def test_a_broken_service_costs_one_round(server: GraphServer, mode: str) -> None:
    server.deliver(b"Subject: 1\r\n\r\n")
    server.faults.add("delta", mode)

    assert fault(server).fix


def test_a_page_that_lies_elsewhere_gets_no_token(server: GraphServer) -> None:
    graph = Graph(f"localhost:{server.port}", USER, lambda: TOKEN, ca_file=server.ca_file)

    for link in ("https://evil.example/v1.0", f"https://localhost:{server.port}.evil.example/", "http://localhost/"):
        with pytest.raises(GraphError, match="elsewhere"):
            graph.follow(link)


def test_a_folder_with_a_quote_in_its_name_is_found(server: GraphServer) -> None:
    graph_mailbox = mailbox(server, processed_folder="Anna's/Done")
    server.deliver(b"Subject: 1\r\n\r\n")
    for _ in range(2):
        with graph_mailbox as opened:
            opened.mark_done(opened.all_uids())

    assert server.mails("Done") == [b"Subject: 1\r\n\r\n"]
    assert len(server.folders) == 3


def test_a_mail_is_sent_as_it_is(server: GraphServer) -> None:
    graph = Graph(f"localhost:{server.port}", USER, lambda: TOKEN, ca_file=server.ca_file)

    said = graph.send(b"Subject: hello\r\n\r\nbytes\r\n")

    assert said.startswith("202")
    assert server.sent == [b"Subject: hello\r\n\r\nbytes\r\n"]
