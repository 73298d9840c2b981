"""Which kind of document an OLE compound file is, by the streams in its directory ([MS-CFB])."""

import struct

import olefile

OLE = "application/x-ole-storage"

# olefile raises OSError on damage it notices itself; the others escape it (found by fuzzing).
OLE_ERRORS = (OSError, ValueError, IndexError, KeyError, AttributeError, TypeError, OverflowError, struct.error)

# The first that fits decides: a document may hold objects of other kinds below its root.
BY_ROOT_ENTRY: tuple[tuple[str, str], ...] = (
    ("encryptedpackage", "application/encrypted"),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("__nameid_version1.0", "application/vnd.ms-outlook"),
    ("worddocument", "application/msword"),
    ("workbook", "application/vnd.ms-excel"),
    ("book", "application/vnd.ms-excel"),
    ("powerpoint document", "application/vnd.ms-powerpoint"),
    ("visiodocument", "application/vnd.visio"),
    ("quill", "application/x-mspublisher"),
    ("\x05hwpsummaryinformation", "application/x-hwp"),
    ("fileheader", "application/x-hwp"),
    ("project", "application/vnd.ms-office"),
    ("vba", "application/vnd.ms-office"),
)
_INSTALLER_CLASSES = ("000C1084-", "000C1086-", "000C1082-")


def open_ole(content: bytes) -> olefile.OleFileIO | None:
    """The compound file opened, or None when it is too damaged."""
    try:
        return olefile.OleFileIO(content)
    except OLE_ERRORS:
        return None


def type_of_ole(content: bytes) -> str:
    """The MIME type of an OLE compound file; `application/x-ole-storage` for an unknown one. Never raises."""
    opened = open_ole(content)
    if opened is None:
        return _by_names_in(content)
    with opened:
        if str(opened.root.clsid).startswith(_INSTALLER_CLASSES):
            return "application/x-msi"
        names = {kid.name.lower() for kid in opened.root.kids}
    for name, mime_type in BY_ROOT_ENTRY:
        if name in names:
            return mime_type
    return OLE


def _by_names_in(content: bytes) -> str:
    """For damaged files: directory entries are UTF-16 names, wherever they stand."""
    lowered = content.lower()
    for name, mime_type in BY_ROOT_ENTRY:
        if name.encode("utf-16-le") + b"\x00\x00" in lowered:
            return mime_type
    return OLE
