import hashlib
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
