"""Lines like `On 28/10/2026 12:46, "John Doe" <john@acme.example> wrote:` above a quoted text, in any language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from submissions.extraction.forward_lines import Line
from submissions.extraction.forward_values import sender_of
from submissions.extraction.forward_words import WROTE

LINES_AT_MOST = 3
LONGEST = 400
LONGEST_DATE = 45
_ADDRESS = re.compile(r"[<\[(]\s*(?:mailto:)?[^\s<>()\[\]@]{1,64}@[^\s<>()\[\]@]{1,255}\s*[>\])]+")
_DIGITS = re.compile(r"\d+")
_HALF_OF_DAY = re.compile(r"\s?[AaPp]\.?[Mm]\b\.?")
_QUOTED = re.compile(r"[\"“„«»「]\s*([^\"“”„«»「」]{1,100}?)\s*[\"”“»«」]$")
_NAME = re.compile(r"((?:[^\W\d_][^\s,;:]*\s+){1,4})$")


@dataclass(frozen=True, slots=True)
class Attribution:
    """`first` is its line, `after` the line below it."""

    name: str
    address: str
    date: str
    first: int
    after: int


def attribution(lines: Sequence[Line]) -> Attribution | None:
    """The first attribution of a body; it may be wrapped over three lines."""
    for number, line in enumerate(lines):
        if not _DIGITS.search(line.text) and "@" not in line.text:
            continue
        for count in range(1, LINES_AT_MOST + 1):
            text = " ".join(one.text for one in lines[number : number + count])
            if len(text) > LONGEST:
                break
            if text.endswith((":", "：")):
                found = _read(text, number, number + count)
                if found is not None:
                    return found
    return None


def _read(text: str, first: int, after: int) -> Attribution | None:
    if len(_DIGITS.findall(text)) < 3:
        return None
    address = _ADDRESS.search(text)
    if address is None:
        verb = next((verb for verb in WROTE if verb in text.casefold()), "")
        name = _before_verb(text, verb) if verb else ""
        return Attribution(name, "", _date(text), first, after) if name else None
    before = text[: address.start()].rstrip(" (<[")
    quoted = _QUOTED.search(before)
    name = quoted[1] if quoted else _last_words(_HALF_OF_DAY.sub("", before))
    date = _date(before) or _date(text[address.end() :])
    return Attribution(name, sender_of(address[0])[1], date, first, after)


def _date(text: str) -> str:
    """From the first digit to the last one near it, with the capitalised words right before: `Wed, Oct 28, 2026`."""
    digits = list(_DIGITS.finditer(text))
    if not digits:
        return ""
    start = digits[0].start()
    end = max(match.end() for match in digits if match.start() - start < LONGEST_DATE)
    words = text[:start].split()[1:][-2:]
    while words and not words[0][0].isupper():
        words.pop(0)
    half = _HALF_OF_DAY.match(text, end)
    return " ".join([*words, text[start : half.end() if half else end]])


def _before_verb(text: str, verb: str) -> str:
    before = text[: text.casefold().index(verb)].rstrip()
    return _last_words(before.rpartition(",")[2] if "," in before else before)


def _last_words(before: str) -> str:
    """The words before the address that begin with capitals, as names do."""
    match = _NAME.search(f"{before} ")
    words = match[1].split() if match else []
    name: list[str] = []
    for word in reversed(words):
        if word[0].islower() and word not in ("van", "von", "de", "der", "da", "di"):
            break
        name.insert(0, word)
    return " ".join(name)
