import errno
import hashlib
import os
import stat
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from submissions import storage
from submissions.storage import StorageShut, folder
from submissions.storage.folder import Folder
from tests.servers.s3 import S3


@pytest.fixture(autouse=True)
def own_place(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}"


@pytest.fixture(params=["folder", "bucket"])
def everywhere(request: pytest.FixtureRequest, settings: Any) -> None:
    """The same promises hold for every place."""
    if request.param == "bucket":
        server: S3 = request.getfixturevalue("s3_server")
        bucket = f"blobs-{uuid.uuid4().hex}"
        server.make(bucket)
        settings.STORAGE_URL = server.url(bucket, "of/mails")


def place(digest: str) -> Path:
    return Folder(storage.where()).place(digest)


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize("content", [b"", b"MZ\0\xff", bytes(range(256)) * 1000])
def test_bytes_come_back_as_they_were(content: bytes) -> None:
    digest = storage.save(content)

    assert digest == hashlib.sha256(content).hexdigest()
    assert storage.load(digest) == content


def test_what_lies_on_the_disk_cannot_be_run() -> None:
    path = place(storage.save(b"MZ this is a program"))

    assert b"program" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_bytes_are_kept_once() -> None:
    first = place(storage.save(b"twice")).stat()
    second = place(storage.save(b"twice")).stat()

    assert first.st_ino == second.st_ino


@pytest.mark.usefixtures("everywhere")
def test_bytes_are_removed_but_not_those_saved_lately(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = storage.save(b"old")

    assert not storage.remove(digest)
    assert storage.holds(digest)
    for module in ("folder", "bucket"):
        monkeypatch.setattr(f"submissions.storage.{module}.UNUSED", timedelta(0))
    assert storage.remove(digest)
    assert not storage.holds(digest)
    assert not storage.remove(digest)


@pytest.mark.usefixtures("everywhere")
def test_bytes_that_were_never_kept_are_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        storage.load("0" * 64)


@pytest.mark.usefixtures("everywhere")
def test_what_is_missing_among_many_is_named() -> None:
    kept = [storage.save(bytes([number])) for number in range(5)]
    lost = ["0" * 64, f"{kept[2][:-1]}~", "f" * 64]

    assert list(storage.missing(sorted(kept[1:] + lost))) == sorted(lost)
    assert list(storage.missing([])) == []


@pytest.mark.servers
def test_what_came_after_the_bucket_was_listed_is_not_missing(s3_server: S3, settings: Any) -> None:
    s3_server.make("later")
    settings.STORAGE_URL = s3_server.url("later")
    first = storage.save(b"first")

    def digests() -> Iterator[str]:
        yield first
        yield storage.save(b"second")

    assert list(storage.missing(digests())) == []


def test_nothing_is_accepted_while_too_little_is_free(settings: Any) -> None:
    storage.check_room()

    settings.STORAGE_MIN_FREE_MEBIBYTES = 10**9

    with pytest.raises(StorageShut, match="MiB are free"):
        storage.check_room()


def test_nothing_is_accepted_while_too_few_inodes_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "FEWEST_INODES", 10**15)

    with pytest.raises(StorageShut, match="inodes"):
        storage.check_room()


@pytest.mark.parametrize("call", ["open", "fsync", "mkdir"])
def test_a_write_without_room_leaves_nothing_behind(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(StorageShut):
            storage.save(b"there is no room for this")

    assert [path for path in Path(storage.where()).rglob("*") if path.is_file()] == []
    assert storage.load(storage.save(b"there is no room for this")) == b"there is no room for this"


def test_what_a_writer_that_died_has_left_is_removed_a_day_later() -> None:
    kept = place(storage.save(b"kept"))
    young, old = kept.with_name(".young.draft"), kept.with_name(".old.draft")
    young.touch()
    old.touch()
    os.utime(old, (0, 0))

    assert storage.remove_drafts() == 1
    assert sorted(kept.parent.iterdir()) == sorted([kept, young])


@pytest.mark.servers
def test_bytes_in_a_bucket_stay_when_they_come_again(s3_server: S3, settings: Any) -> None:
    s3_server.make("again")
    settings.STORAGE_URL = s3_server.url("again")

    storage.check_room()
    assert storage.load(storage.save(b"twice")) == storage.load(storage.save(b"twice")) == b"twice"


@pytest.mark.servers
def test_a_bucket_that_is_missing_is_named_without_its_keys(s3_server: S3, settings: Any) -> None:
    settings.STORAGE_URL = s3_server.url("nowhere")

    with pytest.raises(StorageShut, match=r"bucket nowhere at 127\.0\.0\.1 answered NoSuchBucket") as caught:
        storage.save(b"lost")
    with pytest.raises(StorageShut, match="bucket nowhere"):
        storage.check_room()

    assert "secret" not in str(caught.value)


def test_a_host_that_does_not_answer_is_named(settings: Any) -> None:
    settings.STORAGE_URL = "s3+http://access:secret@127.0.0.1:1/blobs"

    with pytest.raises(StorageShut, match=r"bucket blobs at 127\.0\.0\.1: Could not connect"):
        storage.save(b"lost")
