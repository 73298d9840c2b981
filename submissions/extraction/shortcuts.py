"""Files that only point elsewhere: .url, .lnk, .iqy, .slk, .rdp, library and search connector files."""

import re
import struct
from collections.abc import Iterator

from submissions.extraction.type_of_text import decoded
from submissions.extraction.types import Inside, Link
from submissions.extraction.unpacking import Container

_URL = re.compile(r"(?:https?|ftp|file|ms-[a-z-]+|search-ms)://?[^\s\"'<>\x00-\x1f]+", re.IGNORECASE)
_UNC = re.compile(r"\\\\[\w.-]+(?:@\w+)*\\[^\s\"'<>\x00-\x1f]*")
_INI_LINK = re.compile(
    r"^\s*(?:base)?(url|iconfile|workingdirectory|icon)\s*=\s*(\S[^\r\n]*)", re.IGNORECASE | re.MULTILINE
)
_RDP_HOST = re.compile(
    r"^\s*(?:(?:alternate )?full address|gatewayhostname):s:\s*(\S{1,255})", re.IGNORECASE | re.MULTILINE
)
_XML_LINK = re.compile(r"<(url|iconReference)>\s*([^<]+?)\s*</", re.IGNORECASE)

# [MS-SHLLINK] section 2.1.1: which parts of a shell link are there.
_HAS_TARGET_LIST = 0x01
_HAS_LINK_INFO = 0x02
_STRINGS = (
    (0x04, "description"),
    (0x08, "relative path"),
    (0x10, "working directory"),
    (0x20, "arguments"),
    (0x40, "icon"),
)
_IS_UNICODE = 0x80
_HEADER = 76
_ENVIRONMENT_BLOCKS = {0xA0000001: "target", 0xA0000007: "icon", 0xA0000006: "darwin"}


def open_internet_shortcut(container: Container) -> Inside:
    """The addresses in a .url or .website file: the target and the icon (which Windows loads unasked)."""
    text = decoded(container.content)
    found = [(match[1].lower(), match[2].strip()) for match in _INI_LINK.finditer(text)]
    links = tuple(Link(target, key) for key, target in found if _URL.match(target) or _UNC.match(target))
    return Inside(links=links, text=text)


def open_web_query(container: Container) -> Inside:
    """The address that a spreadsheet loads by itself: the third line of an .iqy file; a .slk file's text."""
    text = decoded(container.content)
    return Inside(links=tuple(Link(url, "query") for url in _addresses(text)), text=text)


def open_remote_desktop(container: Container) -> Inside:
    """The computers that an .rdp file connects to, with the drives and the clipboard of who opens it."""
    text = decoded(container.content)
    hosts = dict.fromkeys(match[1] for match in _RDP_HOST.finditer(text))
    return Inside(links=tuple(Link(f"rdp://{host}", "remote desktop") for host in hosts), text=text)


def open_library(container: Container) -> Inside:
    """The places that a Windows library or search connector shows as if they were local folders."""
    text = decoded(container.content)
    found = [(match[1], match[2]) for match in _XML_LINK.finditer(text)]
    links = tuple(Link(target, key) for key, target in found if _URL.match(target) or _UNC.match(target))
    return Inside(links=links, text=text)


def open_shell_link(container: Container) -> Inside | None:
    """Target, arguments and icon of a .lnk file as text, the addresses in them as links ([MS-SHLLINK])."""
    content = container.content
    if len(content) < _HEADER:
        return None
    lines = [f"{label}: {value}" for label, value in _parts(content) if value]
    text = "\n".join(dict.fromkeys(lines))
    addresses = dict.fromkeys(_addresses(text + "\n" + content[_HEADER:].decode("utf-16-le", "ignore")))
    appended = len(content) > 64 * 1024
    return Inside(
        links=tuple(Link(address, "shortcut") for address in addresses),
        text=text,
        notes=("appended-data",) if appended else (),
    )


def _addresses(text: str) -> list[str]:
    return _URL.findall(text) + _UNC.findall(text)


def _parts(content: bytes) -> Iterator[tuple[str, str]]:
    flags = int.from_bytes(content[20:24], "little")
    position = _HEADER
    if flags & _HAS_TARGET_LIST:
        size = int.from_bytes(content[position : position + 2], "little")
        yield "target list", _readable(content[position + 2 : position + 2 + size])
        position += 2 + size
    if flags & _HAS_LINK_INFO:
        size = int.from_bytes(content[position : position + 4], "little")
        yield from _link_info(content[position : position + size])
        position += size
    for flag, label in _STRINGS:
        if flags & flag:
            length = int.from_bytes(content[position : position + 2], "little")
            width = 2 if flags & _IS_UNICODE else 1
            stored = content[position + 2 : position + 2 + length * width]
            yield label, stored.decode("utf-16-le" if width == 2 else "cp1252", "replace")
            position += 2 + length * width
    yield from _extra_blocks(content, position)


def _link_info(info: bytes) -> Iterator[tuple[str, str]]:
    """Local path and network share of the target (section 2.3)."""
    if len(info) < 28:
        return
    local, network, suffix = struct.unpack_from("<I", info, 16) + struct.unpack_from("<II", info, 20)
    for label, offset in (("path", local), ("suffix", suffix)):
        if 0 < offset < len(info):
            yield label, _zero_ended(info, offset)
    if 0 < network < len(info) - 20:
        offset = network + int.from_bytes(info[network + 8 : network + 12], "little")
        yield "share", _zero_ended(info, offset)


def _extra_blocks(content: bytes, position: int) -> Iterator[tuple[str, str]]:
    """The blocks behind the strings (section 2.5): the target by environment variables, the icon's place."""
    while position + 8 <= len(content):
        size, signature = struct.unpack_from("<II", content, position)
        if size < 8:
            return
        label = _ENVIRONMENT_BLOCKS.get(signature)
        if label:
            yield label, content[position + 268 : position + 788].decode("utf-16-le", "ignore").partition("\x00")[0]
        position += size


def _zero_ended(data: bytes, offset: int) -> str:
    return data[offset : offset + 1024].partition(b"\x00")[0].decode("cp1252", "replace")


def _readable(data: bytes) -> str:
    """The runs of letters in a list of shell items: names of drives, folders and files."""
    wide = re.findall(rb"(?:[\x20-\x7e]\x00){4,}", data)
    narrow = re.findall(rb"[\x20-\x7e]{4,}", data)
    return " ".join([run.decode("utf-16-le") for run in wide] + [run.decode("ascii") for run in narrow])
