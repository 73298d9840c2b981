"""What only a folder on this machine can do to us."""

import os
from pathlib import Path

import pytest

from submissions.mailbox import maildir
from submissions.mailbox.base import MailboxError
from submissions.mailbox.maildir import Maildir
from tests.mailbox.conftest import in_maildir


def uids(path: Path) -> list[int]:
    with Maildir(path, processed_folder="Done") as mailbox:
        return [raw.uid for raw in mailbox.unseen(0)]


def test_flags_do_not_change_who_a_mail_is(tmp_path: Path) -> None:
    in_maildir(tmp_path / "mail").deliver(b"Subject: 1\n\n")
    before = uids(tmp_path / "mail")
    mail = next((tmp_path / "mail/new").iterdir())
    mail.rename(tmp_path / "mail/cur" / f"{mail.name}:2,FS")

    assert uids(tmp_path / "mail") == before


def test_a_link_is_no_mail(tmp_path: Path) -> None:
    in_maildir(tmp_path / "mail")
    (tmp_path / "secret").write_text("From: root\n\nsecret")
    (tmp_path / "mail/new/1.link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "mail/new/2.pipe")
    (tmp_path / "mail/new/3.folder").mkdir()

    assert uids(tmp_path / "mail") == []


def test_what_is_still_being_delivered_is_left_alone(tmp_path: Path) -> None:
    in_maildir(tmp_path / "mail")
    (tmp_path / "mail/tmp/1.half").write_text("From: half")
    (tmp_path / "mail/new/.hidden").write_text("From: half")

    assert uids(tmp_path / "mail") == []


def test_a_mail_that_vanishes_between_two_looks_is_left_out(tmp_path: Path) -> None:
    place = in_maildir(tmp_path / "mail")
    for number in range(2):
        place.deliver(b"Subject: %d\n\n" % number)

    with Maildir(tmp_path / "mail", processed_folder="Done") as mailbox:
        looking = mailbox.unseen(0)
        next(looking)
        for path in (tmp_path / "mail/new").iterdir():
            path.unlink()

        assert list(looking) == []


def test_a_mail_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = in_maildir(tmp_path / "mail")
    for number in range(3):
        place.deliver(b"Subject: %d\n\n" % number)
    bad = min((tmp_path / "mail/new").iterdir())
    reading = maildir.read

    def read(path: Path, limit: int) -> bytes:
        if path == bad:
            raise PermissionError(13, "Permission denied")
        return reading(path, limit)

    monkeypatch.setattr(maildir, "read", read)
    with Maildir(tmp_path / "mail", processed_folder="Done") as mailbox:
        looking = mailbox.unseen(0)
        found = [next(looking), next(looking)]
        with pytest.raises(MailboxError, match="denied"):
            next(looking)

    assert len({raw.uid for raw in found}) == 2


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(MailboxError) as caught, Maildir(tmp_path / "nowhere", processed_folder="Done"):
        pass

    assert caught.value.step == "folder"
    assert str(tmp_path / "nowhere") in caught.value.fix
