"""What a place for bytes must do."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Protocol

FRESH = timedelta(days=1)
UNUSED = timedelta(days=2)


class StorageShut(OSError):
    """The storage takes nothing now: nothing may be accepted until it does again."""

    fix = "Make room at, or mend, the place that STORAGE_URL names. Mails stay on the server and are fetched then."


class Store(Protocol):
    """Keeps blobs under their digest; `str` names the place without its keys."""

    def put(self, digest: str, blob: bytes) -> None:
        """Keep the blob so that it survives a power cut; nothing to do when it is there. Raises StorageShut."""

    def get(self, digest: str) -> bytes:
        """The blob. Raises FileNotFoundError when it is not there."""

    def holds(self, digest: str) -> bool:
        """Whether it is there."""

    def missing(self, digests: Iterable[str]) -> Iterator[str]:
        """Those of the digests, which come in ascending order, that are not there. However many they are."""

    def remove(self, digest: str) -> bool:
        """Remove the blob unless it was put, also as one that was there already, within UNUSED; says whether it did."""

    def check_room(self, mebibytes: int) -> None:
        """Raise StorageShut when less is free, as far as the place can tell."""

    def remove_drafts(self) -> int:
        """Remove what writers that died have left; says how many."""
