"""The leaves of a mail with signed S/MIME content opened in place."""

from collections.abc import Iterator

from submissions.extraction import smime
from submissions.extraction.headers import Headers, read_block
from submissions.extraction.mime import Part, Walk
from submissions.extraction.types import Problem

_CMS_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_DEEPEST = 3


def leaves_of(walk: Walk, mail: bytes, headers: Headers, path: str, depth: int = 0) -> Iterator[Part]:
    """The leaves in mail order; of signed content the parts inside, of encrypted content the part as it is."""
    for part in walk.leaves(mail, headers, path):
        if part.type in _CMS_TYPES or (part.names and part.names[0].lower().endswith(".p7m")):
            yield from _opened(walk, part, depth)
        else:
            yield part


def _opened(walk: Walk, part: Part, depth: int) -> Iterator[Part]:
    try:
        message = smime.read(part.content)
    except smime.NotCms:
        yield part
        return
    if message.kind == "signed" and depth < _DEEPEST:
        headers = read_block(message.content, walk.limits)
        yield from leaves_of(walk, message.content, headers, part.path, depth + 1)
        return
    if message.kind in ("encrypted", "signed", "other"):
        walk.problems.append(Problem("encrypted" if message.kind == "encrypted" else "not-opened", part.path, "S/MIME"))
    yield part._replace(notes=(*part.notes, message.kind))
