"""The digests by which older systems know a file: computed once, when it is found or first looked at."""

import hashlib
from collections.abc import Iterator

from django.db.models import QuerySet

from submissions import storage
from submissions.models import Artifact

MOST_BYTES = 64 * 1024 * 1024
PORTION = 500


def of(content: bytes) -> dict[str, str]:
    """`md5` and `sha1` of the content, as columns of an artifact. They identify; nothing is proven by them."""
    return {
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha1": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
    }


def incomplete() -> QuerySet[Artifact]:
    """Files of which only the sha256 is known: those found before the others were kept."""
    return Artifact.objects.filter(kind=Artifact.Kind.FILE, md5="")


def complete_all() -> Iterator[bool]:
    """Compute what is missing, file by file; says of each whether the storage had it. It may stop anywhere."""
    reached = 0
    while rows := list(incomplete().filter(pk__gt=reached).order_by("pk")[:PORTION]):
        reached = rows[-1].pk
        for row in rows:
            complete(row)
            yield bool(row.md5)


def complete(artifact: Artifact) -> None:
    """Compute what is missing of a file up to 64 MiB, if the storage still has it."""
    if artifact.kind != Artifact.Kind.FILE or artifact.md5 or artifact.size > MOST_BYTES:
        return
    try:
        content = storage.load(artifact.digest)
    except (FileNotFoundError, storage.StorageShut):
        return
    found = of(content)
    artifact.md5, artifact.sha1 = found["md5"], found["sha1"]
    Artifact.objects.filter(pk=artifact.pk).update(**found)
