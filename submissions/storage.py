"""Bytes by their digest: raw mails and the files found in them.

A blob is on disk, synced, before the row that names it is committed. Names are sha256 digests, never
a name from a mail; files are readable by the service alone and carry every byte inverted, so that a
virus scanner on the host neither deletes nor a person by accident runs them.
"""

import errno
import hashlib
import os
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

INVERT = bytes(255 - number for number in range(256))
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
FEWEST_INODES = 1000
DRAFT_SECONDS = 24 * 3600


class StorageFull(OSError):
    """The storage takes nothing more: nothing may be accepted until there is room again."""

    fix = "Make room where STORAGE_URL points. Mails stay on the server and are fetched when there is room."


def root() -> Path:
    return Path(urlsplit(settings.STORAGE_URL).path)


def place(digest: str) -> Path:
    return root() / digest[:2] / digest[2:4] / digest


def check_room() -> None:
    """Raise StorageFull when too few bytes or inodes are left to accept mails."""
    place = next(path for path in (root(), *root().parents) if path.exists())
    state = os.statvfs(place)
    free = state.f_bavail * state.f_frsize // 1024**2
    if free < settings.STORAGE_MIN_FREE_MEBIBYTES:
        raise StorageFull(f"only {free} MiB are free at {place}, wanted are {settings.STORAGE_MIN_FREE_MEBIBYTES}")
    if state.f_files and settings.STORAGE_MIN_FREE_MEBIBYTES and state.f_favail < FEWEST_INODES:
        raise StorageFull(f"only {state.f_favail} inodes are free at {place}, wanted are {FEWEST_INODES}")


def sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def save(content: bytes) -> str:
    """Keep the bytes durably and give back their sha256. Saving the same bytes again costs nothing.

    Raises StorageFull when there is no room; then nothing is kept.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = place(digest)
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write(path, content)
        for directory in (path.parent, path.parent.parent, root()):
            sync_directory(directory)
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(error.errno, error.strerror) from error
        raise
    return digest


def write(path: Path, content: bytes) -> None:
    """Synced under another name first: whatever has the name of a digest is whole."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content.translate(INVERT))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def remove_drafts() -> int:
    """Remove what writers that died have left, a day later; says how many."""
    old = [path for path in root().glob("*/*/.*") if time.time() - path.stat().st_mtime > DRAFT_SECONDS]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def load(digest: str) -> bytes:
    """The bytes of a digest. Raises FileNotFoundError when they were never kept or have been purged."""
    return place(digest).read_bytes().translate(INVERT)
