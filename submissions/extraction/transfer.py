"""Content-Transfer-Encoding undone (RFC 2045 section 6), also where it is doubled, misspelt, missing or a lie."""

import binascii
import re
from collections.abc import Sequence
from typing import NamedTuple

from submissions.extraction import encoded_words, legacy

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET) - {ord("=")})
_NO_TEXT = bytes(set(range(256)) - set(_ALPHABET) - set(b"=\r\n"))
_COMMENT = re.compile(r"\([^()]*\)")
_NAMES = {
    "base64": "base64",
    "quoted-printable": "quoted-printable",
    "x-uuencode": "uuencode",
    "x-uue": "uuencode",
    "uuencode": "uuencode",
    "uue": "uuencode",
    "x-yencode": "yenc",
    "yenc": "yenc",
    "7bit": "",
    "8bit": "",
    "binary": "",
}
_ODD_SOFT_BREAK = re.compile(rb"=[\r \t](?!\n)")
_SHORTEST_UNDECLARED = 64
_LINES = re.compile(rb"(?:[A-Za-z0-9+/]{4}){10,}(?:\r\n|\n|\r)[A-Za-z0-9+/]")


class Decoded(NamedTuple):
    """`content` is the best reading, `other` a second one worth searching when the encoding is in doubt."""

    content: bytes
    other: bytes = b""
    notes: tuple[str, ...] = ()


def decode(body: bytes, encodings: Sequence[bytes]) -> Decoded:
    """`encodings` are all Content-Transfer-Encoding values of the part, as written."""
    encoding = next(filter(None, map(_name, encodings)), "")
    if encoding == "base64":
        return _base64(body)
    if encoding == "quoted-printable":
        return Decoded(quoted_printable(body))
    if encoding == "uuencode":
        return _uuencode(body)
    if encoding == "yenc":
        return _yenc(body)
    return _undeclared(body)


def _name(written: bytes) -> str:
    """The known encoding that a value means; empty for none and for words that mean none."""
    if (known := _NAMES.get(written.decode("latin-1").lower())) is not None:
        return known
    value = encoded_words.decode(written).lower()[:200]
    while "(" in value and _COMMENT.search(value):
        value = _COMMENT.sub(" ", value)
    for word in re.split(r"[\s;,\"']+", value):
        if word in _NAMES:
            return _NAMES[word]
    if "base64" in value:
        return "base64"
    return "quoted-printable" if "quoted" in value else ""


def _base64(body: bytes) -> Decoded:
    padding = body.find(b"=")
    if padding < 0 or (not body[padding : padding + 200].strip(b"= \t\r\n") and padding + 200 >= len(body)):
        try:
            content = binascii.a2b_base64(body)
        except binascii.Error:
            content = base64(body)
    else:
        content = base64(body)
    if _is_doubtful(body):
        return Decoded(content, body, ("encoding-lie",))
    return Decoded(content)


def base64(text: bytes) -> bytes:
    """All bytes of base64 text: junk is skipped, missing padding added, data after padding read on."""
    chunks = text.translate(None, _NOT_BASE64).split(b"=")
    return b"".join(_chunk(chunk) for chunk in chunks if chunk)


def _chunk(chunk: bytes) -> bytes:
    if len(chunk) % 4 == 1:
        chunk = chunk[:-1]
    return binascii.a2b_base64(chunk + b"=" * (-len(chunk) % 4))


def _is_doubtful(body: bytes) -> bool:
    """More than stray junk in what should be base64: it may be plain text."""
    start = body[:4096]
    if len(body) < len(start) + 1 and len(body.translate(None, _NOT_BASE64)) % 4:
        return True
    junk = len(start.translate(None, _ALPHABET + b"=\r\n \t"))
    spaces = start.strip().count(b" ")
    return (junk + spaces) * 50 > len(start)


def quoted_printable(body: bytes) -> bytes:
    """RFC 2045 section 6.7; soft breaks with trailing blanks or a lone CR count too."""
    if _ODD_SOFT_BREAK.search(body):
        # binascii drops everything from a soft break with a lone CR to the next LF.
        body = re.sub(rb"=\r(?!\n)", b"=\r\n", body)
        body = re.sub(rb"=[ \t]+(?=[\r\n])", b"=", body)
    return binascii.a2b_qp(body)


def _uuencode(body: bytes) -> Decoded:
    blocks = legacy.uuencoded(body)
    if not blocks:
        return Decoded(body, notes=("encoding-lie",))
    return Decoded(b"".join(block.content for block in blocks))


def _yenc(body: bytes) -> Decoded:
    blocks = legacy.yencoded(body)
    if not blocks:
        return Decoded(body, notes=("encoding-lie",))
    return Decoded(b"".join(block.content for block in blocks))


def _undeclared(body: bytes) -> Decoded:
    """Base64 that no header declares: nothing but its alphabet, in whole lines."""
    if len(body) < _SHORTEST_UNDECLARED or not _LINES.match(body.lstrip()[:4096]):
        return Decoded(body)
    if body.translate(None, _ALPHABET + b"=\r\n \t"):
        return Decoded(body)
    return Decoded(base64(body), body, ("undeclared-base64",))
