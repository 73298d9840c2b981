"""Shortcuts and other files that only point to something else."""

import re
from collections.abc import Iterator

from submissions.extraction.file_types import extension
from submissions.extraction.inside import look_inside
from submissions.extraction.type_of_text import decoded
from submissions.extraction.types import Limits
from submissions.sandbox.static.findings import FileExam, Finding
from submissions.sandbox.static.names import RUNS_BY_NAME

_LIMITS = Limits()
_COMMANDS = re.compile(
    r"\b(?:cmd|powershell|pwsh|mshta|wscript|cscript|rundll32|regsvr32|msiexec|certutil|bitsadmin|forfiles|conhost|curl"
    r"|explorer|wmic|hh|installutil|msbuild|scriptrunner|pcalua|ftp|ssh|odbcconf|bash|wsl|control)(?:\.exe|\b(?=\s+[/\-]))",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"https?://|\\\\[\w.-]+(?:@\w+)?\\", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\xa0]{40,}")
_DOCUMENT_ICON = re.compile(
    r"icon: .*(?:\.pdf|\.docx?|\.xlsx?|acrord32|acrobat|msedge|winword|excel|wordicon|imageres\.dll|shell32\.dll"
    r"|notepad)",
    re.IGNORECASE,
)
_LONG_ARGUMENTS = 260
_SHARE = re.compile(r"^(?:file:|\\\\|//)", re.IGNORECASE)
_INI = re.compile(r"^\s*(url|iconfile|workingdirectory)\s*=\s*(\S[^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_REMOTE = re.compile(r"\\\\[\w.-]+(?:@\w+)*\\|//[\w.-]+@(?:ssl|\d+)", re.IGNORECASE)


def shell_link(exam: FileExam) -> Iterator[Finding]:
    """What a .lnk file would start, and how it hides that ([MS-SHLLINK])."""
    inside = look_inside(exam.content, exam.type, exam.name, limits=_LIMITS, passwords=())
    text = inside.text
    arguments = next((line for line in text.split("\n") if line.startswith("arguments: ")), "")
    command = _COMMANDS.search(text)
    if command:
        yield Finding("shortcut-command", f"{command[0]} {' '.join(arguments.removeprefix('arguments: ').split())}")
    if len(arguments) > _LONG_ARGUMENTS or _BLANKS.search(arguments):
        yield Finding("shortcut-hidden-arguments", f"{len(arguments)} characters")
    if _ELSEWHERE.search(arguments) or any(_ELSEWHERE.search(link.url) for link in inside.links):
        yield Finding("shortcut-downloads", inside.links[0].url if inside.links else "")
    if _DOCUMENT_ICON.search(text):
        yield Finding("shortcut-disguised")
    if "appended-data" in inside.notes:
        yield Finding("shortcut-data", f"{len(exam.content)} bytes")


def internet_shortcut(exam: FileExam) -> Iterator[Finding]:
    """Where a .url file leads: a share runs what it holds, and its icon is fetched unasked."""
    for key, target in _targets(exam.content):
        if _SHARE.match(target):
            yield Finding("link-file-share", target)
        elif key == "url" and extension(target.partition("?")[0]) in RUNS_BY_NAME - {"com", "app"}:
            yield Finding("link-file-program", target)


def pointing_file(exam: FileExam) -> Iterator[Finding]:
    """Other small files of Windows that name a place on another computer."""
    found = _REMOTE.search(decoded(exam.content))
    if found:
        yield Finding("link-file-share", found[0])


def _targets(content: bytes) -> list[tuple[str, str]]:
    return [(match[1].lower(), match[2].strip()) for match in _INI.finditer(decoded(content))]
