"""File names from hostile headers: what to show, what to store, and what is odd about them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from submissions.extraction.file_types import extension, risky_extension

LONGEST = 255


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CARRIERS = _words("zip 7z rar gz tar bz2 xz arj lzh z tgz doc xls ppt docx xlsx pptx pdf eml msg")
_HARMLESS = _words("txt jpg jpeg png gif bmp webp ico csv ics vcf log mp3 wav mp4 mov")
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Zl", "Zp"}
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_WORD = re.compile(r"[\w -]{1,10}")


@dataclass(frozen=True, slots=True)
class Name:
    """`shown` is safe to print and to store under, `given` are the names as the mail has them, `notes` its oddities."""

    shown: str
    given: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def choose(given: Sequence[str], fallback: str) -> Name:
    """One name out of several: the riskiest extension decides, for the attacker picks the one that is opened."""
    distinct = tuple(dict.fromkeys(name for name in given if name.strip()))
    if not distinct:
        return Name(fallback)
    cleaned = [clean(name) for name in distinct]
    best = max(range(len(cleaned)), key=lambda index: (_risk(cleaned[index]), -index))
    notes = dict.fromkeys(note for name in distinct for note in _oddities(name))
    if len(set(cleaned)) > 1:
        notes["two-names"] = None
    return Name(cleaned[best] or fallback, distinct, tuple(notes))


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
    if risky_extension(name):
        return 4
    if last in _HARMLESS:
        return 1
    return 2 if last else 0


def _oddities(name: str) -> list[str]:
    notes = []
    if _BIDI.search(name):
        notes.append("name-bidi")
    elif not name.isascii() and any(unicodedata.category(char) in _INVISIBLE for char in name):
        notes.append("name-invisible")
    if any(char < " " or char == "\x7f" for char in name):
        notes.append("name-control")
    if "/" in name or "\\" in name:
        notes.append("name-path")
    if name != name.rstrip(". \t"):
        notes.append("name-trailing")
    if _DEVICE.fullmatch(clean(name)):
        notes.append("name-device")
    if len(name) > LONGEST:
        notes.append("name-long")
    if _is_double(clean(name)):
        notes.append("double-extension")
    return notes


def _is_double(name: str) -> bool:
    """`invoice.pdf.exe`: a known harmless or document extension before a dangerous one."""
    stem = name.rstrip(". ").rpartition(".")[0]
    return risky_extension(name) and extension(name) not in _CARRIERS and extension(stem) in (_CARRIERS | _HARMLESS)
