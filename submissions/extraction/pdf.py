"""PDF documents: links, text, codes in the rendered pages, embedded files, and what they do by themselves."""

import ctypes
import io
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from submissions.extraction import pdf_objects
from submissions.extraction.barcodes import links_of, read_codes
from submissions.extraction.types import Inside, Link, Member, Problem
from submissions.extraction.unpacking import Container, Unpacking, words

# What pypdfium2 raises on damaged documents (found by fuzzing); PdfiumError is a RuntimeError.
ERRORS = (RuntimeError, ValueError, OSError, TypeError, IndexError, OverflowError, ctypes.ArgumentError)

_DOTS_PER_POINT = 150 / 72
_UNREADABLE = Problem("broken", "", "no PDF reader opens it")
# A page may claim to be 5 km wide; a code on it is still found in a picture of this size.
_PAGE_PIXELS = 4_000_000


def open_pdf(container: Container) -> Inside | None:
    """Everything that leads out of a PDF. One that needs a password becomes a decrypted member of its own."""
    plain = pdf_objects.objects(container.content)
    if pdf_objects.is_bomb(container.content, container.limits.archive_bytes):
        return _salvaged(plain, Problem("limit-bytes", "", "a stream unpacks to more than is allowed"))
    try:
        document = pypdfium2.PdfDocument(container.content)
    except ERRORS:
        return _decrypted(container) if b"/Encrypt" in plain else _salvaged(plain, _UNREADABLE)
    with document:
        encrypted = pdfium.FPDF_GetSecurityHandlerRevision(document) != -1
        reading = _Reading(document, container)
        for page in reading.pages():
            reading.read(page)
        reading.take_attachments()
    return reading.inside(() if encrypted else pdf_objects.addresses(plain), pdf_objects.marks(plain))


class _Reading:
    """One document being read: what was found so far."""

    def __init__(self, document: pypdfium2.PdfDocument, container: Container) -> None:
        self._document = document
        self._limits = container.limits
        self._unpacking = Unpacking(container)
        self._links: list[Link] = []
        self._texts: list[str] = []
        self._codes: list[str] = []
        self._text_left = container.limits.text_bytes

    def pages(self) -> Iterator[pypdfium2.PdfPage]:
        count = len(self._document)
        if count > self._limits.pdf_pages:
            self._unpacking.problem("limit-pages", "", f"{count} pages, {self._limits.pdf_pages} were read")
        for number in range(min(count, self._limits.pdf_pages)):
            try:
                page = self._document[number]
            except ERRORS:
                self._unpacking.problem("broken", f"page {number + 1}", "cannot be read")
                continue
            yield page
            page.close()

    def read(self, page: pypdfium2.PdfPage) -> None:
        self._links += [Link(url, "annotation") for url in _annotations(self._document, page)]
        try:
            self._texts.append(_text(page)[: self._text_left])
            self._text_left -= len(self._texts[-1])
            self._codes += read_codes(_picture(page))
        except ERRORS as error:
            self._unpacking.problem("broken", "page", words(error))

    def take_attachments(self) -> None:
        for number in range(self._document.count_attachments()):
            if not self._unpacking.next_entry():
                return
            try:
                attachment = self._document.get_attachment(number)
                self._unpacking.take(attachment.get_name(), [bytes(attachment.get_data())], notes=("embedded",))
            except ERRORS as error:
                self._unpacking.problem("broken", f"attachment {number + 1}", words(error))

    def inside(self, addresses: tuple[str, ...], marks: tuple[str, ...]) -> Inside:
        known = {link.url for link in self._links}
        links = [*self._links, *(Link(url, "action") for url in addresses if url not in known)]
        notes = dict.fromkeys([*marks, *(["code"] if self._codes else [])])
        found = self._unpacking.inside(tuple(notes))
        return Inside(
            members=found.members,
            links=tuple(dict.fromkeys(links)) + links_of(dict.fromkeys(self._codes), "qr"),
            text="\n".join(text for text in self._texts if text),
            notes=found.notes,
            problems=found.problems,
        )


def _annotations(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[str]:
    """The targets of the link annotations of a page."""
    position = ctypes.c_int(0)
    link = pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page, position, link):
        action = pdfium.FPDFLink_GetAction(link)
        if not action:
            continue
        kind = pdfium.FPDFAction_GetType(action)
        if kind == pdfium.PDFACTION_URI:
            length = pdfium.FPDFAction_GetURIPath(document, action, None, 0)
            buffer = ctypes.create_string_buffer(length)
            pdfium.FPDFAction_GetURIPath(document, action, buffer, length)
            yield buffer.raw[: max(0, length - 1)].decode("utf-8", "replace").strip("\x00 \t\r\n")


def _text(page: pypdfium2.PdfPage) -> str:
    text_page = page.get_textpage()
    try:
        return str(text_page.get_text_bounded())
    finally:
        text_page.close()


def _picture(page: pypdfium2.PdfPage) -> Image.Image:
    width, height = page.get_size()
    area = max(1.0, width * height)
    scale = min(_DOTS_PER_POINT, (_PAGE_PIXELS / area) ** 0.5)
    return page.render(scale=scale, grayscale=True).to_pil()  # type: ignore[no-any-return]


def _decrypted(container: Container) -> Inside:
    """The document without its encryption, when one of the passwords opens it."""
    unpacking = Unpacking(container)
    for password in container.passwords:
        try:
            with pypdfium2.PdfDocument(container.content, password=password) as document:
                opened = io.BytesIO()
                document.save(opened, flags=pdfium.FPDF_REMOVE_SECURITY)
        except ERRORS:
            continue
        member = Member(container.name, opened.getvalue(), password=password, notes=("decrypted",))
        return Inside(members=(member,), notes=("encrypted",), password=password)
    unpacking.problem("locked", "", "encrypted, and no password found opens it")
    return unpacking.inside(("encrypted",))


def _salvaged(plain: bytes, problem: Problem) -> Inside:
    """What still can be told of a document that no reader opens."""
    links = tuple(Link(url, "action") for url in pdf_objects.addresses(plain))
    return Inside(links=links, notes=pdf_objects.marks(plain), problems=(problem,))
