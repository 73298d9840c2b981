"""What Joe Sandbox keeps about an analysis as files: reports, screenshots, the IOC list.

Of the IOC list only `urlinfo.url[]` with `@name` and `@malicious` was seen in recorded answers; its other sections
are taken to look the same, and are passed over where they do not.
"""

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, TypeVar

from submissions.sandbox.base import Download, Evidence, Indicator, SandboxError
from submissions.sandbox.http import MEBIBYTE
from submissions.sandbox.joe_account import JoeAccount
from submissions.sandbox.joe_questions import read
from submissions.sandbox.pictures import screenshots
from submissions.sandbox.reading import TEXT_LENGTH, mapping, nonsense

FORMATS = {"html": "text/html", "pdf": "application/pdf", "iocjson": "application/json"}
MOST_BYTES = {
    "html": 64 * MEBIBYTE,
    "pdf": 64 * MEBIBYTE,
    "iocjson": 8 * MEBIBYTE,
    "shoots": 32 * MEBIBYTE,
}
MOST_INDICATORS = 500

T = TypeVar("T")


def download(account: JoeAccount, external_id: str, report_format: str) -> Download:
    """One report, received on disk: it is handed on only when it is whole."""
    if report_format not in FORMATS:
        raise SandboxError(f"no such report: {report_format}", kind="unsupported", permanent=True)
    file = fetched(account, external_id, report_format)
    check_report(file, report_format)
    extension = "json" if report_format == "iocjson" else report_format
    return Download(f"joe-{external_id}.{extension}", FORMATS[report_format], file)


def evidence(account: JoeAccount, external_id: str) -> Evidence:
    pictures, left = within(account, external_id, "shoots", screenshots)
    found, more = within(account, external_id, "iocjson", indicators)
    return Evidence(pictures, found, left + more)


def within(
    account: JoeAccount, external_id: str, kind: str, reader: Callable[[IO[bytes]], tuple[tuple[T, ...], int]]
) -> tuple[tuple[T, ...], int]:
    """What the file holds; nothing where the server says that there is none."""
    try:
        with fetched(account, external_id, kind) as file:
            return reader(file)
    except SandboxError as error:
        if error.kind != "invalid":
            raise
        return (), 0


def fetched(account: JoeAccount, external_id: str, kind: str) -> IO[bytes]:
    """The file, rewound; whoever takes it closes it."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", external_id):
        raise SandboxError("no such analysis", kind="unsupported", permanent=True)
    file = SpooledTemporaryFile(max_size=MEBIBYTE)  # noqa: SIM115 it is handed on open
    try:
        read(
            account,
            lambda client: client.analysis_download(external_id, kind),
            max_bytes=MOST_BYTES[kind],
            into=file,
        )
    except SandboxError:
        file.close()
        raise
    file.seek(0)
    return file


def check_report(file: IO[bytes], report_format: str) -> None:
    """Rewind the file, or close it and raise SandboxError when it is not what it was asked as."""
    good = is_what_it_says(file, report_format)
    file.seek(0)
    if not good:
        file.close()
        raise nonsense(f"this is no {report_format} report")


def is_what_it_says(file: IO[bytes], report_format: str) -> bool:
    if report_format != "iocjson":
        begin = file.read(5)
        return begin == b"%PDF-" if report_format == "pdf" else bool(begin)
    try:
        ioc_list(file)
    except SandboxError:
        return False
    return True


def ioc_list(file: IO[bytes]) -> dict[str, object]:
    try:
        return mapping(mapping(json.load(file), "report").get("analysis"), "analysis")
    except (ValueError, RecursionError):
        raise nonsense("the IOC list is no JSON") from None


def indicators(file: IO[bytes]) -> tuple[tuple[Indicator, ...], int]:
    """The first ones, each once and malicious ones first, and how many more there are."""
    found = sorted(dict.fromkeys(_indicators(ioc_list(file))), key=lambda one: not one.malicious)
    return tuple(found[:MOST_INDICATORS]), len(found[MOST_INDICATORS:])


def _indicators(analysis: dict[str, object]) -> Iterator[Indicator]:
    for name, section in analysis.items():
        if not name.endswith("info") or not isinstance(section, dict):
            continue
        for kind, entries in section.items():
            for entry in entries if isinstance(entries, list) else [entries]:
                yield from _indicator(kind, entry)


def _indicator(kind: str, entry: object) -> Iterator[Indicator]:
    if not isinstance(entry, dict):
        return
    named = (entry.get(name) for name in ("@name", "@ip"))
    for value in islice((one for one in named if isinstance(one, str) and one), 1):
        malicious = str(entry.get("@malicious")).lower() == "true"
        yield Indicator(kind[:40], value[:TEXT_LENGTH], malicious)
