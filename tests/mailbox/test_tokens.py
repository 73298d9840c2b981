"""A mailbox that is entered by an access token instead of a password."""

import pytest

from submissions.mailbox.base import Account, MailboxError, Timeouts
from submissions.mailbox.imap import ImapMailbox
from tests.mailbox.conftest import account
from tests.mailbox.hostile import hostile
from tests.servers.dovecot import Dovecot

USER = "by-token@localhost"


def opened(entry: Account) -> ImapMailbox:
    return ImapMailbox(entry, timeouts=Timeouts(operation=10, body=10))


@pytest.mark.servers
def test_a_good_token_opens_the_mailbox(dovecot_server: Dovecot) -> None:
    dovecot_server.deliver(b"Subject: by token\r\n\r\n", USER)
    entry = account(dovecot_server, username=USER, password="", token=lambda: dovecot_server.token(USER))

    with opened(entry) as mailbox:
        found = [raw.content for raw in mailbox.unseen(0)]

    assert b"Subject: by token\r\n\r\n" in found


@pytest.mark.servers
def test_a_token_is_asked_for_at_each_connection(dovecot_server: Dovecot) -> None:
    asked = []

    def token() -> str:
        asked.append(True)
        return dovecot_server.token(USER)

    entry = account(dovecot_server, username=USER, password="", token=token)
    for _ in range(2):
        with opened(entry):
            pass

    assert len(asked) == 2


@pytest.mark.servers
@pytest.mark.parametrize("lives", [-60, 600])
def test_a_token_that_is_over_or_anothers_is_refused(dovecot_server: Dovecot, lives: int) -> None:
    token = dovecot_server.token(USER if lives < 0 else "another@localhost", lives=lives)
    entry = account(dovecot_server, username=USER, password="", token=lambda: token)

    with pytest.raises(MailboxError) as caught, opened(entry):
        pass

    assert (caught.value.step, caught.value.permanent) == ("login", True)
    assert "token" in caught.value.fix
    assert token not in caught.value.reply


REASON = b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"
CAPABLE = b"* CAPABILITY IMAP4rev1 AUTH=%m UIDPLUS MOVE\r\n%s OK done\r\n"


@pytest.mark.parametrize(
    ("mechanism", "said", "closed"),
    [
        (b"XOAUTH2", "user=someone@corp.example\1auth=Bearer abc.def\1\1", b""),
        (b"OAUTHBEARER", "n,a=someone@corp.example,\1auth=Bearer abc.def\1\1", b"AQ=="),
    ],
)
def test_the_reason_of_a_refusal_is_told_in_the_servers_words(mechanism: bytes, said: str, closed: bytes) -> None:
    answers = {"CAPABILITY": CAPABLE.replace(b"%m", mechanism), "AUTHENTICATE": b"+ \r\n"}
    with hostile(answers) as server:
        server.challenges = [REASON, b"%s NO AUTHENTICATE failed.\r\n"]
        entry = Account("127.0.0.1", server.port, "plain", "someone@corp.example", "", token=lambda: "abc.def")
        with pytest.raises(MailboxError) as caught, opened(entry):
            pass

    assert '{"status":"400"}' in caught.value.reply
    assert server.answered == [said.encode(), closed and b"\1"]


def test_a_user_name_cannot_add_to_the_message() -> None:
    with hostile() as server:
        entry = Account("127.0.0.1", server.port, "plain", "a@b\1auth=x", "", token=lambda: "abc")
        with pytest.raises(MailboxError, match="control character"), opened(entry):
            pass


def test_a_server_that_names_a_pause_is_left_alone_that_long() -> None:
    pause = b"%s NO Request is throttled. Suggested Backoff Time: 299961 milliseconds\r\n"
    with hostile({"SELECT": pause}) as server:
        entry = Account("127.0.0.1", server.port, "plain", "someone", "secret")
        with pytest.raises(MailboxError) as caught, opened(entry):
            pass

    assert caught.value.pause == pytest.approx(299.961)
