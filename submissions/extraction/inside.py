"""What a file of a known kind holds: one table from type to the reader that opens it."""

from collections.abc import Callable, Sequence

from submissions.extraction.archives import open_archive, open_packed_file, open_packed_tar
from submissions.extraction.images import cannot_open, open_image
from submissions.extraction.onenote import open_onenote
from submissions.extraction.shortcuts import (
    open_internet_shortcut,
    open_library,
    open_shell_link,
    open_web_query,
)
from submissions.extraction.types import Inside, Limits, Problem
from submissions.extraction.unpacking import Container
from submissions.extraction.zips import open_zip_archive

Opener = Callable[[Container], Inside | None]

_PACKED = (open_packed_tar, open_packed_file)

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
    "image/png": (open_image,),
    "image/jpeg": (open_image,),
    "image/gif": (open_image,),
    "image/bmp": (open_image,),
    "image/webp": (open_image,),
    "image/tiff": (open_image,),
    "image/avif": (open_image,),
    "image/vnd.microsoft.icon": (open_image,),
    "image/x-icon": (open_image,),
    "image/heic": (cannot_open,),
    "image/heif": (cannot_open,),
    "application/onenote": (open_onenote,),
    "application/x-ms-shortcut": (open_shell_link,),
    "application/x-mswinurl": (open_internet_shortcut,),
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
    container = Container(content, file_type, name, limits, passwords[: limits.passwords])
    openers = OPENERS.get(file_type, ())
    for opener in openers:
        found = opener(container)
        if found is not None:
            return found
    return Inside(problems=(Problem("broken", "", f"cannot be read as {file_type}"),)) if openers else Inside()
