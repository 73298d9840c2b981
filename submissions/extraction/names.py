"""File names from hostile headers: what to show, what to store, and what is odd about them."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from submissions.extraction.file_types import RISKY_EXTENSIONS, extension

LONGEST = 255


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CARRIERS = _words("zip 7z rar gz tar bz2 xz arj lzh z tgz doc xls ppt docx xlsx pptx pdf eml msg")
_HARMLESS = _words("txt jpg jpeg png gif bmp webp ico csv ics vcf log mp3 wav mp4 mov")
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Zl", "Zp"}
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_WORD = re.compile(r"[\w -]{1,10}")


class Name(NamedTuple):
    """`shown` is safe to print and to store under, `given` are the names as the mail has them, `notes` its oddities."""

    shown: str
    given: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def choose(given: Sequence[str], fallback: str) -> Name:
    """One name out of several: the riskiest extension decides, for the attacker picks the one that is opened."""
    cleaned = {name: clean(name) for name in given if name.strip()}
    if not cleaned:
        return Name(fallback)
    notes = dict.fromkeys([note for name, shown in cleaned.items() for note in _oddities(name, shown)])
    if len(set(cleaned.values())) > 1:
        notes["two-names"] = None
    return Name(max(cleaned.values(), key=_risk) or fallback, tuple(cleaned), tuple(notes))


def clean(name: str) -> str:
    """The last part of a path, without invisible and control characters, not longer than 255 characters."""
    if not name.isascii() or not name.isprintable():
        name = "".join(char for char in name if unicodedata.category(char) not in _INVISIBLE)
    name = name.replace("\\", "/").rpartition("/")[2].rstrip(". ").strip()
    if len(name) > LONGEST:
        stem, dot, last = name.rpartition(".")
        name = stem[: LONGEST - len(last) - 1] + dot + last if dot and len(last) < 20 else name[:LONGEST]
    return "" if name in (".", "..") else name


def _risk(name: str) -> int:
    last = extension(name)
    if last in _CARRIERS:
        return 3
    if last in RISKY_EXTENSIONS:
        return 4
    if last in _HARMLESS:
        return 1
    return 2 if last else 0


def _oddities(name: str, shown: str) -> list[str]:
    notes = []
    if _BIDI.search(name):
        notes.append("name-bidi")
    elif not name.isascii() and any(unicodedata.category(char) in _INVISIBLE for char in name):
        notes.append("name-invisible")
    if _CONTROL.search(name):
        notes.append("name-control")
    if "/" in name or "\\" in name:
        notes.append("name-path")
    if name != name.rstrip(". \t"):
        notes.append("name-trailing")
    if _DEVICE.fullmatch(shown):
        notes.append("name-device")
    if len(name) > LONGEST:
        notes.append("name-long")
    if _is_double(shown):
        notes.append("double-extension")
    return notes


def _is_double(name: str) -> bool:
    """`invoice.pdf.exe`: a known harmless or document extension before a dangerous one."""
    last, stem = extension(name), name.rstrip(". ").rpartition(".")[0]
    return last in RISKY_EXTENSIONS and last not in _CARRIERS and extension(stem) in (_CARRIERS | _HARMLESS)
