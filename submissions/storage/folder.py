"""Blobs as files of one folder, readable by the service alone."""

import errno
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from submissions.storage.base import UNUSED, StorageShut

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
FEWEST_INODES = 1000
DRAFT_SECONDS = 24 * 3600


class Folder:
    """Whatever has the name of a digest is whole: it was written under another name, synced and renamed."""

    def __init__(self, root: str) -> None:
        self.root = Path(root)

    def __str__(self) -> str:
        return str(self.root)

    def place(self, digest: str) -> Path:
        return self.root / digest[:2] / digest[2:4] / digest

    def put(self, digest: str, blob: bytes) -> None:
        path = self.place(digest)
        try:
            try:
                os.utime(path)
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                write(path, blob)
            for directory in (path.parent, path.parent.parent, self.root):
                sync(directory)
        except OSError as error:
            if error.errno in FULL:
                raise StorageShut(error.errno, error.strerror) from error
            raise

    def get(self, digest: str) -> bytes:
        return self.place(digest).read_bytes()

    def holds(self, digest: str) -> bool:
        return self.place(digest).exists()

    def missing(self, digests: Iterable[str]) -> Iterator[str]:
        return (digest for digest in digests if not self.holds(digest))

    def remove(self, digest: str) -> bool:
        path = self.place(digest)
        if not path.exists() or time.time() - path.stat().st_mtime < UNUSED.total_seconds():
            return False
        path.unlink(missing_ok=True)
        return True

    def check_room(self, mebibytes: int) -> None:
        place = next(path for path in (self.root, *self.root.parents) if path.exists())
        state = os.statvfs(place)
        free = state.f_bavail * state.f_frsize // 1024**2
        if free < mebibytes:
            raise StorageShut(f"only {free} MiB are free at {place}, wanted are {mebibytes}")
        if state.f_files and mebibytes and state.f_favail < FEWEST_INODES:
            raise StorageShut(f"only {state.f_favail} inodes are free at {place}, wanted are {FEWEST_INODES}")

    def remove_drafts(self) -> int:
        old = [path for path in self.root.glob("*/*/.*") if time.time() - path.stat().st_mtime > DRAFT_SECONDS]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)


def write(path: Path, blob: bytes) -> None:
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
