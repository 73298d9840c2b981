"""A server that is broken, slow or evil costs one round at most, never the process, never a mail."""

import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from submissions.mailbox.base import Account, MailboxError, RawMail, Timeouts
from submissions.mailbox.imap import ImapMailbox
from tests.mailbox.hostile import SELECTED, Hostile, hostile

SECRET = "correct horse"


def mailbox(server: Hostile, **options: float) -> ImapMailbox:
    account = Account("127.0.0.1", server.port, "plain", "sandbox@localhost", SECRET)
    timeouts = Timeouts(options.get("operation", 5), options.get("body", 5))
    return ImapMailbox(account, timeouts=timeouts, size_limit=1000)


def read(server: Hostile, **options: float) -> list[RawMail]:
    with mailbox(server, **options) as opened:
        return list(opened.unseen(0))


def raised(action: Callable[[], object]) -> MailboxError:
    with pytest.raises(MailboxError) as caught:
        action()
    return caught.value


def refused(server: Hostile, **options: float) -> MailboxError:
    with pytest.raises(MailboxError) as caught:
        read(server, **options)
    assert caught.value.fix
    assert SECRET not in caught.value.reply
    return caught.value


def test_the_server_of_these_tests_is_right_when_nothing_is_changed() -> None:
    with hostile() as server:
        found = read(server)

    assert [(raw.uidvalidity, raw.uid, raw.content) for raw in found] == [(7, 5, b"first"), (7, 6, b"second")]
    assert found[0].received_at == datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)


def test_nothing_is_marked_as_seen_and_nothing_searched_by_header() -> None:
    with hostile() as server:
        read(server)

    assert "UID FETCH 5 (BODY.PEEK[])" in server.heard
    assert not [line for line in server.heard if "STORE" in line or "HEADER" in line or "SEEN" in line.upper()]
    assert [line for line in server.heard if "SEARCH" in line] == ["UID SEARCH UID 1:*"]


def test_a_mail_that_vanished_between_two_commands_is_left_out() -> None:
    with hostile({"UID FETCH 5 (BODY.PEEK[])": b"%s OK done\r\n"}) as server:
        assert [raw.uid for raw in read(server)] == [6]


def test_a_number_told_twice_is_one_mail() -> None:
    with hostile({"UID SEARCH": b"* SEARCH 6 5 5 6\r\n%s OK done\r\n"}) as server:
        assert [raw.uid for raw in read(server)] == [5, 6]


def test_the_last_mail_named_by_an_open_range_is_not_new() -> None:
    with hostile({"UID SEARCH": b"* SEARCH 6\r\n%s OK done\r\n"}) as server, mailbox(server) as opened:
        assert list(opened.unseen(6)) == []


def test_a_wrong_size_does_not_cut_the_mail() -> None:
    facts = b"* 1 FETCH (UID 5 RFC822.SIZE 1)\r\n* 2 FETCH (UID 6 RFC822.SIZE 999)\r\n%s OK done\r\n"
    with hostile({"UID FETCH 5,6 (RFC822.SIZE": facts}) as server:
        found = read(server)

    assert [(raw.content, raw.size) for raw in found] == [(b"first", 5), (b"second", 6)]


def test_a_mail_larger_than_its_server_said_comes_as_its_header() -> None:
    body = b"* 1 FETCH (UID 5 BODY[] {2000}\r\n" + b"x" * 2000 + b")\r\n%s OK done\r\n"
    with hostile({"UID FETCH 5 (BODY.PEEK[])": body}) as server:
        found = read(server)

    assert [(raw.uid, raw.content, raw.header_only) for raw in found] == [(5, b"head", True), (6, b"second", False)]
    assert found[0].size == 2000


def test_a_giant_announcement_takes_no_memory_and_costs_only_its_mail() -> None:
    giant = b"* 1 FETCH (UID 5 BODY[] {4000000000}\r\n"
    with hostile({"UID FETCH 5 (BODY.PEEK[])": giant}) as server:
        tracemalloc.start()
        found = read(server)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert [(raw.uid, raw.header_only) for raw in found] == [(5, True), (6, False)]
    assert peak < 50_000_000


