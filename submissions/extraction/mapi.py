"""Outlook's properties, as .msg and TNEF files store them ([MS-OXPROPS], [MS-OXCDATA])."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from submissions.extraction import charsets

SUBJECT = 0x0037
TRANSPORT_HEADERS = 0x007D
SENDER_NAME = 0x0C1A
SENDER_ADDRESS = 0x0C1F
SENDER_SMTP = 0x5D01
AUTHOR_NAME = 0x0042
AUTHOR_ADDRESS = 0x0065
AUTHOR_SMTP = 0x5D02
DISPLAY_TO = 0x0E04
DISPLAY_CC = 0x0E03
MESSAGE_ID = 0x1035
SENT_AT = 0x0039
RECEIVED_AT = 0x0E06
BODY = 0x1000
RTF = 0x1009
HTML = 0x1013
CODE_PAGE = 0x3FFD
INTERNET_CODE_PAGE = 0x3FDE
NAME = 0x3001
ADDRESS = 0x3003
SMTP_ADDRESS = 0x39FE
DATA = 0x3701
SHORT_FILE_NAME = 0x3704
FILE_NAME = 0x3707
LONG_PATH = 0x370D
MIME_TYPE = 0x370E

INTEGER_TYPE = 0x0003
OBJECT_TYPE = 0x000D
STRING_TYPE = 0x001E
UNICODE_TYPE = 0x001F
TIME_TYPE = 0x0040
BINARY_TYPE = 0x0102

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Properties:
    """Raw values by property id: (type, bytes). The first value of an id stays, except that Unicode wins."""

    values: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    charset: str = ""

    def add(self, identifier: int, kind: int, value: bytes) -> None:
        if identifier not in self.values or kind == UNICODE_TYPE:
            self.values[identifier] = kind, value

    def text(self, *identifiers: int) -> str:
        """The first of the properties that is there and not empty, as text without its closing zero."""
        for identifier in identifiers:
            kind, value = self.values.get(identifier, (0, b""))
            text = (
                value.decode("utf-16-le", "replace")
                if kind == UNICODE_TYPE
                else charsets.decode(value, self.own_charset())
            )
            if text.strip("\x00 "):
                return text.rstrip("\x00")
        return ""

    def html(self) -> str:
        """The HTML body, whose bytes are in the charset of the Internet message."""
        kind, value = self.values.get(HTML, (0, b""))
        if kind == UNICODE_TYPE:
            return value.decode("utf-16-le", "replace").rstrip("\x00")
        number = self.integer(INTERNET_CODE_PAGE) or self.integer(CODE_PAGE)
        return charsets.decode(value.rstrip(b"\x00"), _charset_of(number) or self.charset)

    def binary(self, identifier: int) -> bytes:
        return self.values.get(identifier, (0, b""))[1]

    def integer(self, identifier: int) -> int:
        kind, value = self.values.get(identifier, (0, b""))
        return int.from_bytes(value[:4], "little") if kind == INTEGER_TYPE else 0

    def date(self, *identifiers: int) -> str:
        """The first of the times that is there, as an RFC 5322 date (MAPI counts 100 ns from 1601)."""
        for identifier in identifiers:
            kind, value = self.values.get(identifier, (0, b""))
            if kind == TIME_TYPE and len(value) >= 8 and any(value):
                try:
                    return format_datetime(_EPOCH + timedelta(microseconds=int.from_bytes(value[:8], "little") // 10))
                except OverflowError:
                    continue
        return ""

    def own_charset(self) -> str:
        """The charset of the 8-bit strings."""
        return _charset_of(self.integer(CODE_PAGE)) or _charset_of(self.integer(INTERNET_CODE_PAGE)) or self.charset


def _charset_of(code_page: int) -> str:
    if code_page == 65001:
        return "utf-8"
    return f"cp{code_page}" if code_page else ""
