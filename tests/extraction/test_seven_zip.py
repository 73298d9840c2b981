"""Encrypted 7z files (written by py7zr 1.1.4, password Tulip-42), opened by a password of the mail."""

import base64
import random
from email.message import EmailMessage

import pytest

from submissions.extraction import files, seven_zip_locks
from submissions.extraction.extract import extract
from submissions.extraction.types import Limits
from tests.extraction.opening import codes, names, opened

PASSWORD = "Tulip-42"
TOOL = b"MZ" + b"program " * 40
ENCRYPTED = {
    "LZMA 2": (
        "N3q8ryccAARV1E4wzQAAAAAAAAAWAAAAAAAAAOqJOq9wsGdOraZIULAH70o4fpXD/lk810Ma0QYa7NcVEtW5uqBqAuMy+mv4/jc4"
        "PPQItWrgAKgAlV0AAIEzB64P0QEiEcISp2x3GWwonRzNouLcJMQgi5LkspIqGAdnE1k3CPhsEABu4TOT/+e42CcBdum6FA6URad7"
        "3R12ngyLW6aGMs+lbMMX6ZxSPd+hw2UmKWGuAySMrrsc2Zo+bbwgYcbe67dtRaWJD4BJWbcg1en4VsrL5FM21TD3EqWJnSmK0TuC"
        "qW+lNF/WVwIAAAAAFwYwAQmAnQAHCwEAASEhARgMgKkAAA=="
    ),
    "names encrypted too": (
        "N3q8ryccAASIe+UK4AAAAAAAAAAqAAAAAAAAAP4Drg4qSE1XjDk/nMaGAXPIAD6lVZzFvW2VRuYOP1AnrwHCUUfGkFokUp/MxOAG"
        "rNLyixnKpJNRZDBx4eipDaMMIVF6cfixLQlGYsUhRp1G+RiFbJHMPR/ZCI4lYxKfRGfgsTWDqQz8kEI/sRMIPAD1sRKh0k3LWJKD"
        "9QPpNiEgWjn08CQDVeZqQiCpTb99CJA7VfivoauboOLuy6AhjZ8RVmrxHtixThqfFIOWC7EwLpoyu9uvzg7+bbUFcCrKoTEoOhkR"
        "OY0ykyMxa6IIfHLMg9QiD7UFl0IF3VtBiFrv51xFUxcGMAEJgLAABwsBAAEkBvEHARJTD2CMfxb0UAaEnKJ5mDyiYWUMgKkAAA=="
    ),
    "a filter for programs": (
        "N3q8ryccAAT3VoN+1AAAAAAAAAAWAAAAAAAAAB8wbJGx92eCwACL6rgXHypCBGE02viVWC+lqFN10jibZlYX0oXLEcOTHXo6JSzi"
        "FdC9FzPgALAAnF0AAIEzB64P0QEiE5abkuQzg/ArO6CW+HN18n1mC2npMUJ41nBqHP+al4/X3Y2kvsQP353oioBwfvPZDW0nckjF"
        "MwPlziRFSywCx/WRtqeVUoBr/d4K3NemPLJoj43sl/8/2AMpnHhakrLnnslcu7i1uWP4JD9YT5HW51dqZQWy32KYAkefFMcKQiRx"
        "rztb0jD0iJR2MTGNA+IAAAAAABcGMAEJgKQABwsBAAEhIQEYDICxAAA="
    ),
}
ARCHIVES = {how: base64.b64decode(content) for how, content in ENCRYPTED.items()}


def mail(*archives: bytes, note: str) -> bytes:
    message = EmailMessage()
    message["From"] = "person@corp.example"
    message.set_content(note)
    for number, archive in enumerate(archives):
        message.add_attachment(archive, maintype="application", subtype="octet-stream", filename=f"{number}.7z")
    return message.as_bytes()


@pytest.mark.parametrize("how", ARCHIVES)
def test_it_is_opened_by_the_password(how: str) -> None:
    inside = opened(ARCHIVES[how], "a.7z", passwords=("wrong", PASSWORD))

    assert [(member.name, member.content) for member in inside.members] == [
        ("invoice.exe", TOOL),
        ("docs/note.txt", b"hello there"),
    ]
    assert {member.password for member in inside.members} == {PASSWORD}
    assert inside.password == PASSWORD
    assert not inside.problems


@pytest.mark.parametrize("how", ARCHIVES)
def test_it_stays_locked_without_the_password(how: str) -> None:
    inside = opened(ARCHIVES[how], "a.7z", passwords=("wrong", "Tulip-43"))

    assert not inside.members
    assert set(codes(inside)) == {"locked"}


def test_the_password_stands_in_the_note() -> None:
    found = extract(mail(ARCHIVES["names encrypted too"], note=f"The password is {PASSWORD}"))

    assert {file.path: file.password for file in found.files}["2/0.7z/invoice.exe"] == PASSWORD


def test_members_obey_the_limits() -> None:
    inside = opened(ARCHIVES["LZMA 2"], "a.7z", passwords=(PASSWORD,), limits=Limits(file_bytes=100))

    assert max(len(member.content) for member in inside.members) <= 100
    assert "limit-file-bytes" in codes(inside)


def test_a_damaged_archive_is_never_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seven_zip_locks, "_key", lambda password, salt, rounds: b"k" * 32)
    chance = random.Random(7)
    for content in ARCHIVES.values():
        for _ in range(300):
            damaged = bytearray(content)
            for _ in range(chance.randint(1, 4)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            opened(bytes(damaged[: chance.randint(33, len(damaged))]), "a.7z", passwords=(PASSWORD,))


def test_only_some_locked_files_of_a_mail_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_LOCKS", 1)
    archives = (ARCHIVES["LZMA 2"], ARCHIVES["a filter for programs"])

    found = extract(mail(*archives, note=f"The password is {PASSWORD}"))

    assert [problem.path.split("/")[1] for problem in found.problems if problem.code == "locked"] == ["1.7z", "1.7z"]
    assert names(opened(archives[1], "1.7z", passwords=(PASSWORD,)))
