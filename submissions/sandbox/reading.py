"""Reading JSON of unknown quality: each function gives the kind of value it names, or raises a protocol error. Pure."""

import math
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from submissions.sandbox.base import SandboxError

IDENTIFIER = re.compile(r"[A-Za-z0-9_=-]{1,180}")
TEXT_LENGTH = 2048
NAME_LENGTH = 200


def nonsense(words: str) -> SandboxError:
    return SandboxError(f"the answer makes no sense: {words}", kind="protocol")


def mapping(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise nonsense(f"{what} is no object")
    return value


def sequence(value: object, what: str) -> list[object]:
    if not isinstance(value, list):
        raise nonsense(f"{what} is no list")
    return value


def text(raw: dict[str, object], name: str) -> str:
    """Empty when it is missing or null, cut when it is long."""
    value = raw.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:TEXT_LENGTH]
    raise nonsense(f"{name} is no text")


def identifier(raw: dict[str, object], name: str) -> str:
    """An id: text or a whole number, harmless in a path."""
    value = raw.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise nonsense(f"{name} is no id")
    return value


def number(raw: dict[str, object], name: str) -> float | None:
    """None when it is missing or null."""
    value = raw.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise nonsense(f"{name} is no number")
    return value


def percent(value: float | None) -> int | None:
    """A score brought into 0 to 100."""
    return None if value is None else int(min(max(value, 0), 100))


def moment(raw: dict[str, object], name: str) -> datetime | None:
    """A time in ISO 8601 (UTC where it names no zone) or in seconds since 1970; None when it is neither."""
    value = raw.get(name)
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        found = datetime.fromisoformat(value if isinstance(value, str) else "")
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def same_url(one: str, other: str) -> bool:
    """Whether two addresses are one, but for the case of the host and the slash of an empty path."""
    return one == other or _comparable(one) == _comparable(other)


def _comparable(url: str) -> object:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, parts.fragment


def upload_name(name: str) -> str:
    """A file name that any server takes: no path, no control characters, still with its extension."""
    tail = name.replace("\\", "/").rsplit("/", 1)[-1].encode("utf-8", "replace").decode()
    printable = "".join(character for character in tail if character.isprintable()).strip()
    return printable[-NAME_LENGTH:] or "sample"


def acceptable(url: str, content: bytes | None) -> None:
    """Refuse for good what no sandbox can take: an empty file, an address that is no text."""
    if not url and not content:
        raise SandboxError("an empty file cannot be analysed", kind="unsupported", permanent=True)
    if any("\ud800" <= character <= "\udfff" for character in url):
        raise SandboxError("the address holds broken characters", kind="unsupported", permanent=True)
