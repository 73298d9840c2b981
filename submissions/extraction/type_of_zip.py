"""Which kind of document or archive a ZIP file is, by what stands in it."""

import re

from submissions.extraction.zip_parts import open_zip, part_names, read_part

ZIP = "application/zip"
_OOXML = "application/vnd.openxmlformats-officedocument."

OPEN_XML_MAIN_PARTS: tuple[tuple[bytes, str], ...] = (
    (b"wordprocessingml.document.main", _OOXML + "wordprocessingml.document"),
    (b"ms-word.document.macroEnabled.main", "application/vnd.ms-word.document.macroenabled.12"),
    (b"wordprocessingml.template.main", _OOXML + "wordprocessingml.template"),
    (b"ms-word.template.macroEnabledTemplate.main", "application/vnd.ms-word.template.macroenabled.12"),
    (b"spreadsheetml.sheet.main", _OOXML + "spreadsheetml.sheet"),
    (b"ms-excel.sheet.macroEnabled.main", "application/vnd.ms-excel.sheet.macroenabled.12"),
    (b"spreadsheetml.template.main", _OOXML + "spreadsheetml.template"),
    (b"ms-excel.template.macroEnabled.main", "application/vnd.ms-excel.template.macroenabled.12"),
    (b"ms-excel.sheet.binary.macroEnabled.main", "application/vnd.ms-excel.sheet.binary.macroenabled.12"),
    (b"ms-excel.addin.macroEnabled.main", "application/vnd.ms-excel.addin.macroenabled.12"),
    (b"presentationml.presentation.main", _OOXML + "presentationml.presentation"),
    (b"presentationml.slideshow.main", _OOXML + "presentationml.slideshow"),
    (b"presentationml.template.main", _OOXML + "presentationml.template"),
    (b"ms-powerpoint.presentation.macroEnabled.main", "application/vnd.ms-powerpoint.presentation.macroenabled.12"),
    (b"ms-powerpoint.slideshow.macroEnabled.main", "application/vnd.ms-powerpoint.slideshow.macroenabled.12"),
    (b"ms-powerpoint.addin.macroEnabled.main", "application/vnd.ms-powerpoint.addin.macroenabled.12"),
    (b"ms-visio.drawing.macroEnabled.main", "application/vnd.ms-visio.drawing.macroenabled.12"),
    (b"ms-visio.drawing.main", "application/vnd.ms-visio.drawing"),
)
# By the part that every such package has, for packages whose list of content types is damaged or hidden.
BY_PART: tuple[tuple[str, str], ...] = (
    (r"word/document\d*\.xml", _OOXML + "wordprocessingml.document"),
    (r"xl/workbook\.bin", "application/vnd.ms-excel.sheet.binary.macroenabled.12"),
    (r"xl/workbook\d*\.xml", _OOXML + "spreadsheetml.sheet"),
    (r"ppt/presentation\d*\.xml", _OOXML + "presentationml.presentation"),
    (r"visio/document\.xml", "application/vnd.ms-visio.drawing"),
    (r"AndroidManifest\.xml", "application/vnd.android.package-archive"),
    (r"AppxManifest\.xml|AppxMetadata/AppxBundleManifest\.xml", "application/msix"),
    (r"Payload/[^/]+\.app/.*", "application/x-ios-app"),
    (r"FixedDocSeq\.fdseq|FixedDocumentSequence\.fdseq", "application/vnd.ms-xpsdocument"),
    (r"META-INF/MANIFEST\.MF", "application/java-archive"),
)

_MIMETYPE = re.compile(rb"[a-z]+/[a-z0-9.+-]{3,100}")
_MANIFEST_LIMIT = 256 * 1024


def type_of_zip(content: bytes) -> str:
    """The MIME type of a ZIP file; `application/zip` for one that is only an archive. Never raises."""
    names = part_names(content)
    declared = _declared_by_mimetype(content)
    if declared:
        return declared
    folded = {name.lower(): name for name in names}
    if "[content_types].xml" in folded:
        main = _open_xml(content, folded["[content_types].xml"])
        if main:
            return main
    for pattern, mime_type in BY_PART:
        if any(re.fullmatch(pattern, name, re.IGNORECASE) for name in names):
            return mime_type
    return ZIP


def _declared_by_mimetype(content: bytes) -> str:
    """OpenDocument and EPUB store their type first and uncompressed (ODF 1.2 part 3, section 3.3)."""
    if content[30:38] != b"mimetype":
        return ""
    start = 38 + int.from_bytes(content[28:30], "little")
    found = _MIMETYPE.match(content, start, start + int.from_bytes(content[18:22], "little") or start + 100)
    return found[0].decode("ascii") if found else ""


def _open_xml(content: bytes, name: str) -> str:
    opened = open_zip(content)
    lowered = read_part(opened, name, _MANIFEST_LIMIT).lower() if opened else b""
    for mark, mime_type in OPEN_XML_MAIN_PARTS:
        if mark.lower() in lowered:
            return mime_type
    return ""
