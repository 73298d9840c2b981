"""What the name of a file tells, and whether its content keeps that promise."""

import re
from collections.abc import Iterator

from submissions.extraction.file_types import extension
from submissions.sandbox.static.findings import FileExam, Finding


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060-\u2064\ufeff\u3164\u2800]")
_PADDED = re.compile(r"[\s\u00a0\u2000-\u200a\u3000_.]{12,}\.\w{1,10}\s*$")

RUNS_BY_NAME = frozenset(
    [
        "exe",
        "scr",
        "com",
        "pif",
        "bat",
        "cmd",
        "vbs",
        "vbe",
        "js",
        "jse",
        "wsf",
        "wsh",
        "hta",
        "ps1",
        "psm1",
        "msi",
        "msp",
        "msix",
        "appx",
        "appxbundle",
        "msixbundle",
        "appinstaller",
        "lnk",
        "jar",
        "jnlp",
        "cpl",
        "dll",
        "reg",
        "chm",
        "hlp",
        "xll",
        "settingcontent-ms",
        "library-ms",
        "search-ms",
        "searchconnector-ms",
        "diagcab",
        "apk",
        "application",
        "appref-ms",
        "gadget",
        "scf",
        "sct",
        "wsc",
        "ocx",
        "sys",
        "msc",
        "mst",
        "ade",
        "adp",
        "accde",
        "mde",
        "mda",
        "theme",
        "themepack",
        "command",
        "app",
    ]
)
_PAPER = frozenset(
    [
        "pdf",
        "doc",
        "docx",
        "xls",
        "xlsx",
        "ppt",
        "pptx",
        "txt",
        "csv",
        "rtf",
        "odt",
        "jpg",
        "jpeg",
        "png",
        "gif",
        "bmp",
        "tif",
        "tiff",
        "mp3",
        "mp4",
        "wav",
        "zip",
    ]
)
_PICTURES = _words("jpg jpeg png gif bmp webp tif tiff ico heic")

# The types that a name may promise, by beginning; text is checked only against what is no text.
_PROMISES: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (frozenset({"pdf"}), ("application/pdf",)),
    (_PICTURES, ("image/", "application/octet-stream")),
    (_words("docx docm dotx xlsx xlsm xlsb pptx pptm"), ("application/vnd.", "application/encrypted")),
    (
        _words("doc dot xls xlt ppt pps"),
        ("application/vnd.", "application/msword", "application/rtf", "application/x-ole", "application/encrypted"),
    ),
    (frozenset(["txt", "log", "csv"]), ("text/", "message/", "application/json", "application/x-empty")),
    (frozenset(["mp3", "wav", "ogg"]), ("audio/",)),
    (frozenset(["mp4", "mov", "avi", "mkv"]), ("video/",)),
)


def name_signs(exam: FileExam) -> Iterator[Finding]:
    """Signs in the name alone, also those that were noted before the name was cleaned."""
    name = exam.name
    ending = extension(name)
    if "name-bidi" in exam.notes or _DIRECTION.search(name):
        yield Finding("name-direction", name)
    elif "name-invisible" in exam.notes or _INVISIBLE.search(name):
        yield Finding("name-invisible", name)
    if "double-extension" in exam.notes or _is_double(name, ending):
        yield Finding("name-double-extension", name)
    if _PADDED.search(name):
        yield Finding("name-padded", " ".join(name.split()))


def _is_double(name: str, ending: str) -> bool:
    before = extension(name.rstrip(". ").rpartition(".")[0])
    return ending in RUNS_BY_NAME | {"html", "htm", "shtml", "svg", "iso", "img", "one"} and before in _PAPER


def promise_signs(exam: FileExam, *, runs: bool) -> Iterator[Finding]:
    """Signs in name and content together; `runs` says that the content runs something when opened."""
    ending = extension(exam.name)
    if ending in RUNS_BY_NAME and not runs:
        yield Finding("name-runs", f".{ending}")
    promised = next((types for endings, types in _PROMISES if ending in endings), None)
    if promised is None or exam.type.startswith(promised):
        return
    is_active = runs or exam.type in ("text/html", "application/hta", "application/x-mswinurl", "image/svg+xml")
    if is_active and not _is_exported_table(exam, ending):
        yield Finding("type-disguised", f"named .{ending}, but it is {exam.type}")


def _is_exported_table(exam: FileExam, ending: str) -> bool:
    """Many programs export a table as HTML under the name .xls."""
    return exam.type == "text/html" and ending in ("xls", "doc") and b"<table" in exam.content[:65536].lower()