def test_a_mail_that_the_server_refuses_does_not_stop_the_others() -> None:
    with hostile({"UID FETCH 5 (BODY.PEEK[])": b"%s NO internal error with this message\r\n"}) as server:
        found = []
        with mailbox(server) as opened, pytest.raises(MailboxError, match="internal error with this message") as caught:
            found.extend(raw.uid for raw in opened.unseen(0))

    assert caught.value.step == "fetch"
    assert not caught.value.permanent
    assert "UID FETCH 6 (BODY.PEEK[])" in server.heard


def test_a_server_that_asks_for_a_pause_gets_it() -> None:
    pause = b"%s NO Request is throttled. Suggested Backoff Time: 299961 milliseconds\r\n"
    with hostile({"UID FETCH 5 (BODY.PEEK[])": pause}) as server:
        error = refused(server)

    assert "299961" in error.reply
    assert "UID FETCH 6 (BODY.PEEK[])" not in server.heard


def test_a_mail_without_bytes_is_told_as_such() -> None:
    with hostile({"UID FETCH 5 (BODY.PEEK[])": b"* 1 FETCH (UID 5 BODY[] NIL)\r\n%s OK done\r\n"}) as server:
        assert [raw.content for raw in read(server)] == [None, b"second"]


def test_zero_bytes_in_a_mail_stay() -> None:
    body = b"* 1 FETCH (UID 5 BODY[] {5}\r\na\0b\0c)\r\n%s OK done\r\n"
    with hostile({"UID FETCH 5 (BODY.PEEK[])": body}) as server:
        assert read(server)[0].content == b"a\0b\0c"


