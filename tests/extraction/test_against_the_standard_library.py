import email
from collections.abc import Iterator
from pathlib import Path

from submissions.extraction.headers import read_headers
from submissions.extraction.leaves import leaves_of
from submissions.extraction.mime import Walk
from submissions.extraction.types import Limits
from tests.extraction.reading import MAILS, corpora

LIMITS = Limits(parts=100_000, part_depth=100)
# Where the standard library leaves encoded mails closed, stops at padding or takes parts for text.
IT_READS_WORSE = {
    "attached-base64",
    "attached-quoted-printable",
    "boundary-missing",
    "boundary-two-types",
    "boundary-wrong",
    "cte-comment",
    "cte-doubled",
    "cte-trailing-space",
    "header-no-colon",
    "multipart-base64",
    "quoted-printable-breaks",
    "smime-signed",
    "smime-signed-streamed",
}
# Share of the mails of the corpora that it reads in such a way, each looked at.
MOST_DIFFERENT = 0.05


def ours(raw: bytes, path: str = "", level: int = 0) -> Iterator[bytes]:
    for part in leaves_of(Walk(LIMITS), raw, read_headers(raw, LIMITS), path):
        if part.type.startswith("message/") and level < 12:
            yield from ours(part.content, part.path, level + 1)
        yield part.content
        yield part.other


def theirs(raw: bytes) -> Iterator[bytes]:
    for part in email.message_from_bytes(raw).walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            yield payload if isinstance(payload, bytes) else b""


def missed(path: Path) -> list[bytes]:
    raw = path.read_bytes()
    found = b"|".join(b"".join(content.split()) for content in ours(raw))
    leaves = [b"".join(leaf.split()) for leaf in theirs(raw)]
    return [leaf for leaf in leaves if leaf not in found]


def mails() -> list[Path]:
    return [path for path in corpora() if path.suffix == ".eml"]


def test_every_leaf_that_the_standard_library_finds_is_found() -> None:
    different = [path.stem for path in mails() if missed(path)]

    if mails()[0].parent == MAILS:
        assert set(different) == IT_READS_WORSE
    else:
        assert len(different) <= len(mails()) * MOST_DIFFERENT, different


def test_every_subject_that_the_standard_library_reads_is_read() -> None:
    different = []
    for path in mails():
        raw = path.read_bytes()
        subject = email.message_from_bytes(raw).get("subject")
        if isinstance(subject, str) and subject.isascii() and subject.isprintable() and "=?" not in subject:
            mine = read_headers(raw, LIMITS).get("subject")
            if "".join(mine.split()) != "".join(subject.split()):
                different.append((path.name, subject, mine))

    assert different == []
