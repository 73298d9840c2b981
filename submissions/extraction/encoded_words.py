"""Header values to text: RFC 2047 encoded words, raw 8-bit bytes, folding; tolerant and linear in time."""

import binascii
import re

from submissions.extraction import charsets

_WORD = re.compile(rb"=\?([^?\s]{1,64})\?([bBqQ])\?([^?]*)\?=")
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_SPECIALS = re.compile(r'[,;:<>@()\[\]"\\]')
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


def decode(value: bytes, *, charset: str = "", in_addresses: bool = False) -> str:
    """The text of a header value on one line, without control characters.

    `charset` is that of raw 8-bit bytes when they are not UTF-8. With `in_addresses` a decoded word that
    holds special characters is quoted, so that decoding cannot forge a second address (RFC 2047, section 5).
    """
    return one_line(_with_words(value, charset, in_addresses) if b"=?" in value else _raw(value, charset))


def one_line(text: str) -> str:
    if text.isprintable() and "  " not in text:
        return text.strip()
    if text.isascii() and (line := " ".join(text.split())).isprintable():
        return line
    return _CONTROLS.sub(" ", text).strip()


def _raw(value: bytes, charset: str) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return charsets.decode(value, charset or "cp1252")


def _with_words(value: bytes, charset: str, in_addresses: bool) -> str:
    pieces: list[str] = []
    quoted = False
    for gap, words in _runs(value):
        pieces.append(_raw(gap, charset))
        quoted ^= gap.count(b'"') % 2 == 1
        text = "".join(_join(words))
        pieces.append(_guard(text, quoted) if in_addresses else text)
    return "".join(pieces)


def _runs(value: bytes) -> list[tuple[bytes, list[tuple[str, bytes]]]]:
    """(bytes before, encoded words in a row); white space between two words of a row does not count."""
    pieces = _WORD.split(value)
    runs: list[tuple[bytes, list[tuple[str, bytes]]]] = [(pieces[0], [])]
    for charset, encoding, text, gap in zip(pieces[1::4], pieces[2::4], pieces[3::4], pieces[4::4], strict=True):
        runs[-1][1].append((charset.decode("latin-1").partition("*")[0], _word_bytes(encoding, text)))
        if gap.strip():
            runs.append((gap, []))
    return runs


def _word_bytes(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"qQ":
        return binascii.a2b_qp(text.replace(b"\r", b"").replace(b"\n", b""), header=True)
    kept = text.translate(None, _NOT_BASE64)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _join(words: list[tuple[str, bytes]]) -> list[str]:
    """Neighbours of one charset are joined before decoding: senders cut characters in two."""
    texts: list[str] = []
    pending, last = b"", ""
    for charset, content in words:
        if charset.lower() != last and pending:
            texts.append(charsets.decode(pending, last))
            pending = b""
        pending, last = pending + content, charset.lower()
    return [*texts, charsets.decode(pending, last)] if pending else texts


def _guard(text: str, quoted: bool) -> str:
    if not _SPECIALS.search(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return escaped if quoted else f'"{escaped}"'
