"""What a file of a known kind holds: one table from type to the reader that opens it."""

from collections.abc import Callable, Sequence
from itertools import islice

from submissions.extraction.archives import open_archive, open_packed_file, open_packed_tar
from submissions.extraction.images import cannot_open, open_image
from submissions.extraction.msg import open_msg
from submissions.extraction.office import open_office
from submissions.extraction.ole_office import decrypted, open_ole_document
from submissions.extraction.onenote import open_onenote
from submissions.extraction.pdf import open_pdf
from submissions.extraction.rtf import open_rtf
from submissions.extraction.shortcuts import (
    open_internet_shortcut,
    open_library,
    open_remote_desktop,
    open_shell_link,
    open_web_query,
)
from submissions.extraction.tnef import open_tnef
from submissions.extraction.two_in_one import other_readings
from submissions.extraction.types import Inside, Limits, Problem
from submissions.extraction.unpacking import Container
from submissions.extraction.zips import open_zip_archive

# Each costs as much as the file itself.
OTHER_READINGS = 3
TWO_IN_ONE = "two-in-one"

Opener = Callable[[Container], Inside | None]

_PACKED = (open_packed_tar, open_packed_file)

# Office types come in some forty kinds with and without macros; they share these beginnings.
BY_BEGINNING: tuple[tuple[str, Opener], ...] = (
    ("application/vnd.openxmlformats-officedocument.", open_office),
    ("application/vnd.oasis.opendocument.", open_office),
    ("application/vnd.ms-word.", open_office),
    ("application/vnd.ms-excel.", open_office),
    ("application/vnd.ms-powerpoint.", open_office),
    ("application/vnd.ms-visio.", open_office),
    ("application/vnd.ms-xpsdocument", open_office),
)

OPENERS: dict[str, tuple[Opener, ...]] = {
    "application/zip": (open_zip_archive, open_archive),
    "application/java-archive": (open_zip_archive, open_archive),
    "application/x-7z-compressed": (open_archive,),
    "application/x-rar": (open_archive,),
    "application/x-tar": (open_archive,),
    "application/x-cpio": (open_archive,),
    "application/x-archive": (open_archive,),
    "application/x-xar": (open_archive,),
    "application/x-lzh-compressed": (open_archive,),
    "application/vnd.ms-cab-compressed": (open_archive,),
    "application/x-iso9660-image": (open_archive,),
    "application/gzip": _PACKED,
    "application/x-bzip2": _PACKED,
    "application/x-xz": _PACKED,
    "application/x-lzma": _PACKED,
    "application/x-lzip": _PACKED,
    "application/x-lz4": _PACKED,
    "application/zstd": _PACKED,
    "application/x-compress": _PACKED,
    "application/pdf": (open_pdf,),
    "application/rtf": (open_rtf,),
    "application/msword": (open_ole_document,),
    "application/vnd.ms-excel": (open_ole_document,),
    "application/vnd.ms-powerpoint": (open_ole_document,),
    "application/vnd.ms-office": (open_ole_document,),
    "application/vnd.visio": (open_ole_document,),
    "application/x-mspublisher": (open_ole_document,),
    "application/x-hwp": (open_ole_document,),
    "application/x-ole-storage": (open_ole_document,),
    "application/encrypted": (decrypted,),
    "application/vnd.ms-outlook": (open_msg, open_ole_document),
    "application/vnd.ms-tnef": (open_tnef,),
    "image/png": (open_image,),
    "image/jpeg": (open_image,),
    "image/gif": (open_image,),
    "image/bmp": (open_image,),
    "image/webp": (open_image,),
    "image/tiff": (open_image,),
    "image/avif": (open_image,),
    "image/vnd.microsoft.icon": (open_image,),
    "image/x-icon": (open_image,),
    "image/jp2": (open_image,),
    "image/x-jp2-codestream": (open_image,),
    "image/heic": (cannot_open,),
    "image/heif": (cannot_open,),
    "image/heic-sequence": (cannot_open,),
    "image/heif-sequence": (cannot_open,),
    "image/jxl": (cannot_open,),
    "image/emf": (cannot_open,),
    "image/wmf": (cannot_open,),
    "application/x-udf-image": (cannot_open,),
    "application/x-vhd": (cannot_open,),
    "application/x-vhdx": (cannot_open,),
    "application/x-ace-compressed": (cannot_open,),
    "application/onenote": (open_onenote,),
    "application/x-ms-shortcut": (open_shell_link,),
    "application/x-mswinurl": (open_internet_shortcut,),
    "application/x-rdp": (open_remote_desktop,),
    "text/x-ms-iqy": (open_web_query,),
    "application/x-sylk": (open_web_query,),
    "application/windows-library+xml": (open_library,),
    "application/windows-search-connector+xml": (open_library,),
}


def look_inside(content: bytes, file_type: str, name: str, *, limits: Limits, passwords: Sequence[str]) -> Inside:
    """Members, links, texts and notes of one file. Never raises, whatever the bytes.

    `file_type` is what `file_types.detect` said. The first opener of the type that can read the file answers;
    a type without openers holds nothing. Paths of problems are relative to the file: "" is the file itself.
    """
    inside = _opened(Container(content, file_type, name, limits, passwords[: limits.passwords]))
    for other_type, other in islice(other_readings(content, file_type), OTHER_READINGS):
        more = _opened(Container(other, other_type, name, limits, passwords[: limits.passwords]))
        inside = both(inside, more, note=TWO_IN_ONE) if not more.problems or more.members or more.links else inside
    return inside


def _opened(container: Container) -> Inside:
    file_type = container.type
    openers = _openers(file_type)
    try:
        found = next((found for opener in openers if (found := opener(container)) is not None), None)
    except MemoryError:
        return Inside(problems=(Problem("limit-memory", "", f"{file_type}: takes more memory than there is"),))
    if found is not None:
        return found
    return Inside(problems=(Problem("broken", "", f"cannot be read as {file_type}"),)) if openers else Inside()


def is_opened(file_type: str) -> bool:
    """Whether there is a reader for this type."""
    return bool(_openers(file_type))


def _openers(file_type: str) -> tuple[Opener, ...]:
    return OPENERS.get(file_type) or tuple(opener for start, opener in BY_BEGINNING if file_type.startswith(start))


def both(one: Inside, other: Inside, *, note: str = "") -> Inside:
    """What the file holds in the one way of reading it and in the other."""
    if one == Inside():
        return other._replace(notes=(*other.notes, note)) if note else other
    return one._replace(
        members=tuple(dict.fromkeys(one.members + other.members)),
        links=tuple(dict.fromkeys(one.links + other.links)),
        text="\n".join(filter(None, (one.text, other.text))),
        notes=tuple(dict.fromkeys(filter(None, (*one.notes, *other.notes, note)))),
        problems=tuple(dict.fromkeys(one.problems + other.problems)),
        password=one.password or other.password,
    )
