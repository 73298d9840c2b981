"""The words of a language that stand between an administrator's text and the values in it."""

import json
import re
from functools import cache
from pathlib import Path

DEFAULTS = Path(__file__).parent / "defaults"
LANGUAGES = tuple(sorted(path.name for path in DEFAULTS.iterdir() if (path / "words.json").is_file()))
RIGHT_TO_LEFT = frozenset(("ar",))
ENGLISH = "en"


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
    amount = re.fullmatch(r"(\d+) (minutes|hours)", value)
    if amount:
        return words[f"{{}} {amount[2]}"].format(amount[1])
    if dated := re.fullmatch(r"result of (.{1,20}), reused", value):
        return words["result of {}, reused"].format(dated[1])
    found = words.get(value.lower())
    if found is None:
        return value
    return found[:1].upper() + found[1:] if value[:1].isupper() else found


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
