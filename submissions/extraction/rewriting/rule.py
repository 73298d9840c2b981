"""What a rule is, and the few ways in which a rewritten link holds the original one."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from submissions.extraction.url_parts import Parts

LONGEST_ORIGINAL = 64 * 1024

Decoder = Callable[[Parts], str]

INSIDE = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """Links of one service: below `domain`, with a host and a path that match, hold what `decode` gets out.

    `domain` is a registered domain, or a name and `.*` for one under any suffix. `host` and `path` are regular
    expressions: `host` for the whole canonical host, `path` for the beginning of the path. Without `decode` (and
    when it gives nothing) the original is not in the link: then `opaque` is the note to give.
    """

    domain: str
    decode: Decoder | None = None
    host: str = ""
    path: str = ""
    opaque: str = "opaque-rewrite"

    def fits_host(self, host: str) -> bool:
        return not self.host or re.fullmatch(self.host, host) is not None

    def fits_path(self, path: str) -> bool:
        return not self.path or re.match(self.path, path, re.IGNORECASE) is not None


def parameters(parts: Parts) -> dict[str, str]:
    """The query's values, escapes resolved once, under lower-case names; the first of a name counts."""
    values: dict[str, str] = {}
    for pair in (parts.query or "").split("&"):
        name, _, value = pair.removeprefix("amp;").partition("=")
        values.setdefault(name.lower(), unquote(value))
    return values


def parameter(*names: str) -> Decoder:
    """The first of these parameters that is there."""

    def decode(parts: Parts) -> str:
        values = parameters(parts)
        return next((values[name] for name in names if values.get(name)), "")

    return decode


def base64_parameter(name: str, *, prefix: str = "") -> Decoder:
    """A parameter in base64 of either alphabet, after a fixed prefix; one that is plain comes as it is."""

    def decode(parts: Parts) -> str:
        value = parameters(parts).get(name, "")
        return value if "://" in value else unquote(from_base64(value.removeprefix(prefix)))

    return decode


def path_match(pattern: str) -> Decoder:
    """The group of a pattern searched in path and query, escapes resolved."""
    compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)

    def decode(parts: Parts) -> str:
        found = compiled.search(whole_path(parts))
        return unquote(found[1]) if found else ""

    return decode


def whole_path(parts: Parts) -> str:
    return parts.path if parts.query is None else f"{parts.path}?{parts.query}"


def base64_segment(parts: Parts) -> str:
    """The first path segment or parameter that is base64, packed or not, and holds a URL, alone or in JSON."""
    for word in [*reversed(parts.path.split("/")), *parameters(parts).values()]:
        found = original_in(word)
        if found:
            return found
    return ""


def original_in(word: str) -> str:
    """The URL in a base64 word: plain, packed by zlib, or a value in JSON."""
    packed = base64_bytes(word)
    text = _unpacked(packed).decode("utf-8", "replace")
    if text.startswith("{"):
        return _in_json(text)
    found = INSIDE.search(text)
    return found[0] if found else ""


def _in_json(text: str) -> str:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    nested = [value for value in values.values() if isinstance(value, str)] if isinstance(values, dict) else []
    inner = next((value for value in nested if value.startswith("{")), "")
    return next((value for value in nested if INSIDE.match(value)), "") or (_in_json(inner) if inner else "")


def _unpacked(data: bytes) -> bytes:
    if data[:1] != b"\x78":
        return data
    try:
        return zlib.decompressobj().decompress(data, LONGEST_ORIGINAL)
    except zlib.error:
        return data


def from_base64(text: str) -> str:
    return base64_bytes(text).decode("utf-8", "replace")


def base64_bytes(text: str) -> bytes:
    """Base64 of either alphabet, padded or not; nothing for what is none."""
    text = unescape(text).rstrip("=").replace("-", "+").replace("_", "/")
    if len(text) < 8 or len(text) > LONGEST_ORIGINAL:
        return b""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
