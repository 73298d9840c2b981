"""Writes small documents for tests: Office Open XML, RTF, PDF, workbooks record by record."""

import io
import struct
import zipfile

from tests.sandbox.static.vba import vba_project

_MAIN = {
    "docx": ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    "docm": ("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
    "xlsx": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
    "xlsm": ("xl/workbook.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    "pptx": (
        "ppt/presentation.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
    "pptm": ("ppt/presentation.xml", "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"),
}
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORD = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body>{}</w:body></w:document>"
)
_BOOK = '<workbook><sheets><sheet name="Sheet1" sheetId="1"/></sheets></workbook>'


def zipped(parts: dict[str, bytes | str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def office(kind: str, parts: dict[str, bytes | str] | None = None, text: str = "Quarterly figures") -> bytes:
    """A document of that extension with further parts; `text` is its body (as XML for Word)."""
    main, content_type = _MAIN[kind]
    body = _WORD.format(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" if "<" not in text else text)
    types = f'<Types xmlns="{_TYPES}"><Override PartName="/{main}" ContentType="{content_type}"/></Types>'
    link = f'<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="{main}"/></Relationships>'
    first: dict[str, bytes | str] = {"[Content_Types].xml": types, "_rels/.rels": link}
    first[main] = body if kind.startswith("doc") else _BOOK
    return zipped({**first, **(parts or {})})


def with_macro(kind: str, source: str) -> bytes:
    folder = {"d": "word", "x": "xl", "p": "ppt"}[kind[0]]
    return office(kind, {f"{folder}/vbaProject.bin": vba_project(source)})


def relationships(kind: str, target: str) -> str:
    return (
        f'<Relationships><Relationship Id="rId9" Type="http://schemas.openxmlformats.org/x/relationships/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )


def with_remote(kind: str, target: str) -> bytes:
    return office("docx", {"word/_rels/settings.xml.rels": relationships(kind, target)})


def field(instruction: str) -> str:
    return f"<w:p><w:r><w:instrText>{instruction}</w:instrText></w:r></w:p>"


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def workbook(*records: bytes) -> bytes:
    """The stream `Workbook` of an .xls file."""
    return (record(0x0809, bytes(16)) + b"".join(records) + record(0x0A, b"")).ljust(4096, b"\0")


def pdf(*objects: str, catalog: str = "") -> bytes:
    """A PDF with one page; `objects` are numbered from 4, `catalog` is added to the catalogue."""
    bodies = [
        f"<</Type/Catalog/Pages 2 0 R {catalog}>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>",
        *objects,
    ]
    written = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(written)
    written += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    written += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    written += f"trailer\n<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(written)


def packaged(name: str, content: bytes) -> bytes:
    """The stream of the Object Packager with one attached file."""
    path = name.encode() + b"\0"
    body = b"\x02\x00" + path + path + b"\0\0\x03\0" + struct.pack("<I", len(path)) + path
    body += struct.pack("<I", len(content)) + content
    return struct.pack("<I", len(body)) + body


def ole_object(class_name: str, data: bytes) -> bytes:
    """The data of an embedded object in RTF ([MS-OLEDS] section 2.2.5)."""
    name = class_name.encode() + b"\0"
    return struct.pack("<III", 0x501, 2, len(name)) + name + struct.pack("<III", 0, 0, len(data)) + data


def rtf(*parts: str) -> bytes:
    return ("{\\rtf1\\ansi " + " ".join(parts) + " }").encode()


def rtf_object(class_name: str, data: bytes, control: str = "\\objemb") -> str:
    return f"{{\\object{control}{{\\*\\objdata {ole_object(class_name, data).hex()}}}}}"


def program(marks: bytes = b"") -> bytes:
    """The beginning of a Windows program."""
    return b"MZ" + bytes(58) + struct.pack("<I", 128) + bytes(64) + b"PE\0\0" + bytes(200) + marks


def shell_link(arguments: str, path: str = "", icon: str = "", more: bytes = b"") -> bytes:
    """A .lnk file with these strings ([MS-SHLLINK])."""
    strings = [(0x08, path), (0x20, arguments), (0x40, icon)]
    flags = 0x80 | sum(flag for flag, text in strings if text)
    header = struct.pack("<I16sI", 0x4C, bytes.fromhex("0114020000000000c000000000000046"), flags).ljust(76, b"\0")
    stored = b"".join(struct.pack("<H", len(text)) + text.encode("utf-16-le") for _, text in strings if text)
    return header + stored + bytes(4) + more


def notebook(*blobs: bytes) -> bytes:
    """The marks of a OneNote section and its attached files ([MS-ONESTORE] section 2.6.13)."""
    start = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3").ljust(1024, b"\0")
    mark = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
    return start + b"".join(mark + struct.pack("<QIQ", len(blob), 0, 0) + blob for blob in blobs)
