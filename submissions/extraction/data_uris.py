"""Files that a document carries in itself as `data:` URIs (RFC 2397)."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

URI = re.compile(
    r"data:\s{0,9}([a-z0-9.+\-]{1,99}/[a-z0-9.+\-]{1,99})?((?:;\s{0,9}[a-z0-9\-]{1,40}(?:=[^;,\"'\s<>]{0,200})?){0,9}),",
    re.IGNORECASE,
)
IN_SOURCE = re.compile(r"[^\"'<>\s)\\]*+")
NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
EXTENSIONS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "image/svg+xml": ".svg",
    "text/javascript": ".js",
    "application/javascript": ".js",
    "application/x-javascript": ".js",
    "application/hta": ".hta",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/x-7z-compressed": ".7z",
    "application/vnd.rar": ".rar",
    "application/x-iso9660-image": ".iso",
    "application/x-msdownload": ".exe",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "text/css": ".css",
    "text/xml": ".xml",
}
DOCUMENTS = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml"})
HARMLESS = re.compile(
    r"image/(?!svg)|font/|audio/|video/|application/(?:x-)?font|application/vnd\.ms-fontobject|text/(?:plain|css)"
)


@dataclass(frozen=True, slots=True)
class DataUri:
    """A decoded `data:` URI. `type` is as declared, lower case; without one it is text/plain."""

    type: str
    content: bytes

    @property
    def extension(self) -> str:
        return EXTENSIONS.get(self.type, ".bin")

    @property
    def is_document(self) -> bool:
        return self.type in DOCUMENTS

    @property
    def is_active(self) -> bool:
        """Whether it is more than a picture, a font, a sound or plain text by its declared type."""
        return HARMLESS.match(self.type) is None


def data_uris(source: str) -> Iterator[DataUri]:
    """Those in a source text; each ends at a quote, a blank or a bracket."""
    position = 0 if "data:" in source.lower() else len(source)
    while head := URI.search(source, position):
        body = IN_SOURCE.match(source, head.end())
        position = body.end() if body else head.end()
        if position > head.end():
            yield _decoded(head, source[head.end() : position])


def data_uri(value: str) -> DataUri | None:
    """The one that an attribute holds, blanks inside forgiven as browsers do; None for any other value."""
    value = value.strip()
    head = URI.match(value)
    return _decoded(head, value[head.end() :]) if head and len(value) > head.end() else None


def _decoded(head: re.Match[str], body: str) -> DataUri:
    content = unquote_to_bytes(body.encode("utf-8", "surrogatepass"))
    if "base64" in head[2].lower():
        content = lenient_base64(content)
    return DataUri((head[1] or "text/plain").lower(), content)


def lenient_base64(encoded: bytes) -> bytes:
    """What can be decoded: foreign characters are passed over, padding is made up, a lone last digit dropped."""
    digits = NOT_BASE64.sub(b"", encoded.replace(b"-", b"+").replace(b"_", b"/"))
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    try:
        return base64.b64decode(digits + b"=" * (-len(digits) % 4))
    except binascii.Error:
        return b""
