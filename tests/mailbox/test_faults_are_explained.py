"""Whatever keeps a mailbox from being read is told with its step, the exact words and what to do."""

import socket
from pathlib import Path
from typing import Any

import pytest

from submissions.mailbox.base import Account, MailboxError, Timeouts
from submissions.mailbox.imap import ImapMailbox
from tests.mailbox.conftest import account
from tests.mailbox.hostile import hostile
from tests.servers.certificates import make_certificate
from tests.servers.dovecot import Dovecot, dovecot
from tests.servers.processes import free_port

pytestmark = pytest.mark.servers


def fault(entry: Account, patience: float = 3) -> MailboxError:
    limits = Timeouts(operation=patience, body=patience)
    with pytest.raises(MailboxError) as caught, ImapMailbox(entry, timeouts=limits):
        pass
    assert entry.password not in str(caught.value)
    return caught.value


def of(server: Dovecot, **changes: Any) -> MailboxError:
    return fault(account(server, **changes), patience=20)


def test_a_wrong_password(dovecot_server: Dovecot) -> None:
    error = of(dovecot_server, password="wrong password")

    assert (error.step, error.permanent) == ("login", True)
    assert "AUTHENTICATIONFAILED" in error.reply
    assert "user name or password" in error.fix


@pytest.mark.parametrize(
    ("host", "words"), [("outlook.office365.com", "OAuth2"), ("imap.gmail.com", "app password"), ("mail.corp", "check")]
)
def test_a_refused_password_at_a_provider_that_takes_none(
    host: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = {"LOGIN": b"%s NO [AUTHENTICATIONFAILED] AUTHENTICATE failed.\r\n"}
    with hostile(refusal) as server:
        entry = Account(host, server.port, "plain", "someone@corp.example", "some password")
        connect = socket.create_connection
        monkeypatch.setattr(socket, "create_connection", lambda at, timeout: connect(("127.0.0.1", at[1]), timeout))
        error = fault(entry)

    assert words in error.fix


def test_a_host_that_has_no_address(dovecot_server: Dovecot) -> None:
    error = of(dovecot_server, host="no-such-host.invalid")

    assert (error.step, error.permanent) == ("connect", True)
    assert "no-such-host.invalid" in error.fix


def test_a_port_where_nothing_listens(dovecot_server: Dovecot) -> None:
    port = free_port()

    error = of(dovecot_server, port=port)

    assert (error.step, error.permanent) == ("connect", False)
    assert f"localhost:{port}" in error.fix


def test_a_certificate_of_an_unknown_authority(dovecot_server: Dovecot) -> None:
    error = of(dovecot_server, ca_file="")

    assert (error.step, error.permanent) == ("tls", True)
    assert "CA file" in error.fix


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_for_another_name(security: str, tmp_path: Path) -> None:
    with dovecot(certificate=make_certificate(tmp_path, host="mail.other.example")) as server:
        error = of(server, security=security, port=server.tls_port if security == "tls" else server.port)

    assert (error.step, error.permanent) == ("tls", True)
    assert "another name" in error.fix


def test_a_certificate_that_has_expired(tmp_path: Path) -> None:
    with dovecot(certificate=make_certificate(tmp_path, expired=True)) as server:
        error = of(server)

    assert (error.step, error.permanent) == ("tls", True)
    assert "expired" in error.reply
    assert "renewed" in error.fix


def test_a_broken_certificate_is_taken_when_nothing_is_verified(tmp_path: Path) -> None:
    with (
        dovecot(certificate=make_certificate(tmp_path, expired=True)) as server,
        ImapMailbox(account(server, ca_file="", verify=False)) as mailbox,
    ):
        assert mailbox.all_uids() == []


def test_tls_at_a_port_that_wants_starttls(dovecot_server: Dovecot) -> None:
    error = of(dovecot_server, port=dovecot_server.port)

    assert error.step == "tls"
    assert "STARTTLS" in error.fix


def test_no_encryption_at_a_port_that_wants_tls(dovecot_server: Dovecot) -> None:
    error = of(dovecot_server, security="plain")

    assert error.step == "greeting"
    assert "TLS" in error.fix


def test_starttls_where_it_is_not_offered() -> None:
    with hostile() as server:
        error = fault(Account("127.0.0.1", server.port, "starttls", "someone", "some password"))

    assert (error.step, error.permanent) == ("tls", True)
    assert "choose TLS" in error.fix


def test_a_server_that_takes_no_password_over_an_open_line() -> None:
    with hostile({"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n%s OK done\r\n"}) as server:
        error = fault(Account("127.0.0.1", server.port, "plain", "someone", "some password"))

    assert (error.step, error.permanent) == ("login", True)
    assert "some password" not in " ".join(server.heard)


def test_a_folder_that_is_gone_is_told_with_those_there_are(dovecot_server: Dovecot) -> None:
    with ImapMailbox(account(dovecot_server, username="folders")) as mailbox:
        mailbox.client.create_folder("Reports/Phishing")

    error = of(dovecot_server, username="folders", folder="Reports/Fishing")

    assert (error.step, error.permanent) == ("folder", True)
    assert "Reports/Phishing" in error.fix
    assert "INBOX" in error.fix


def test_passwords_of_any_alphabet_work() -> None:
    with (
        dovecot(password='geheim"Schlüssel/') as server,
        ImapMailbox(account(server)) as mailbox,
    ):
        assert mailbox.all_uids() == []
