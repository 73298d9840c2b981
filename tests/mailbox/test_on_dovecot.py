"""What only a real server can show: a folder that was rebuilt, an account that is full, two connections at once."""

import threading
import time

import pytest

from submissions.mailbox.base import MailboxError, Timeouts
from submissions.mailbox.imap import ImapMailbox
from tests.mailbox.conftest import UIDPLUS, account
from tests.servers.dovecot import Dovecot, dovecot

pytestmark = pytest.mark.servers
USER = "real@localhost"
QUOTA = """
mail_plugins = $mail_plugins quota
protocol imap {
  mail_plugins = $mail_plugins quota imap_quota
}
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=1K
}
"""


def opened(server: Dovecot, user: str = USER) -> ImapMailbox:
    return ImapMailbox(account(server, username=user), timeouts=Timeouts(operation=20, body=20))


def test_a_folder_that_was_rebuilt_shows_its_mails_under_a_new_generation(dovecot_server: Dovecot) -> None:
    for number in range(3):
        dovecot_server.deliver(b"Subject: %d\r\n\r\n" % number, USER)
    with opened(dovecot_server) as mailbox:
        before, first = mailbox.uidvalidity, {raw.content for raw in mailbox.unseen(0)}

    while time.time() < before + 1:  # Dovecot takes the second for the generation
        time.sleep(0.1)
    for path in (dovecot_server.directory / "mail" / USER).glob("dovecot*"):
        if path.is_file():
            path.unlink()
    with opened(dovecot_server) as mailbox:
        after, second = mailbox.uidvalidity, {raw.content for raw in mailbox.unseen(0)}

    assert before != after
    assert first == second
    assert len(first) == 3


def test_an_account_that_is_full_is_told_and_keeps_its_mails() -> None:
    with dovecot(capability=UIDPLUS, more=QUOTA) as server:
        content = b"Subject: large\r\n\r\n" + b"x" * 70 * 100
        server.deliver(content, USER)
        with opened(server) as mailbox:
            uids = mailbox.all_uids()
            with pytest.raises(MailboxError) as caught:
                mailbox.mark_done(uids)
            left = mailbox.all_uids()

    assert caught.value.step == "move"
    assert "quota" in caught.value.reply.lower()
    assert "make room" in caught.value.fix
    assert left == uids


def test_what_another_connection_moves_away_meanwhile_is_left_out(dovecot_server: Dovecot) -> None:
    user = "two@localhost"
    for number in range(3):
        dovecot_server.deliver(b"Subject: %d\r\n\r\n" % number, user)
    with opened(dovecot_server, user) as first, opened(dovecot_server, user) as second:
        looking = first.unseen(0)
        found = [next(looking).uid]
        second.mark_done([uid for uid in second.all_uids() if uid not in found])
        found += [raw.uid for raw in looking]

        assert first.all_uids() == found[:1]


def test_idle_hears_of_each_mail_on_the_connection_that_stays_open(dovecot_server: Dovecot) -> None:
    user = "idle@localhost"
    dovecot_server.deliver(b"Subject: 0\r\n\r\n", user)
    with opened(dovecot_server, user) as mailbox:
        for number in range(3):
            threading.Timer(0.3, dovecot_server.deliver, [b"Subject: %d\r\n\r\n" % number, user]).start()

            assert mailbox.wait(30)

        assert len(mailbox.all_uids()) == 4
