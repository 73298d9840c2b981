"""`type; name=value` headers with every breach of RFC 2045 and 2231 that senders commit; linear in time."""

import re
import urllib.parse
from functools import lru_cache
from typing import NamedTuple

from submissions.extraction import charsets, encoded_words

_PARAMETER = re.compile(
    rb"(?<![\w!#$&.^*-])([\w!#$&.^-]{1,60}+)(?:\*(\d{1,3}))?(\*?)[ \t]*=[ \t]*(\"(?:[^\"\\]++|\\.)*+\"?|[^;\"]*)"
)
_FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]*")
_MAIN = re.compile(rb"[^\s;,\"=()]*")
_ESCAPED = re.compile(rb"\\(.)")
MOST = 200


class Parameters(NamedTuple):
    """`main` is the part before the first `;` in lower case; `values` are (name, value) in order, doubles kept."""

    main: str
    values: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        for key, value in self.values:
            if key == name:
                return value
        return ""

    def get_all(self, name: str) -> tuple[str, ...]:
        return tuple([value for key, value in self.values if key == name])


class _Piece(NamedTuple):
    number: int
    percent: bool
    value: bytes


@lru_cache(maxsize=256)
def parse(value: bytes, charset: str = "") -> Parameters:
    """Continuations (RFC 2231) are joined, percent and encoded words decoded; `charset` is that of raw bytes."""
    value = _FOLD.sub(b" ", value.strip())
    main = _MAIN.match(value)
    head = main[0].decode("latin-1").lower() if main else ""
    return Parameters(head, tuple(_values(value, charset)) if b"=" in value else ())


def _values(value: bytes, charset: str) -> list[tuple[str, str]]:
    values: list[tuple[str, str]] = []
    continued: dict[str, list[_Piece]] = {}
    for word, number, percent, written in _PARAMETER.findall(value)[:MOST]:
        name, text = word.decode("latin-1").lower(), _unquote(written)
        if number:
            if name not in continued:
                continued[name] = []
                values.append((name, ""))
            continued[name].append(_Piece(int(number), bool(percent), text))
        elif percent:
            values.append((name, _decode([_Piece(0, True, text)], charset)))
        else:
            values.append((name, encoded_words.decode(text, charset=charset)))
    for index, (name, joined) in enumerate(values if continued else ()):
        if not joined and name in continued:
            values[index] = (name, _decode(sorted(continued.pop(name), key=lambda piece: piece.number), charset))
    return values


def _unquote(value: bytes) -> bytes:
    if not value.startswith(b'"'):
        return value.strip(b" \t\r\n,'")
    inner = value[1:-1] if len(value) > 1 and value.endswith(b'"') else value[1:]
    return _ESCAPED.sub(_unescape, inner) if b"\\" in inner else inner


def _unescape(match: re.Match[bytes]) -> bytes:
    """A backslash before a letter is a Windows path of an old sender, not an escape."""
    return match[1] if match[1] in b'"\\' else match[0]


def _decode(pieces: list[_Piece], charset: str) -> str:
    if not any(piece.percent for piece in pieces):
        return encoded_words.decode(b"".join(piece.value for piece in pieces), charset=charset)
    said, value = _language(pieces[0])
    rest = b"".join(urllib.parse.unquote_to_bytes(p.value) if p.percent else p.value for p in pieces[1:])
    return encoded_words.one_line(charsets.decode(value + rest, said or charset))


def _language(piece: _Piece) -> tuple[str, bytes]:
    """`charset'language'value` of RFC 2231; senders leave out one or both marks."""
    if not piece.percent:
        return "", piece.value
    charset, mark, rest = piece.value.partition(b"'")
    _, second, value = rest.partition(b"'")
    if not mark or not second:
        return "", urllib.parse.unquote_to_bytes(piece.value)
    return charset.decode("latin-1"), urllib.parse.unquote_to_bytes(value)
