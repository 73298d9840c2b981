"""Windows programs: only what is plain to see, for a program by mail is bad enough by itself."""

import re
from collections.abc import Iterator

from submissions.sandbox.static.findings import FileExam, Finding

_PACKERS = re.compile(rb"UPX[0-9!]|\.aspack|\.MPRESS1|\.themida|\.vmp0|PECompact2|\.petite|_winzip_|Nullsoft|7zS\.sfx")
_HEADER = 4096


def windows_program(exam: FileExam) -> Iterator[Finding]:
    """Packed programs, and files that begin like a program but are none ([PE format])."""
    start = int.from_bytes(exam.content[60:64], "little")
    if exam.content[start : start + 4] != b"PE\0\0":
        yield Finding("program-odd", "no complete program header")
        return
    packer = _PACKERS.search(exam.content[: start + _HEADER])
    if packer:
        yield Finding("program-odd", f"marks of {packer[0].decode('ascii', 'replace').strip('.')}")
