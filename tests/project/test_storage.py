import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from submissions import storage


@pytest.fixture(autouse=True)
def own_place(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}"


@pytest.mark.parametrize("content", [b"", b"MZ\0\xff", bytes(range(256)) * 1000])
def test_bytes_come_back_as_they_were(content: bytes) -> None:
    digest = storage.save(content)

    assert digest == hashlib.sha256(content).hexdigest()
    assert storage.load(digest) == content


def test_what_lies_on_the_disk_cannot_be_run() -> None:
    path = storage.place(storage.save(b"MZ this is a program"))

    assert b"program" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_bytes_are_kept_once() -> None:
    first = storage.place(storage.save(b"twice")).stat()
    second = storage.place(storage.save(b"twice")).stat()

    assert first.st_ino == second.st_ino


def test_bytes_that_were_never_kept_are_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        storage.load("0" * 64)


def test_nothing_is_accepted_while_too_little_is_free(settings: Any) -> None:
    storage.check_room()

    settings.STORAGE_MIN_FREE_MEBIBYTES = 10**9

    with pytest.raises(storage.StorageFull, match="MiB are free"):
        storage.check_room()


def test_nothing_is_accepted_while_too_few_inodes_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "FEWEST_INODES", 10**15)

    with pytest.raises(storage.StorageFull, match="inodes"):
        storage.check_room()


@pytest.mark.parametrize("call", ["open", "fsync", "mkdir"])
def test_a_write_without_room_leaves_nothing_behind(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(storage.StorageFull):
            storage.save(b"there is no room for this")

    assert [path for path in storage.root().rglob("*") if path.is_file()] == []
    assert storage.load(storage.save(b"there is no room for this")) == b"there is no room for this"


def test_what_a_writer_that_died_has_left_is_removed_a_day_later() -> None:
    kept = storage.place(storage.save(b"kept"))
    young, old = kept.with_name(".young.draft"), kept.with_name(".old.draft")
    young.touch()
    old.touch()
    os.utime(old, (0, 0))

    assert storage.remove_drafts() == 1
    assert sorted(kept.parent.iterdir()) == sorted([kept, young])
