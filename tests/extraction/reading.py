"""Mails kept as files, and what the extractor finds in them."""

import os
from pathlib import Path

from submissions.extraction.extract import extract
from submissions.extraction.types import ExtractedMail, Limits

MAILS = Path(__file__).resolve().parent.parent / "mails"
ROOT = MAILS.parent.parent
TOOL = b"MZ" + bytes(range(256)) * 3
COMPOUND_FILE = b"\xd0\xcf\x11\xe0"
PHISH_LINK = "http://login.evil.example/bank"


def raw(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


def extracted(name: str, limits: Limits | None = None) -> ExtractedMail:
    return extract(raw(name), limits or Limits())


def links(mail: ExtractedMail) -> list[str]:
    return [url.url for url in mail.urls]


def corpora() -> list[Path]:
    """The files of the shared corpora, when they lie beside the project; else the mails of the project."""
    folder = Path(os.environ.get("CORPORA", ROOT.parent / "shared" / "corpora"))
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    return files or sorted(MAILS.glob("*.eml"))


def corpora_name() -> str:
    """What `corpora` gives: to be told beside every figure."""
    return "the project's own tests/mails" if corpora()[0].parent == MAILS else "the shared corpora"


def mails_of_corpora() -> list[tuple[Path, bytes]]:
    """Those files that are mails (RFC 5322) by their names; `.msg` is also what Outlook calls its own format."""
    named = [path for path in corpora() if path.suffix in (".eml", ".msg", ".mime", ".txt")]
    read = [(path, path.read_bytes()) for path in named]
    return [(path, raw) for path, raw in read if not raw.startswith(COMPOUND_FILE)]
