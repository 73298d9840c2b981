"""The language of the search box, from text to a tree. Pure.

    search  = all { "OR" all }
    all     = one { one }
    one     = [ "-" ] ( "(" search ")" | field ":" value | value )
    value   = '"' any but quote '"' | any but blank and parenthesis

Blanks mean AND and bind tighter than OR. A word with a colon is a field only when what stands before the
colon is a plain word and what follows is no `//`: a pasted URL is a value.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

DEEPEST = 10
TOKEN = re.compile(
    r"""\s*(?:
        (?P<or>OR)(?=[\s()]|$)
      | (?P<open>-?\()
      | (?P<close>\))
      | (?P<one>-?(?:[A-Za-z]\w*:(?!//))?(?:"[^"]*"|[A-Za-z]+://[^\s"]+|[^\s()"]+))
    )""",
    re.VERBOSE,
)
FIELD = re.compile(r"([A-Za-z]\w*):(?!//)")


class SearchFault(ValueError):
    """What is wrong with a search, in words. `better` is the search with the likely correction, or empty."""

    def __init__(self, words: str, *, better: str = "") -> None:
        super().__init__(words)
        self.better = better


@dataclass(frozen=True)
class Term:
    """One condition; `field` is empty for a bare word. `quoted` values are taken literally."""

    field: str
    value: str
    quoted: bool = False


@dataclass(frozen=True)
class Not:
    what: "Search"


@dataclass(frozen=True)
class All:
    parts: "tuple[Search, ...]"


@dataclass(frozen=True)
class Any:
    parts: "tuple[Search, ...]"


Search = Term | Not | All | Any


def parse(text: str, fields: Collection[str]) -> Search:
    """The tree of a search. Raises SearchFault for an unknown field or a bracket or quote without its other half."""
    tokens = list(_tokens(text))
    reader = _Reader(tokens, text, fields)
    tree = reader.search(0)
    if reader.position < len(tokens):
        raise SearchFault("There is a closing bracket without an opening one.")
    return tree


def conditions(text: str) -> list[str]:
    """The conditions that all have to hold, as they are written; a search with OR at its top is one.

    Raises SearchFault for a quote without its other half.
    """
    found, depth = list[str](), 0
    for kind, word in _tokens(text):
        if kind == "or" and not depth:
            return [text.strip()]
        if depth or kind == "close":
            glue = "" if kind == "close" or found[-1].endswith("(") else " "
            found[-1:] = [f"{found[-1] if found else ''}{glue}{word}"]
        else:
            found.append(word)
        depth += (kind == "open") - (kind == "close")
    return found


def _tokens(text: str) -> Iterable[tuple[str, str]]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = TOKEN.match(text, position)
        if match is None:
            raise SearchFault("A quotation mark has no partner.")
        yield match.lastgroup or "", match.group(match.lastgroup or 0)
        position = match.end()


@dataclass
class _Reader:
    """Reads tokens from left to right; one function per rule of the grammar."""

    tokens: list[tuple[str, str]]
    text: str
    fields: Collection[str]
    position: int = 0

    def next_is(self, *kinds: str) -> bool:
        return self.position < len(self.tokens) and self.tokens[self.position][0] in kinds

    def search(self, depth: int) -> Search:
        if depth > DEEPEST:
            raise SearchFault("The brackets are nested too deeply.")
        parts = [self.all(depth)]
        while self.next_is("or"):
            self.position += 1
            parts.append(self.all(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def all(self, depth: int) -> Search:
        parts = []
        while self.next_is("open", "one"):
            parts.append(self.one(depth))
        if not parts and (self.next_is("or") or (self.position and self.tokens[self.position - 1][0] == "or")):
            raise SearchFault("OR needs something on both sides.")
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self, depth: int) -> Search:
        kind, word = self.tokens[self.position]
        self.position += 1
        if kind == "open":
            inner = self.search(depth + 1)
            if not self.next_is("close"):
                raise SearchFault("An opening bracket is never closed.")
            self.position += 1
            return Not(inner) if word.startswith("-") else inner
        return self.term(word)

    def term(self, word: str) -> Search:
        negated = word.startswith("-") and len(word) > 1
        word = word[1:] if negated else word
        match = FIELD.match(word)
        field = match[1].lower() if match else ""
        value = word[match.end() :] if match else word
        if field and value and field not in self.fields:
            raise self.unknown(field)
        if field in self.fields and not value:
            raise SearchFault(f"{field}: needs a value right behind the colon.")
        quoted = value.startswith('"')
        found = Term(field, value.strip('"') if quoted else value, quoted) if value else Term("", word)
        return Not(found) if negated else found

    def unknown(self, field: str) -> SearchFault:
        near = get_close_matches(field, self.fields, n=1, cutoff=0.5)
        if not near:
            return SearchFault(f'Unknown field "{field}". Fields are: {", ".join(self.fields)}.')
        better = re.sub(rf"(?i)\b{field}:", f"{near[0]}:", self.text)
        return SearchFault(f'Unknown field "{field}". Did you mean "{near[0]}"?', better=better)
