"""Bytes by their digest: raw mails and the files found in them.

A blob is kept durably before the row that names it is committed. Names are sha256 digests, never a name
from a mail, and every byte is inverted, so that a virus scanner neither deletes nor a person by accident
runs them. In a folder by default; in an S3-compatible bucket where several machines share the work.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from submissions.storage.base import StorageShut, Store
from submissions.storage.folder import Folder

__all__ = ["StorageShut", "check_room", "holds", "load", "missing", "remove", "remove_drafts", "save", "where"]

INVERT = bytes(255 - number for number in range(256))


def save(content: bytes) -> str:
    """Keep the bytes durably and give back their sha256. Saving the same bytes again costs nothing.

    Raises StorageShut when they cannot be kept; then nothing is kept.
    """
    digest = hashlib.sha256(content).hexdigest()
    store(settings.STORAGE_URL).put(digest, content.translate(INVERT))
    return digest


def load(digest: str) -> bytes:
    """The bytes of a digest. Raises FileNotFoundError when they were never kept or have been purged."""
    return store(settings.STORAGE_URL).get(digest).translate(INVERT)


def holds(digest: str) -> bool:
    """Whether the bytes are there; reads none of them."""
    return store(settings.STORAGE_URL).holds(digest)


def missing(digests: Iterable[str]) -> Iterator[str]:
    """Those of the digests, which come in ascending order, whose bytes are not there; reads none of them."""
    return store(settings.STORAGE_URL).missing(digests)


def remove(digest: str) -> bool:
    """Remove bytes that no row names any more; says whether it did.

    What was saved within two days stays, for the row that names it may not be committed yet. Raises StorageShut.
    """
    return store(settings.STORAGE_URL).remove(digest)


def check_room() -> None:
    """Raise StorageShut when nothing should be accepted now."""
    store(settings.STORAGE_URL).check_room(settings.STORAGE_MIN_FREE_MEBIBYTES)


def remove_drafts() -> int:
    """Remove what writers that died have left, a day later; says how many."""
    return store(settings.STORAGE_URL).remove_drafts()


def where() -> str:
    """The place in words, without its keys."""
    return str(store(settings.STORAGE_URL))


@cache
def store(url: str) -> Store:
    """The store that STORAGE_URL names, one per process."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Folder(parts.path)
    from submissions.storage.bucket import Bucket  # its client takes half a second to load

    return Bucket(url)
