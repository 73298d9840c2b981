"""The closed language of the texts: `{{ name }}` and `{{#if name}}…{{/if}}`, and nothing else.

A text is read once. Values are put in as data and never read again, so nothing in a value is evaluated.
What is not of the language is refused when a text is saved and stays as it stands when a mail is sent.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Literal

from notifications.kinds import KINDS, SAMPLES, TABLE

Where = Literal["subject", "text", "html"]
EVERY_NAME = (*SAMPLES, TABLE)
MOST_TAGS = 2000
LONGEST = {"subject": 200, "text": 65536, "html": 65536}
NAME = r"[a-z][a-z0-9_]{0,39}"
PLACEHOLDER = re.compile(r"\{\{\s{0,9}(" + NAME + r")\s{0,9}\}\}")
OPEN_BLOCK = r"\{\{\s{0,9}#if\s{1,9}(" + NAME + r")\s{0,9}\}\}\n?"
CLOSE_BLOCK = r"\{\{\s{0,9}/if\s{0,9}\}\}(\n?)"
BLOCK = re.compile(OPEN_BLOCK + r"((?:(?!\{\{\s{0,9}[#/]).)*)" + CLOSE_BLOCK, re.DOTALL)
TOKEN = re.compile(r"\{\{(?P<inner>[^{}\n]{0,80})\}\}|\{%|%\}|\{\{|\}\}")
OPENING = re.compile(r"#if\s{1,9}(" + NAME + ")")


@dataclass(frozen=True)
class Fault:
    """What is wrong in a text and where: lines and columns count from one."""

    line: int
    column: int
    words: str

    def __str__(self) -> str:
        return f"{self.words} (line {self.line}, column {self.column})"


def choose(text: str, present: Collection[str]) -> str:
    """The text with each block kept when its name is among `present` and left out otherwise."""

    def kept(match: re.Match[str]) -> str:
        name, body, line_end = match.groups()
        if name not in EVERY_NAME:
            return match[0]
        if name in present:
            return body if body.endswith("\n") else body + line_end
        return "" if "\n" in body else line_end

    return BLOCK.sub(kept, text)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every known placeholder replaced by its value; an unknown one stays as it stands."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def used(text: str) -> set[str]:
    """The names of the placeholders and conditions in the text."""
    return {match[1] for match in PLACEHOLDER.finditer(text)} | {match[1] for match in BLOCK.finditer(text)}


def validate(kind: str, text: str, where: Where) -> list[Fault]:
    """Everything in the text that may not stand there, in its order; an empty list for a good text."""
    if len(text) > LONGEST[where]:
        return [Fault(1, 1, f"The {where} has {len(text)} characters, {LONGEST[where]} are allowed")]
    if where == "html" and text.count("<") > MOST_TAGS:
        return [Fault(1, 1, f"The HTML has more than {MOST_TAGS} tags")]
    found = islice(faults(text, KINDS[kind].placeholders, where=where, title=KINDS[kind].title), 20)
    return [Fault(*place(text, position), words) for position, words in found]


def place(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def faults(text: str, allowed: Collection[str], *, where: Where, title: str) -> Iterator[tuple[int, str]]:
    """Position and description of each fault."""
    opened: int | None = None
    for match in TOKEN.finditer(text):
        inner = (match["inner"] or "").strip()
        opening = OPENING.fullmatch(inner)
        if match["inner"] is None:
            yield match.start(), stray(match[0])
        elif opening and opened is not None:
            yield match.start(), "A {{#if}} may not stand inside another one"
        elif opening:
            opened = match.start()
            yield from named(match.start(), opening[1], allowed, title=title)
        elif inner == "/if" and opened is None:
            yield match.start(), "{{/if}} without {{#if name}}"
        elif inner == "/if":
            opened = None
        elif inner == TABLE and where == "subject":
            yield match.start(), f"{{{{{TABLE}}}}} is a table and cannot stand in the subject"
        else:
            yield from named(match.start(), inner, allowed, title=title)
    if opened is not None:
        yield opened, "{{#if}} is never closed by {{/if}}"


def stray(token: str) -> str:
    if "%" in token:
        return f"{token} is not part of the language of these texts; only {{{{name}}}} is"
    return f"{token} without its counterpart"


def named(position: int, name: str, allowed: Collection[str], *, title: str) -> Iterator[tuple[int, str]]:
    """A fault when the name is unknown, or known but not of this kind."""
    if name in allowed:
        return
    if name in EVERY_NAME:
        yield position, f"{{{{{name}}}}} is not available in the mail “{title}”"
        return
    near = get_close_matches(name.lower(), allowed, n=1, cutoff=0.6)
    advice = f". Did you mean {{{{{near[0]}}}}}?" if near else ""
    yield position, f"Unknown placeholder {{{{{name}}}}}{advice}"
