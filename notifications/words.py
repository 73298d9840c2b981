"""The words of a language that stand between an administrator's text and the values in it."""

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path

from django.utils.formats import date_format
from django.utils.translation import override

DEFAULTS = Path(__file__).parent / "defaults"
LANGUAGES = tuple(sorted(path.name for path in DEFAULTS.iterdir() if (path / "words.json").is_file()))
RIGHT_TO_LEFT = frozenset(("ar",))
ENGLISH = "en"
# Values of ours with something in them, and the words for each.
FORMS = (
    (re.compile(r"(\d+) minutes"), "{} minutes"),
    (re.compile(r"(\d+) hours"), "{} hours"),
    (re.compile(r"result of (.{1,20}), reused"), "result of {}, reused"),
    (re.compile(r"The mail is larger than (\d+) MB\."), "the mail is larger than {} mb."),
)


@cache
def vocabulary(language: str) -> dict[str, str]:
    """The words of the language by their English form in lower case."""
    folder = DEFAULTS / (language if language in LANGUAGES else ENGLISH)
    return dict(json.loads((folder / "words.json").read_text(encoding="utf-8")))


def word(language: str, english: str, *numbers: str) -> str:
    return vocabulary(language)[english].format(*numbers)


def translated(language: str, value: str) -> str:
    """A value of ours (a verdict, a type, a length of time, a dated result) in the language; any other as it is."""
    words = vocabulary(language)
    for form, key in FORMS:
        if found := form.fullmatch(value):
            return capitalised(words[key].format(dated(language, found[1])), value)
    known = words.get(value.lower())
    return value if known is None else capitalised(known, value)


def capitalised(words: str, like: str) -> str:
    return words[:1].upper() + words[1:] if like[:1].isupper() else words


def plainly(language: str, reason: str, plain: str) -> str:
    """The reason for an item: in full for readers of English, in the plain words that are translated for others."""
    if language == ENGLISH or not plain:
        return translated(language, reason)
    return "; ".join(dict.fromkeys(translated(language, part) for part in plain.split("; ")))


def dated(language: str, text: str) -> str:
    """A day of ours (`22 Nov 2026`) as it is written in the language; anything else as it is."""
    try:
        day = datetime.strptime(text, "%d %b %Y").date()
    except ValueError:
        return text
    if language == ENGLISH:
        return text
    with override(language):
        return date_format(day, "DATE_FORMAT")


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
