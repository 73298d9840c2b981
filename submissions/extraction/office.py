"""Office Open XML and OpenDocument files: links, remote templates, embedded objects, macros, codes in pictures."""

import html
import re
import zipfile
from collections.abc import Iterator

from submissions.extraction.barcodes import links_of
from submissions.extraction.images import codes_in
from submissions.extraction.ole_objects import embedded_objects
from submissions.extraction.types import Inside, Link
from submissions.extraction.unpacking import CHUNK, Container, Unpacking, words
from submissions.extraction.zip_parts import ZIP_ERRORS, open_zip, read_part
from submissions.extraction.zips import overlapping

# Every pattern stops at the next angle bracket: an unclosed element must not make the search quadratic.
_RELATIONSHIP = re.compile(r"<(?:\w+:)?Relationship\b([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(?<![\w:])([\w:]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)')")
_ODF_LINK = re.compile(r"xlink:href\s*+=\s*+(?:\"([^\"<>]*)\"|'([^'<>]*)')")
_TAG = re.compile(r"<[^<>]*>")
_END_OF_PARAGRAPH = re.compile(r"</(?:\w+:)?(?:p|h|si|tr|row)\b[^<>]*>|<(?:\w+:)?(?:br|tab|line-break)\b[^<>]*>")
_WORD_FIELD = re.compile(r"<(?:\w+:)?(?:instrText|delInstrText)\b[^<>]*>([^<]*)</")
_FORMULA = re.compile(r"<(?:\w+:)?f\b[^<>]*>([^<]*)</|\binstr\s*+=\s*+\"([^\"<>]*)\"")
_LINK_FIELD = re.compile(r"(?:https?|ftp|file)://[^\s\"'<>()]+|\\\\[\w.-]+\\[^\s\"'<>()]+", re.IGNORECASE)
_DDE = re.compile(r"\bDDE(?:AUTO)?\b", re.IGNORECASE)
_LINK_TARGET = re.compile(r"(?:https?|ftp|file)://[^\s!]+|\\\\[\w.@-]+\\[^\s!]+", re.IGNORECASE)

# What a relationship of a kind means when its target lies outside of the document (ECMA-376 part 1, section 15).
REMOTE: dict[str, str] = {
    "attachedtemplate": "remote-template",
    "oleobject": "remote-object",
    "frame": "remote-object",
    "subdocument": "remote-object",
    "externallinkpath": "remote-object",
    "externallink": "remote-object",
    "externalworkbook": "remote-object",
    "package": "remote-object",
    "image": "remote-image",
    "video": "remote-object",
    "audio": "remote-object",
    "wordvbadata": "remote-object",
}
_TEXT_PARTS = re.compile(
    r"word/(?:document|header|footer|footnotes|endnotes|comments)\d*\.xml|xl/(?:sharedstrings|worksheets/[^/]+|comments\d*"
    r"|externallinks/[^/]+|workbook|drawings/[^/]+|macrosheets/[^/]+)\.xml|ppt/(?:slides|notesslides)/[^/]+\.xml"
    r"|content\.xml|styles\.xml|visio/pages/[^/]+\.xml|word/(?:websettings|settings)\.xml",
    re.IGNORECASE,
)
_MACROS = re.compile(
    r"(?:.*/)?vbaproject\.bin|xl/macrosheets/.*|basic/.*\.xml|scripts/.+|.*/vbadata\.xml", re.IGNORECASE
)
_CONTROLS = re.compile(r"(?:word|xl|ppt)/activex/.+", re.IGNORECASE)
_EMBEDDED = re.compile(
    r"(?:word|xl|ppt|visio)/embeddings/.+|.*/afchunk[^/]*|object ?\d+|.*\.(?:mht|mhtml)",
    re.IGNORECASE,
)
_PICTURE = re.compile(
    r"(?:(?:word|xl|ppt|visio)/media/.+|pictures/.+)\.(?:png|jpe?g|gif|bmp|tiff?|webp)", re.IGNORECASE
)

_PART_BYTES = 16 * 1024 * 1024
_PICTURES = 50


def open_office(container: Container) -> Inside | None:
    """What leads out of a document that is a ZIP of XML parts; None when it is no readable ZIP."""
    opened = open_zip(container.content)
    if opened is None:
        return None
    reading = _Reading(opened, container)
    for entry in opened.infolist():
        if not reading.unpacking.next_entry(entry.filename):
            break
        reading.read(entry, entry.filename.replace("\\", "/").lstrip("/"))
    return reading.inside()