def test_an_unreadable_date_is_replaced_by_now() -> None:
    facts = b'* 1 FETCH (UID 5 RFC822.SIZE 5 INTERNALDATE "yesterday")\r\n%s OK done\r\n'
    with hostile({"UID FETCH 5,6 (RFC822.SIZE": facts}) as server:
        found = read(server)

    assert abs((found[0].received_at - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize(
    ("command", "answer", "step"),
    [
        ("LOGIN", b"%s NO [AUTHENTICATIONFAILED] Invalid credentials\r\n", "login"),
        ("LOGIN", b"%s BAD no such command: LOGIN sandbox@localhost correct horse\r\n", "login"),
        ("LOGIN", b"* BYE too many connections\r\n", "login"),
        ("SELECT", b"%s NO no such mailbox\r\n", "folder"),
        ("SELECT", b"%s OK [READ-ONLY] done\r\n", "folder"),
        ("SELECT", b"* 3 EXISTS\r\n%s OK [READ-WRITE] no validity told\r\n", "folder"),
        ("SELECT", b"* OK [UIDVALIDITY many] x\r\n%s OK done\r\n", "folder"),
        ("UID SEARCH", b"* SEARCH 5 six\r\n%s BAD done\r\n", "fetch"),
        ("UID SEARCH", b"* SEARCH ()\r\n%s OK done\r\n", "fetch"),
        ("UID SEARCH", b"nonsense\r\n", "fetch"),
        ("UID SEARCH", b"XYZ1 OK somebody else's answer\r\n", "fetch"),
        ("UID FETCH 5,6 (RFC822.SIZE", b"* 1 FETCH " + b"(" * 5000 + b"\r\n%s OK done\r\n", "fetch"),
        ("UID FETCH 5,6 (RFC822.SIZE", b"* 1 FETCH (5 6 7)\r\n%s OK done\r\n", "fetch"),
        ("UID FETCH 5,6 (RFC822.SIZE", b"* 1 FETCH (((5)) 6)\r\n%s OK done\r\n", "fetch"),
        ("UID FETCH 5,6 (RFC822.SIZE", b"* 1 FETCH (UID five RFC822.SIZE 5)\r\n%s OK done\r\n", "fetch"),
        ("UID FETCH 5 (BODY.PEEK[])", b"* BYE shutting down\r\n", "fetch"),
        ("UID FETCH 5 (BODY.PEEK[])", b"* 1 FETCH (UID 5 BODY[] {-5}\r\n", "fetch"),
        ("NOOP", b"* " + b"x" * 20_000_000, "fetch"),
    ],
)
def test_a_wrong_answer_is_a_mailbox_error_at_its_step(command: str, answer: bytes, step: str) -> None:
    with hostile({command: answer}) as server:
        error = refused(server, operation=2, body=2)

    assert error.step == step


def test_a_line_that_is_cut_in_the_middle_of_a_mail_is_tried_again_later() -> None:
    with hostile({"UID FETCH 6 (BODY.PEEK[])": b"* 2 FETCH (UID 6 BODY[] {600}\r\nonly this* BYE\r\n"}) as server:
        error = refused(server, operation=1, body=1)

    assert error.step == "fetch"
    assert not error.permanent


@pytest.mark.parametrize(
    "greeting", [b"", b"* BYE overloaded\r\n", b"220 smtp.example.com ESMTP\r\n", b"\x16\x03\x01\r\n"]
)
def test_what_does_not_greet_like_imap_is_named(greeting: bytes) -> None:
    with hostile(greeting=greeting) as server:
        error = refused(server, operation=1)

    assert error.step == "greeting"


def test_a_server_that_sends_a_byte_now_and_then_is_left_in_time() -> None:
    class Trickling(Hostile):
        def answer(self, tag: bytes, command: str) -> bytes:
            if command.startswith("UID FETCH 5 "):
                time.sleep(0.3)
                return b"* 1 FETCH (UID 5 BODY[] {900}\r\n"
            return super().answer(tag, command)

    with hostile() as server:
        server.__class__ = Trickling
        start = time.monotonic()
        error = refused(server, operation=1, body=1)

    assert error.step == "fetch"
    assert time.monotonic() - start < 5


def test_a_folder_that_was_rebuilt_has_another_generation() -> None:
    with hostile({"SELECT": [SELECTED, SELECTED.replace(b"7]", b"8]")]}) as server:
        with mailbox(server) as opened:
            first = opened.uidvalidity
        with mailbox(server) as opened:
            second = opened.uidvalidity

    assert (first, second) == (7, 8)


def test_without_a_way_to_move_single_mails_they_stay() -> None:
    with hostile({"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n%s OK done\r\n"}) as server, mailbox(server) as opened:
        moved = opened.mark_done([5])

    assert not moved
    assert not [line for line in server.heard if "EXPUNGE" in line or "COPY" in line or "STORE" in line]


def test_mails_are_never_expunged_but_by_number() -> None:
    modest = b"* CAPABILITY IMAP4rev1 UIDPLUS\r\n%s OK done\r\n"
    with hostile({"CAPABILITY": modest}) as server, mailbox(server) as opened:
        opened.mark_done([5, 6])

    said = [line for line in server.heard if "EXPUNGE" in line]
    assert said == ["UID EXPUNGE 5,6"]
    assert "UID STORE 5,6 +FLAGS.SILENT (\\Deleted)" in server.heard


def test_a_full_account_is_told_with_its_remedy() -> None:
    with hostile({"UID MOVE": b"%s NO [OVERQUOTA] Quota exceeded\r\n"}) as server, mailbox(server) as opened:
        error = raised(lambda: opened.mark_done([5]))

    assert "[OVERQUOTA] Quota exceeded" in error.reply
    assert error.step == "move"
    assert "quota" in error.fix


def test_waiting_survives_a_server_that_closes_the_line() -> None:
    with hostile({"IDLE": b"+ idling\r\n* BYE bored\r\n"}) as server, mailbox(server, operation=1) as opened:
        error = raised(lambda: opened.wait(2))

    assert not error.permanent
