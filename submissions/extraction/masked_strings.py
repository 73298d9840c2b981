"""Strings that a script hides by arithmetic: every character XORed, added to or multiplied, or XORed with a word.

No number is guessed: what stands between the characters of `http` shows it, in linear time.
"""

import binascii
import re
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from operator import xor

from submissions.extraction.data_uris import lenient_base64

CUE = re.compile(r"\^|charCodeAt|fromCharCode|fromCodePoint")
SHORTEST, LONGEST = 12, 300_000
MOST_STRINGS, MOST_KEYS, LONGEST_KEY, MOST_PLACES = 40, 20, 64, 5
KNOWN = (b"http:", b"https:", b"<html", b"<!DOCTYPE", b"<script", b"PK\x03\x04", b"MZ\x90\x00", b"%PDF-", b"Rar!\x1a")
SAMPLE = 400
READABLE = bytes(range(32, 127)) + b"\t\r\n"
HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}){12,}")
BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]{16,}={0,2}")


def unmasked(strings: Sequence[str]) -> list[str]:
    """What the strings of one script say without their masks; bytes are characters below 256."""
    words = [text.encode("latin-1", "replace") for text in strings if 1 < len(text) <= LONGEST_KEY][:MOST_KEYS]
    masked = [text for text in strings if SHORTEST <= len(text) <= LONGEST][:MOST_STRINGS]
    found: dict[str, None] = {}
    for text in masked:
        found |= dict.fromkeys(_by_arithmetic(list(map(ord, text))))
        for data in _bytes_of(text):
            found |= dict.fromkeys(plain.decode("latin-1") for plain in (*_by_number(data), *_by_word(data, words)))
    return list(found)


def _bytes_of(text: str) -> Iterator[bytes]:
    """The string as characters, and what it spells in base64 or hexadecimal."""
    if max(text) < "\u0100":
        yield text.encode("latin-1")
    if HEXADECIMAL.fullmatch(text):
        yield binascii.unhexlify(text)
    elif BASE64.fullmatch(text):
        yield lenient_base64(text.encode())


def _by_number(data: bytes) -> Iterator[bytes]:
    """Each byte XORed with the same number: neighbours differ as they did before."""
    differences = _differences(data)
    for known in KNOWN:
        places = islice(re.finditer(re.escape(_differences(known)), differences), MOST_PLACES)
        for key in {data[place.start()] ^ known[0] for place in places} - {0}:
            yield data.translate(bytes(value ^ key for value in range(256)))


def _differences(data: bytes) -> bytes:
    return bytes(map(xor, data, data[1:]))


def _by_word(data: bytes, words: Sequence[bytes]) -> Iterator[bytes]:
    """XORed with a word over and over, which the script must hold as well."""
    for word in words:
        start = _worded(data[:SAMPLE], word)
        if start.startswith(KNOWN) or (not start.translate(None, READABLE) and b"://" in start):
            yield _worded(data, word)


def _worded(data: bytes, word: bytes) -> bytes:
    return bytes(map(xor, data, cycle(word)))


def _by_arithmetic(codes: Sequence[int]) -> Iterator[str]:
    """Each code multiplied by one number and another added, found where `http:` or `https` can stand."""
    for h, t, second, p, after in zip(codes, codes[1:], codes[2:], codes[3:], codes[4:], strict=False):
        if t != second or t - h != 3 * (t - p) or t == h or (t - h) % 12:
            continue
        factor = (t - h) // 12
        added = h - factor * ord("h")
        if (after - added) / factor in (ord(":"), ord("s")) and (factor, added) != (1, 0):
            yield "".join(chr((code - added) // factor % 0x110000) for code in codes)
            return