class _Reading:
    """One document being read, part by part."""

    def __init__(self, opened: zipfile.ZipFile, container: Container) -> None:
        self.unpacking = Unpacking(container)
        self._opened = opened
        self._limits = container.limits
        self._overlapping = overlapping(opened.infolist())
        self._links: dict[Link, None] = {}
        self._notes: dict[str, None] = {}
        self._texts: list[str] = []
        self._text_left = container.limits.text_bytes
        self._pictures = 0

    def read(self, entry: zipfile.ZipInfo, name: str) -> None:
        if id(entry) in self._overlapping:
            self.unpacking.problem("overlap", name, "shares its bytes with another part")
        elif entry.flag_bits & 0x1:
            self.unpacking.problem("locked", name, "encrypted part")
        elif name.lower().endswith(".rels"):
            self._relationships(self._xml(entry))
        elif _TEXT_PARTS.fullmatch(name):
            self._text(self._xml(entry), name)
        elif _EMBEDDED.fullmatch(name):
            self._embedded(entry, name)
        elif _PICTURE.fullmatch(name):
            self._picture(entry)
        if _MACROS.fullmatch(name):
            self._notes["macros"] = None
        if _CONTROLS.fullmatch(name):
            self._notes["activex"] = None

    def inside(self) -> Inside:
        found = self.unpacking.inside(tuple(self._notes))
        return Inside(
            members=found.members,
            links=tuple(self._links),
            text="\n".join(text for text in self._texts if text.strip()),
            notes=found.notes,
            problems=found.problems,
        )

    def _xml(self, entry: zipfile.ZipInfo) -> str:
        """A part as text: no XML parser, so no entities, no depth and no broken document can hurt."""
        content = read_part(self._opened, entry, _PART_BYTES)
        self.unpacking.spend(len(content), entry.filename)
        if len(content) == _PART_BYTES:
            self.unpacking.problem("limit-part-bytes", entry.filename, f"only the first {_PART_BYTES} bytes were read")
        if not content and entry.file_size:
            self.unpacking.problem("broken", entry.filename, "cannot be unpacked")
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<\x00?\x00" in content[:8]
        return content.decode("utf-16" if wide else "utf-8", "replace")

    def _relationships(self, xml: str) -> None:
        for element in _RELATIONSHIP.finditer(xml):
            values = {
                match[1].lower(): html.unescape(match[2] or match[3] or "") for match in _ATTRIBUTE.finditer(element[1])
            }
            target = values.get("target", "").strip()
            kind = values.get("type", "").rpartition("/")[2].lower()
            if values.get("targetmode", "").lower() != "external" and "://" not in target:
                continue
            note = REMOTE.get(kind)
            if note:
                self._notes[note] = None
            for address in _LINK_TARGET.findall(target) or [target]:
                self._links[Link(address, kind or "relationship", (note,) if note else ())] = None

    def _text(self, xml: str, name: str) -> None:
        for match in _ODF_LINK.finditer(xml):
            target = html.unescape(match[1] or match[2] or "")
            if "://" in target:
                self._links[Link(target, "hyperlink")] = None
        self._fields(xml)
        if self._text_left > 0:
            text = html.unescape(_TAG.sub("", _END_OF_PARAGRAPH.sub("\n", xml)))[: self._text_left]
            self._text_left -= len(text)
            self._texts.append(text)

    def _fields(self, xml: str) -> None:
        """Field codes, which Word splits over many elements, and formulas."""
        code = "".join(_WORD_FIELD.findall(xml))
        formulas = ["".join(match.groups("")) for match in _FORMULA.finditer(xml)]
        code = html.unescape("\n".join([code, *formulas]))
        if _DDE.search(code) or "<ddeLink" in xml:
            self._notes["dde"] = None
        for address in _LINK_FIELD.findall(code):
            self._links[Link(address, "field")] = None

    def _embedded(self, entry: zipfile.ZipInfo, name: str) -> None:
        content = b"".join(self._chunks(entry))
        for member in embedded_objects(content, name):
            self.unpacking.take(member.name, [member.content], notes=("embedded",))

    def _chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        left = self._limits.file_bytes
        try:
            with self._opened.open(entry) as part:
                while left > 0 and (chunk := part.read(CHUNK)):
                    left -= len(chunk)
                    yield chunk
        except ZIP_ERRORS as error:
            self.unpacking.problem("broken", entry.filename, words(error))

    def _picture(self, entry: zipfile.ZipInfo) -> None:
        self._pictures += 1
        if self._pictures > _PICTURES:
            self.unpacking.problem(
                "limit-pictures", entry.filename, f"only {_PICTURES} pictures were searched for codes"
            )
            return
        texts = codes_in(read_part(self._opened, entry, _PART_BYTES), self._limits.image_pixels)
        if texts:
            self._notes["code"] = None
        for link in links_of(texts, "qr"):
            self._links[link] = None
