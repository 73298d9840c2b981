"""One file, seen by everything that the static engine has for its type, and what is inside it likewise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import yara_x

from submissions.extraction import file_types
from submissions.extraction.file_types import extension
from submissions.sandbox.static import containers, kinds
from submissions.sandbox.static.findings import FileExam, Finding
from submissions.sandbox.static.macros import macro_signs
from submissions.sandbox.static.names import name_signs, promise_signs
from submissions.sandbox.static.rules import RULES
from submissions.sandbox.static.yara_rules import OWN_RULES, yara_signs

# https://www.eicar.org/download-anti-malware-testfile/; put together so that this module is no test file itself.
_EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_EICAR_PLACE = 128
_APPENDED = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|PK\x03\x04.{22}[\x01-\xff]\x00")
_OFFICE_NAMES = frozenset(
    "doc dot docx docm xls xlt xlsx xlsm ppt pps pptx rtf mht mhtml".split()  # noqa: SIM905
)
_OFFICE_TEXTS = ("message/", "text/", "application/xml", "multipart/")
_FLAT = "application/vnd.ms-office+xml"


@dataclass(frozen=True, slots=True)
class Search:
    """How far one examination goes: rules beside our own, levels of containers left, complaints about rules."""

    rules: tuple[yara_x.Rules, ...] = (OWN_RULES,)
    complaints: tuple[str, ...] = ()
    depth: int = field(default=containers.LIMITS.archive_depth)


def file_findings(exam: FileExam, search: Search) -> Iterator[Finding]:
    """Every finding on one file and on what it holds. `exam.type` may be empty: the type is detected again."""
    if not exam.content:
        yield Finding("empty")
        return
    exam = replace(exam, type=file_types.detect(exam.content, exam.name))
    for complaint in search.complaints:
        yield Finding("yara-rules-broken", complaint)
    yield from _every_file(exam, search)
    known = list(_by_type(exam, search))
    yield from known
    if not known and not _may_be_clean(exam.type):
        yield Finding("unknown-type", exam.type)


def _every_file(exam: FileExam, search: Search) -> Iterator[Finding]:
    yield from name_signs(exam)
    yield from promise_signs(exam, runs=kinds.runs(exam.type))
    if _EICAR in exam.content[:_EICAR_PLACE]:
        yield Finding("test-virus", threat="EICAR-Test-File")
    for rules in search.rules:
        yield from yara_signs(exam.content, rules)


def _by_type(exam: FileExam, search: Search) -> Iterator[Finding]:
    rule = kinds.BY_TYPE.get(exam.type)
    if rule:
        yield Finding(rule, exam.name)
    for detector in kinds.detectors(exam.type):
        yield from detector(exam)
    if exam.type.startswith("image/") and _APPENDED.search(exam.content, 64):
        yield Finding("archive-appended")
    if exam.type == _FLAT or (exam.type.startswith(_OFFICE_TEXTS) and extension(exam.name) in _OFFICE_NAMES):
        yield from macro_signs(exam.content, exam.name)
    if exam.type in ("application/pkcs7-mime", "application/pgp-encrypted"):
        yield Finding("locked", "encrypted mail")
    if containers.is_container(exam.type):
        yield from _inside(exam, search)
    if exam.type.startswith(kinds.MAIL):
        yield Finding("parts-checked-apart")


def _inside(exam: FileExam, search: Search) -> Iterator[Finding]:
    inside = containers.open_container(exam)
    yield from containers.container_signs(exam, inside)
    if search.depth == 0:
        if inside.members:
            yield Finding("not-all-checked", "archives within archives")
        return
    deeper = replace(search, complaints=(), depth=search.depth - 1)
    for member in inside.members:
        if member.content:
            within = FileExam(member.content, "", member.name, exam.password, member.notes)
            yield from (_of_member(finding, member.name) for finding in file_findings(within, deeper))


def _of_member(finding: Finding, name: str) -> Finding:
    """What is wrong with a member is wrong with its container; what is harmless there is no reason here."""
    detail = finding.detail if name in finding.detail else f"{name} {finding.detail}".strip()
    return replace(finding, detail=detail)


def _may_be_clean(file_type: str) -> bool:
    """Whether finding nothing means something for this type."""
    if file_type == _FLAT or containers.is_container(file_type):
        return True
    return bool(kinds.detectors(file_type)) or file_type.startswith(kinds.HARMLESS)


def is_incomplete(finding: Finding) -> bool:
    """Whether something was left unseen."""
    return RULES[finding.rule].incomplete
