"""Texts as files: a zip with `de/received.txt`, and `de/received.html` where somebody wrote the HTML himself.

A `.txt` file begins with `Subject: ...`, then an empty line and the plain text, like those that ship.
"""

import io
import re
import zipfile
from dataclasses import dataclass

from notifications import editing
from notifications.forms import TemplateForm
from notifications.kinds import KINDS
from notifications.models import Template
from notifications.texts import text_of

NAME = re.compile(r"([a-z]{2})/([a-z_]{1,40})\.(txt|html)")
MOST_FILES, MOST_BYTES = 1000, 200 * 1024


class NoTexts(ValueError):
    """The upload cannot be read, in words."""


@dataclass(frozen=True)
class Imported:
    """How many texts were changed, and the faults by file; a text with a fault stays as it was."""

    changed: int
    faults: list[str]


def exported() -> bytes:
    """Every text as it is in use."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in Template.objects.all():
            archive.writestr(f"{row.language}/{row.kind}.txt", f"Subject: {row.subject}\n\n{row.body_text}")
            if row.body_html.strip():
                archive.writestr(f"{row.language}/{row.kind}.html", row.body_html)
    return written.getvalue()


def imported(upload: bytes, author: str) -> Imported:
    """Take over the texts that differ, each by the rules of the page. Raises NoTexts."""
    texts = contents(upload)
    changed, faults = 0, []
    for language, kind in sorted({(language, kind) for language, kind, _ in texts}):
        row = Template.objects.filter(language=language, kind=kind).first()
        if row is None or kind not in KINDS:
            faults.append(f"{language}/{kind}: there is no such text")
            continue
        before = text_of(row).digest
        form = TemplateForm(values(texts, row), instance=row)
        if not form.is_valid():
            faults += [f"{language}/{kind}: {field}: {fault}" for field, all in form.errors.items() for fault in all]
        elif text_of(form.instance).digest != before:
            editing.save(form.instance, author)
            changed += 1
    return Imported(changed, faults)


def values(texts: dict[tuple[str, str, str], str], row: Template) -> dict[str, object]:
    """What the page would send for the text; a file that is missing leaves its part as it is."""
    plain = texts.get((row.language, row.kind, "txt"))
    subject, body = (row.subject, row.body_text) if plain is None else split(plain)
    html = texts.get((row.language, row.kind, "html"), row.body_html if plain is None else "")
    return {"enabled": row.enabled, "subject": subject, "body_text": body, "body_html": html}


def split(text: str) -> tuple[str, str]:
    first, _, body = text.replace("\r\n", "\n").partition("\n")
    return first.removeprefix("Subject:").strip(), body.strip() + "\n"


def contents(upload: bytes) -> dict[tuple[str, str, str], str]:
    """The files of the zip by language, kind and ending. Raises NoTexts for anything else in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(upload)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) > MOST_FILES:
                raise NoTexts("The zip holds too many files.")
            return {named(info): archive.read(info).decode("utf-8-sig") for info in members}
    except (zipfile.BadZipFile, UnicodeDecodeError, RuntimeError) as error:
        raise NoTexts(f"This is no zip with texts in UTF-8: {error}") from error


def named(info: zipfile.ZipInfo) -> tuple[str, str, str]:
    match = NAME.fullmatch(info.filename)
    if match is None:
        raise NoTexts(f"{info.filename[:100]} is not named like de/received.txt.")
    if info.file_size > MOST_BYTES:
        raise NoTexts(f"{info.filename} is too large.")
    return match[1], match[2], match[3]
