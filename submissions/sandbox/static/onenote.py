"""OneNote sections: what is attached to the page."""

from collections.abc import Iterator

from submissions.extraction import file_types
from submissions.extraction.inside import look_inside
from submissions.extraction.types import Limits
from submissions.sandbox.static.findings import FileExam, Finding

_PROGRAMS = (
    "application/x-dosexec", "application/x-ms-", "application/hta", "text/javascript", "text/vbscript",
    "text/x-powershell", "text/x-msdos-batch", "text/x-ms-", "application/java-archive", "application/x-mswinurl",
    "application/x-msi", "application/vnd.ms-htmlhelp", "text/html",
)  # fmt: skip
_LIMITS = Limits(archive_entries=100)


def notebook(exam: FileExam) -> Iterator[Finding]:
    """Attached programs run with two clicks, and no mark tells Windows where they come from."""
    inside = look_inside(exam.content, exam.type, exam.name, limits=_LIMITS, passwords=())
    types = [file_types.detect(member.content, member.name) for member in inside.members]
    for file_type in types:
        if file_type.startswith(_PROGRAMS):
            yield Finding("onenote-program", file_type)
        elif not file_type.startswith("image/"):
            yield Finding("onenote-file", file_type)
