"""What every mailbox promises, whatever stands behind it."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.mailbox.conftest import Place

pytestmark = pytest.mark.servers
MAIL = b"From: a@example.com\r\nSubject: %d\r\n\r\nFrom the start\r\n.\r\n\x00\xff\xfe 8bit\r\n"


def mail(number: int) -> bytes:
    return (MAIL % number).replace(b"\x00", b"")


def test_it_gives_every_mail_byte_equal_in_uid_order(place: Place) -> None:
    for number in range(3):
        place.deliver(mail(number))

    with place.open() as mailbox:
        found = list(mailbox.unseen(0))

    assert sorted(raw.content or b"" for raw in found) == [mail(0), mail(1), mail(2)]
    assert [raw.uid for raw in found] == sorted(raw.uid for raw in found)
    assert {raw.size for raw in found} == {len(mail(0))}
    assert not any(raw.header_only for raw in found)


def test_it_names_a_mail_by_numbers_that_stay_over_connections(place: Place) -> None:
    place.deliver(mail(1))

    with place.open() as mailbox:
        first = next(mailbox.unseen(0))
    with place.open() as mailbox:
        second = next(mailbox.unseen(0))

    assert (first.uidvalidity, first.uid) == (second.uidvalidity, second.uid)
    assert first.uidvalidity > 0


def test_it_says_when_a_mail_arrived(place: Place) -> None:
    place.deliver(mail(1))

    with place.open() as mailbox:
        raw = next(mailbox.unseen(0))

    assert abs(raw.received_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_looking_at_mails_does_not_hide_them(place: Place) -> None:
    place.deliver(mail(1))

    with place.open() as mailbox:
        first = list(mailbox.unseen(0))
        second = list(mailbox.unseen(0))

    assert first == second


def test_it_gives_only_mails_above_a_number(place: Place) -> None:
    for number in range(3):
        place.deliver(mail(number))

    with place.open() as mailbox:
        uids = mailbox.all_uids()
        later = [raw.uid for raw in mailbox.unseen(uids[0])]
        none = list(mailbox.unseen(uids[-1]))

    assert later == uids[1:]
    assert none == []


def test_it_leaves_out_the_mails_that_are_known(place: Place) -> None:
    for number in range(3):
        place.deliver(mail(number))

    with place.open() as mailbox:
        uids = mailbox.all_uids()
        found = [raw.uid for raw in mailbox.unseen(0, known=set(uids[:2]))]

    assert found == uids[2:]


def test_a_mail_over_the_limit_comes_as_its_header_alone(place: Place) -> None:
    large = mail(1) + b"x" * 70 + b"\r\n" * 500
    place.deliver(large)
    place.deliver(mail(2))

    with place.open(size_limit=500) as mailbox:
        found = {raw.header_only: raw for raw in mailbox.unseen(0)}

    assert found[True].content == b"From: a@example.com\r\nSubject: 1\r\n\r\n"
    assert found[True].size == len(large)
    assert found[False].content == mail(2)


def test_a_mail_that_is_done_leaves_the_folder_and_is_kept(place: Place) -> None:
    for number in range(2):
        place.deliver(mail(number))

    with place.open() as mailbox:
        done = next(mailbox.unseen(0))
        moved = mailbox.mark_done([done.uid])
        left = mailbox.all_uids()

    assert moved
    assert done.uid not in left
    assert len(left) == 1
    assert place.processed() == [done.content]


def test_marking_mails_that_are_gone_changes_nothing(place: Place) -> None:
    place.deliver(mail(1))

    with place.open() as mailbox:
        uids = mailbox.all_uids()
        mailbox.mark_done(uids)
        again = mailbox.mark_done([*uids, uids[-1] + 50])

    assert again
    assert len(place.processed()) == 1


def test_waiting_ends_when_a_mail_arrives(place: Place) -> None:
    with place.open() as mailbox:
        threading.Timer(0.5, place.deliver, [mail(1)]).start()
        arrived = mailbox.wait(3)

    assert arrived


def test_waiting_ends_with_the_time_when_nothing_arrives(place: Place) -> None:
    place.deliver(mail(1))

    with place.open() as mailbox:
        start = time.monotonic()
        arrived = mailbox.wait(1)

    assert not arrived
    assert 0.9 < time.monotonic() - start < 4


def test_a_mailbox_works_on_after_waiting(place: Place) -> None:
    with place.open() as mailbox:
        mailbox.wait(0.2)
        place.deliver(mail(1))
        arrived = mailbox.wait(3)
        found = list(mailbox.unseen(0))

    assert arrived
    assert [raw.content for raw in found] == [mail(1)]


def test_an_empty_folder_gives_nothing(place: Place) -> None:
    with place.open() as mailbox:
        assert list(mailbox.unseen(0)) == []
        assert mailbox.all_uids() == []
        assert mailbox.mark_done([])
