"""What the strings of a script say once it has put them together: escapes, `+`, `atob`, `fromCharCode`, `reverse`.

Reads tokens, runs nothing. Only what can be known from literals is followed, in linear time.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from submissions.extraction.masked_strings import CUE, unmasked

TOKENS_AT_MOST = 500_000
DEPTH_AT_MOST = 40
WRITTEN_AT_MOST = 16 * 1024 * 1024

Value = str | list[str]

TOKEN = re.compile(
    r"""\s++|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?
    |"(?P<double>(?:[^"\\]++|\\.)*+)"?|'(?P<single>(?:[^'\\]++|\\.)*+)'?|`(?P<back>(?:[^`\\]++|\\.)*+)`?
    |(?<=\()/(?![/*])(?P<pattern>(?:[^/\\\n]++|\\.)++)/[a-z]{0,8}
    |(?P<bytes>\[\s*+(?:(?:0[xX][0-9a-fA-F]{1,4}|[0-9]{1,5})\s*+,?\s*+){2,}+\])
    |(?P<number>0[xX][0-9a-fA-F]++|[0-9]++)
    |(?P<name>[A-Za-z_$][\w$]*+(?:\s*+\.\s*+[A-Za-z_$][\w$]*+)*+)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|[0-9]+")
ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|([0-7]{1,3})|(\r\n|.))", re.DOTALL
)
CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "\n": "", "\r\n": "", "\r": ""}
PERCENT_U = re.compile(r"%u([0-9a-fA-F]{4})")


def script_strings(source: str) -> list[str]:
    """Every string a script spells, whole: `"ht" + 'tp://'`, with names of constants filled in, calls decoded.

    Strings that it hides by arithmetic are added in plain. Bytes (of `atob`, of `Uint8Array`) are characters below
    256, as in the script itself.
    """
    strings = list(_Reader(source).strings())
    return strings + unmasked(strings) if CUE.search(source) else strings


def literal(spelled: str) -> str:
    """A string literal's value: backslash escapes are resolved (ECMAScript 12.9.4)."""
    return ESCAPE.sub(_escaped_character, spelled) if "\\" in spelled else spelled


def _escaped_character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2] or escape[3]
    if code:
        return _character(int(code, 16))
    return chr(int(escape[4], 8)) if escape[4] else CONTROLS.get(escape[5], escape[5])


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 else "\ufffd"


def from_base64(text: str) -> str:
    """`atob`: each byte a character; nothing for what is no base64."""
    text = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""


def unescaped(text: str) -> str:
    """`unescape` and `decodeURIComponent`: `%3C`, `%u003C`."""
    return unquote(PERCENT_U.sub(lambda found: chr(int(found[1], 16)), text), errors="replace")


def _joined(value: Value) -> str:
    return value if isinstance(value, str) else "".join(value)


DECODERS = {
    "atob": from_base64,
    "window.atob": from_base64,
    "self.atob": from_base64,
    "unescape": unescaped,
    "decodeURIComponent": unescaped,
    "decodeURI": unescaped,
}
TRANSPARENT = frozenset(
    {"String.fromCharCode", "String.fromCodePoint", "String", "Uint8Array", "Uint8Array.from", "new"}
)
METHODS = frozenset({"split", "reverse", "join", "concat", "trim", "toString", "replace", "replaceAll"})
GLOBALS = frozenset({"window", "self", "globalThis", "top", "parent"})
HOLE = re.compile(r"\$\{\s*([A-Za-z_$][\w$]*)\s*\}")


class _Reader:
    """Walks the tokens once. `constants` holds what a name stands for, as the parts it was put together from."""

    def __init__(self, source: str) -> None:
        found = (token for token in TOKEN.finditer(source) if token.lastgroup)
        self.tokens = [(token.lastgroup or "", token[token.lastgroup or 0]) for token in islice(found, TOKENS_AT_MOST)]
        self.position = 0
        self.written = 0
        self.constants: dict[str, list[Value]] = {}
        self.unreadable: set[int] = set()

    def strings(self) -> Iterator[str]:
        while self.position < len(self.tokens) and self.written < WRITTEN_AT_MOST:
            name, adds = self._assigned()
            start = self.position
            value = self._sum(0)
            if value is None:
                self.position = start if name else start + 1
                continue
            if name:
                parts = self.constants.get(name, []) if adds else []
                parts.append(value)
                self.constants[name] = parts
            yield from self._spelled(value)
        yield from ("".join(map(_joined, parts)) for parts in self.constants.values() if len(parts) > 1)

    def _spelled(self, value: Value) -> Iterator[str]:
        for text in [value] if isinstance(value, str) else [*value, "".join(value)]:
            self.written += len(text)
            yield text

    def _peek(self, offset: int = 0) -> tuple[str, str]:
        """Kind and spelling of a token; both empty after the last."""
        at = self.position + offset
        return self.tokens[at] if at < len(self.tokens) else ("", "")

    def _takes(self, *signs: str) -> bool:
        """Whether the next tokens are these signs, which are then passed."""
        if any(self._peek(offset) != ("sign", sign) for offset, sign in enumerate(signs)):
            return False
        self.position += len(signs)
        return True

    def _assigned(self) -> tuple[str, bool]:
        """The name that an assignment starting here gives a value, and whether it adds to what there was."""
        kind, name = self._peek()
        if kind != "name" or self._peek(1)[1] not in ("=", "+"):
            return "", False
        self.position += 1
        if self._takes("+", "="):
            return name, True
        if self._peek(1) != ("sign", "=") and self._takes("="):
            return name, False
        self.position -= 1
        return "", False

    def _sum(self, depth: int) -> Value | None:
        value = self._term(depth)
        while value is not None and self._peek() == ("sign", "+"):
            start = self.position
            self.position += 1
            more = self._term(depth)
            if more is None:
                self.position = start
                break
            value = self._bounded(_joined(value) + _joined(more))
        return value

    def _bounded(self, text: str) -> str:
        """Long chains of `+` copy what they have each time: the copies count as written."""
        self.written += len(text) // 16
        return text

    def _term(self, depth: int) -> Value | None:
        """A string, a name, a call or a group; what could not be read once is not tried again, to stay linear."""
        start = self.position
        if depth > DEPTH_AT_MOST or self.written > WRITTEN_AT_MOST or start in self.unreadable:
            return None
        value = self._read_term(depth)
        if value is None:
            self.unreadable.add(start)
        return value

    def _read_term(self, depth: int) -> Value | None:
        kind, spelled = self._peek()
        if kind == "name":
            return self._name(spelled, depth)
        if kind == "sign" and spelled not in "([":
            return None
        self.position += 1
        if kind in ("double", "single", "back", "pattern"):
            text = HOLE.sub(self._held, literal(spelled)) if kind == "back" else literal(spelled)
            return self._with_methods(self._bounded(text), depth)
        if kind == "bytes":
            return self._with_methods([_character(int(number, 0)) for number in _numbers(spelled)], depth)
        if kind == "number":
            return _character(int(_numbers(spelled)[0], 0)) if depth and len(spelled) < 8 else None
        return self._group("]" if spelled == "[" else ")", depth) if kind == "sign" else None

    def _held(self, hole: re.Match[str]) -> str:
        """What a `${name}` stands for; itself when that is not known."""
        parts = self.constants.get(hole[1])
        return self._bounded("".join(map(_joined, parts))) if parts else hole[0]

    def _group(self, close: str, depth: int) -> Value | None:
        items = self._list(close, depth)
        if items is None:
            return None
        return self._with_methods(items if close == "]" or len(items) != 1 else items[0], depth)

    def _list(self, close: str, depth: int) -> list[str] | None:
        """What stands between brackets, the opening one passed already; None when something is not known."""
        items: list[str] = []
        while not self._takes(close):
            spreads = self._takes(".", ".", ".")
            item = self._sum(depth + 1)
            if item is None:
                return None
            items += [item] if isinstance(item, str) and not spreads else item
            if not self._takes(",") and self._peek() != ("sign", close):
                return None
        return items

    def _name(self, name: str, depth: int) -> Value | None:
        self.position += 1
        name = "".join(name.split())
        if name in GLOBALS and self._peek()[1] == "[" and self._peek(2) == ("sign", "]"):
            name = self._peek(1)[1]
            self.position += 3
        if name in TRANSPARENT or name in DECODERS:
            return self._call(name, depth)
        if name.startswith("new") and name[3:] in TRANSPARENT:
            return self._call(name[3:], depth)
        known, _, method = name.rpartition(".") if name not in self.constants else (name, "", "")
        if known not in self.constants:
            return None
        parts = self.constants[known]
        value: Value = parts[0] if len(parts) == 1 else self._bounded("".join(map(_joined, parts)))
        if method in METHODS:
            value = self._method(value, method, depth)
        elif method:
            return None
        return self._with_methods(value, depth)

    def _call(self, name: str, depth: int) -> Value | None:
        if name == "new":
            return self._term(depth + 1)
        if not self._takes("("):
            return None
        arguments = self._list(")", depth)
        if arguments is None:
            return None
        text = "".join(arguments)
        return self._with_methods(DECODERS[name](text) if name in DECODERS else text, depth)

    def _with_methods(self, value: Value, depth: int) -> Value:
        while True:
            if self._peek() == ("sign", ".") and self._peek(1)[1] in METHODS:
                method = self._peek(1)[1]
                self.position += 2
                value = self._method(value, method, depth)
            elif self._peek() == ("sign", "[") and self._peek(1)[0] == "number" and self._peek(2) == ("sign", "]"):
                number = int(self._peek(1)[1][:6], 0 if self._peek(1)[1][:2] in ("0x", "0X") else 10)
                self.position += 3
                value = value[number] if number < len(value) else ""
            else:
                return value

    def _method(self, value: Value, method: str, depth: int) -> Value:
        arguments = (self._list(")", depth) or []) if self._takes("(") else []
        if method == "split" and isinstance(value, str):
            return value.split(arguments[0]) if arguments and arguments[0] else list(value)
        if method == "reverse":
            return value[::-1]
        if method == "join":
            return ("".join(arguments)).join(value)
        if method in ("replace", "replaceAll") and len(arguments) == 2 and arguments[0]:
            return self._bounded(_joined(value).replace(arguments[0], arguments[1]))
        return _joined(value) + "".join(arguments) if method == "concat" else value


def _numbers(spelled: str) -> list[str]:
    return [number if number[:2] in ("0x", "0X") else number.lstrip("0") or "0" for number in NUMBER.findall(spelled)]
