"""The digests by which older systems know a file: computed once, when it is found or first looked at."""

import hashlib

from submissions import storage
from submissions.models import Artifact

MOST_BYTES = 64 * 1024 * 1024


def of(content: bytes) -> dict[str, str]:
    """`md5` and `sha1` of the content, as columns of an artifact. They identify; nothing is proven by them."""
    return {
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha1": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
    }


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
