"""What an RTF says: its text, the HTML wrapped in it by Outlook, its field codes and its template.

Written for hostile input: one pass, constant work per token. RTFDE builds a parse tree (minutes for a mail of
some megabytes), rtfobj of oletools takes 30 s for 5 MB of groups.
"""

import codecs
import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
# Destinations whose text nobody reads (RTF 1.9.1); others behind \* are skipped too.
_UNREAD = frozenset(
    b"fonttbl colortbl stylesheet info pict objdata objclass objname themedata colorschememapping datastore"
    b" latentstyles listtable listoverridetable rsidtbl generator xmlnstbl pntext mhtmltag filetbl revtbl"
    b" bkmkstart bkmkend".split()
)
_CAPTURED = {b"fldinst": "field", b"template": "template"}
_BREAKS = {
    b"par": "\r\n",
    b"line": "\r\n",
    b"row": "\r\n",
    b"cell": "\t",
    b"tab": "\t",
    b"sect": "\r\n",
    b"page": "\r\n",
}
_SYMBOLS = {
    b"lquote": "\u2018",
    b"rquote": "\u2019",
    b"ldblquote": "\u201c",
    b"rdblquote": "\u201d",
    b"bullet": "\u2022",
    b"endash": "\u2013",
    b"emdash": "\u2014",
    b"enspace": " ",
    b"emspace": " ",
}
_CHARACTERS = {b"~": "\u00a0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"\n": "\r\n", b"\r": "\r\n"}
# \fcharset numbers and their code pages ([MS-OXRTFEX] section 2.1.3.1.6).
_CHARSETS = {
    128: "cp932", 129: "cp949", 130: "cp1361", 134: "cp936", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_BYTES = 16 * 1024 * 1024
_TOKENS = 700_000
_DEPTH = 2000


@dataclass(slots=True)
class RtfText:
    """`html` is set when the RTF wraps an HTML mail (\\fromhtml). `fields` are field codes such as HYPERLINK."""

    text: str = ""
    html: str = ""
    fields: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    cut: bool = False


@dataclass(slots=True)
class _Group:
    """What holds until the next closing brace."""

    unread: bool = False
    capture: str = ""
    in_tag: bool = False
    hidden: bool = False
    in_fonts: bool = False
    codec: str = "cp1252"
    skip: int = 1


def read_rtf(content: bytes) -> RtfText:
    """Everything readable in an RTF ([MS-OXRTFEX] for the wrapped HTML). Never raises."""
    reader = _Reader(b"\\fromhtml" in content[:4096])
    tokens = 0
    for match in _TOKEN.finditer(content[:_BYTES]):
        reader.token(match)
        tokens += 1
        if tokens == _TOKENS:
            break
    return reader.result(cut=len(content) > _BYTES or tokens == _TOKENS)


class _Reader:
    def __init__(self, wraps_html: bool) -> None:
        self._wraps_html = wraps_html
        self._group = _Group()
        self._outer: list[_Group] = []
        self._output: list[str] = []
        self._captured: list[str] = []
        self._result = RtfText()
        self._pending = bytearray()
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._default = "cp1252"
        self._starred = False
        self._to_skip = 0

    def token(self, match: re.Match[bytes]) -> None:
        word, number, code, symbol, brace, text = match.groups()
        if text is not None or code is not None:
            self._characters(text if code is None else bytes([int(code, 16)]))
            return
        if word is not None:
            self._word(word, int(number) if number else None)
        elif brace is not None:
            self._flush()
            self._open() if brace == b"{" else self._close()
        elif symbol == b"*":
            self._starred = True
        elif symbol is not None and symbol in _CHARACTERS:
            self._write(_CHARACTERS[symbol])

    def result(self, *, cut: bool) -> RtfText:
        self._flush()
        written = "".join(self._output)
        self._result.html, self._result.text = (written, "") if self._wraps_html else ("", written)
        self._result.cut = cut
        return self._result

    def _open(self) -> None:
        if len(self._outer) >= _DEPTH:
            return
        group = self._group
        self._outer.append(group)
        self._group = _Group(
            group.unread, group.capture, group.in_tag, group.hidden, group.in_fonts, group.codec, group.skip
        )
        self._starred = False

    def _close(self) -> None:
        if not self._outer:
            return
        closed, self._group = self._group, self._outer.pop()
        if closed.capture and not self._group.capture:
            captured = "".join(self._captured)
            self._captured.clear()
            (self._result.fields if closed.capture == "field" else self._result.templates).append(captured)

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == b"u" and number is not None:
            self._flush()
            self._write(chr(number & 0xFFFF))
            self._to_skip = self._group.skip
            return
        if word in _BREAKS or word in _SYMBOLS:
            self._write(_BREAKS.get(word) or _SYMBOLS[word])
            return
        self._flush()
        if word == b"htmltag":
            self._group.in_tag, self._group.unread = True, False
        elif word == b"htmlrtf":
            self._group.hidden = number != 0
        elif word in _CAPTURED:
            self._group.capture, self._group.unread = _CAPTURED[word], False
        elif word in _UNREAD or starred:
            self._group.unread = True
            self._group.in_fonts = word == b"fonttbl"
        else:
            self._property(word, number)

    def _property(self, word: bytes, number: int | None) -> None:
        """Properties that decide how the bytes that follow are decoded."""
        if word == b"ansicpg" and number:
            self._default = self._group.codec = _known(f"cp{number}") or self._default
        elif word == b"uc":
            self._group.skip = max(0, min(number or 0, 8))
        elif word == b"f" and number is not None:
            self._font = number
            if not self._group.in_fonts:
                self._group.codec = self._fonts.get(number, self._default)
        elif word == b"fcharset" and self._group.in_fonts and number in _CHARSETS:
            self._fonts[self._font] = _CHARSETS[number]
        elif word == b"plain":
            self._group.codec = self._default

    def _characters(self, text: bytes) -> None:
        if self._to_skip:
            skipped = min(self._to_skip, len(text))
            self._to_skip -= skipped
            text = text[skipped:]
        self._pending += text

    def _flush(self) -> None:
        if self._pending:
            text = self._pending.decode(self._group.codec, "replace")
            self._pending.clear()
            self._emit(text)

    def _write(self, text: str) -> None:
        self._flush()
        self._emit(text)

    def _emit(self, text: str) -> None:
        group = self._group
        if group.capture:
            self._captured.append(text)
        elif not group.unread and (group.in_tag or not group.hidden):
            self._output.append(text)


def _known(codec: str) -> str:
    """The name of a code page that Python has; 65001 is UTF-8."""
    name = "utf-8" if codec == "cp65001" else codec
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""
