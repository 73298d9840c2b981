"""Bytes by their digest: raw mails and the files found in them.

A blob is on disk, synced, before the row that names it is committed. Names are sha256 digests, never
a name from a mail; files are readable by the service alone and carry every byte inverted, so that a
virus scanner on the host neither deletes nor a person by accident runs them.
"""

import hashlib
import os
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

INVERT = bytes(255 - number for number in range(256))


def root() -> Path:
    return Path(urlsplit(settings.STORAGE_URL).path)


def place(digest: str) -> Path:
    return root() / digest[:2] / digest[2:4] / digest


def sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def save(content: bytes) -> str:
    """Keep the bytes durably and give back their sha256. Saving the same bytes again costs nothing."""
    digest = hashlib.sha256(content).hexdigest()
    path = place(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{digest}.{uuid.uuid4().hex}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content.translate(INVERT))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    for directory in (path.parent, path.parent.parent, root()):
        sync_directory(directory)
    return digest


def load(digest: str) -> bytes:
    """The bytes of a digest. Raises FileNotFoundError when they were never kept or have been purged."""
    return place(digest).read_bytes().translate(INVERT)
