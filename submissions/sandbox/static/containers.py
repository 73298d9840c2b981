"""Archives and disk images: their members, and what the container itself tells."""

import re
from collections.abc import Iterator

from submissions.extraction.file_types import extension
from submissions.extraction.inside import look_inside
from submissions.extraction.types import MEBIBYTE, Inside, Limits
from submissions.sandbox.static.findings import FileExam, Finding
from submissions.sandbox.static.names import RUNS_BY_NAME

# Members are files of their own to the extraction; here they only say what the container is good for.
LIMITS = Limits(archive_entries=200, archive_bytes=64 * MEBIBYTE, file_bytes=16 * MEBIBYTE, archive_depth=2)

ARCHIVES = frozenset(
    {
        "application/zip", "application/java-archive", "application/x-7z-compressed", "application/x-rar",
        "application/x-tar", "application/x-cpio", "application/x-archive", "application/x-xar",
        "application/x-lzh-compressed", "application/vnd.ms-cab-compressed", "application/x-iso9660-image",
        "application/gzip", "application/x-bzip2", "application/x-xz", "application/x-lzma", "application/x-lzip",
        "application/x-lz4", "application/zstd", "application/x-compress",
    }
)  # fmt: skip
_PACKED = re.compile(r"\.(?:zip|rar|7z|iso|img|vhdx?|gz|tar|cab|ace)$", re.IGNORECASE)


def is_container(file_type: str) -> bool:
    """Whether files of this type hold others that can be taken out here."""
    return file_type in ARCHIVES


def open_container(exam: FileExam) -> Inside:
    """The members of an archive or image, within limits of our own."""
    passwords = (exam.password,) if exam.password else ()
    return look_inside(exam.content, exam.type, exam.name, limits=LIMITS, passwords=passwords)


def container_signs(exam: FileExam, inside: Inside) -> Iterator[Finding]:
    """Signs in the list of members and in what went wrong with it."""
    running = [member.name for member in inside.members if extension(member.name) in RUNS_BY_NAME]
    if running:
        yield Finding("container-program", running[0])
    if any(_PACKED.search(member.name) for member in inside.members):
        yield Finding("archive-nested")
    for problem in inside.problems:
        yield from _problem(problem.code, problem.path)
    if not inside.members and not inside.problems:
        yield Finding("empty", "the archive holds no files")


def _problem(code: str, name: str) -> Iterator[Finding]:
    if code == "locked":
        yield Finding("locked", name)
        if extension(name) in RUNS_BY_NAME:
            yield Finding("locked-program", name)
    elif code == "limit-ratio":
        yield Finding("archive-bomb", name)
        yield Finding("not-all-checked", name)
    elif code == "overlap":
        yield Finding("archive-mangled", name)
        yield Finding("not-all-checked", name)
    elif code.startswith("limit-"):
        yield Finding("not-all-checked", name)
    else:
        yield Finding("unreadable", f"{code} {name}".strip())
