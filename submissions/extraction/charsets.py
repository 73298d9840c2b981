"""Bytes of a mail to text, whatever charset they claim. Never raises, never loses a byte silently."""

import codecs
import re
from functools import lru_cache

_ALIASES = {
    "ansi": "cp1252",
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-9": "cp1254",
    "ks_c_5601-1987": "cp949",
    "latin1": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "us-ascii": "cp1252",
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
    "x-user-defined": "cp1252",
}
# Codecs that are no charset of a mail: slow on long input, or they run escapes.
_REFUSED = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem", "charmap"}
_NAME = re.compile(r"[a-z0-9_:+-]{1,40}")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SHIFTS = ("utf-7", "unicode-1-1", "utf-16", "utf-32", "hz", "iso-2022")
_SHIFTED = re.compile(rb"\x1b\$[@AB()]|\x1b\([JI]")


@lru_cache(maxsize=256)
def codec(charset: str) -> str | None:
    """The name of Python's codec for a charset of a mail, or None when there is none."""
    name = charset.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if not _NAME.fullmatch(name):
        return None
    try:
        found = codecs.lookup(name)
    except LookupError:
        return None
    is_text = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and found.name not in _REFUSED else None


def decode(content: bytes, charset: str = "") -> str:
    """The text of `content`. A charset that is unknown, missing or a lie is replaced by the likeliest one."""
    if content.isascii() and b"\x00" not in content and b"\x1b" not in content and not _shifts(charset):
        return content.decode("ascii")
    for mark, name in _BOMS:
        if content.startswith(mark):
            return content.decode(name, "replace")
    return _decode_unmarked(content, codec(charset) if charset else None)


def readings(content: bytes, charset: str = "") -> tuple[str, ...]:
    """Every text a mail client might show: one, or two when the charset can turn plain ASCII into something else."""
    text = decode(content, charset)
    if _shifts(charset) and b"//" in content:
        plain = content.replace(b"\x00", b"").decode("utf-8", "replace")
        return (text,) if plain == text else (text, plain)
    return (text,)


@lru_cache(maxsize=256)
def _shifts(charset: str) -> bool:
    return charset.strip().strip("\"'").lower().startswith(_SHIFTS)


def _decode_unmarked(content: bytes, name: str | None) -> str:
    wide = _wide(content)
    if wide or (name or "").startswith(("utf-16", "utf-32")):
        # A wide charset without a single NUL is a lie about ASCII text.
        return content.decode(wide or (name if b"\x00" in content else None) or "utf-8", "replace")
    if name in (None, "cp1252", "utf-8", "ascii") and b"\x1b" in content and _SHIFTED.search(content):
        name = "iso2022_jp_ext"
    if name in (None, "cp1252", "utf-8"):
        return _utf8_or(content, "cp1252")
    return content.decode(name or "utf-8", "replace")


def _utf8_or(content: bytes, fallback: str) -> str:
    """UTF-8 with a broken spot stays UTF-8; what is more broken than not is of an 8-bit charset."""
    text = content.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    if not lost or len(content) - len(text) > lost:
        return text
    return content.decode(fallback, "replace")


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of the beginning is NUL."""
    start = content[:200]
    if len(start) < 8 or start.count(0) * 5 < len(start) * 2:
        return None
    if start[1::2].count(0) * 5 > len(start) * 2:
        return "utf-16-le"
    return "utf-16-be" if start[0::2].count(0) * 5 > len(start) * 2 else None
