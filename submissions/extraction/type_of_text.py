"""Which kind of text some bytes are: mail, page, script, shortcut, calendar, or only text."""

import re
from collections.abc import Iterable

PLAIN = "text/plain"
HTML = "text/html"
MAIL = "message/rfc822"
SHORTCUT = "application/x-mswinurl"

_HEAD = 64 * 1024
_NO_TEXT = bytes({*range(0x20)} - {*b"\t\n\x0b\x0c\r\x1b"})

_MAIL_HEADERS = re.compile(
    r"^(received|return-path|message-id|mime-version|from|to|cc|subject|date|content-type|delivered-to|sender|reply-to"
    r"|dkim-signature|authentication-results|arc-seal|x-[a-z0-9-]{3,60}|content-transfer-encoding|importance"
    r"|content-disposition|list-id|list-unsubscribe|in-reply-to|references|resent-from|bcc|thread-topic)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_ONLY_IN_MAIL = frozenset({"received", "return-path", "message-id", "mime-version", "from", "delivered-to"})
_COMPOSITE = re.compile(r"^content-type[ \t]*:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_HEADER_BLOCK = re.compile(
    r"\A(?:>?From [^\r\n]*\r?\n)?(?:[!-9;-~]+[ \t]*:[^\r\n]*(?:\r\n|\r|\n)(?:[ \t][^\r\n]*(?:\r\n|\r|\n))*)+"
)

# Byte order marks, blanks, XML declarations, comments and document types say nothing about what follows.
_PROLOG = re.compile(r"(?>[\s\x00\ufeff]+|<\?xml\b[^>]*>|<!--[\s\S]*?-->|<!doctype(?!\s+html)[^>]*>)*+", re.IGNORECASE)

# The first that fits decides. No pattern may backtrack over more than a line.
AT_THE_START: tuple[tuple[str, str], ...] = (
    (r"BEGIN:VCALENDAR\b", "text/calendar"),
    (r"BEGIN:VCARD\b", "text/vcard"),
    (r"WEB\r?\n1\r?\n", "text/x-ms-iqy"),
    (r"ID;P", "application/x-sylk"),
    (r"\[Shell\]\r?\n", "application/x-ms-scf"),
    (r"\[Desktop Entry\]", "application/x-desktop"),
    (r"Windows Registry Editor Version|REGEDIT4", "text/x-ms-regedit"),
    (r"-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted"),
    (r"-----BEGIN PGP SIGNATURE-----", "application/pgp-signature"),
    (r"-----BEGIN PGP PUBLIC KEY BLOCK-----", "application/pgp-keys"),
    (r"#![^\n]{0,80}\b(?:sh|bash|zsh|dash|ksh)\b", "text/x-shellscript"),
    (r"#![^\n]{0,80}\bpython", "text/x-python"),
    (r"#![^\n]{0,80}\bperl", "text/x-perl"),
    (r"#@~\^[A-Za-z0-9+/]{6}==", "text/x-ms-encoded-script"),
    (r"<jnlp\b", "application/x-java-jnlp-file"),
    (r"<(?:job|package)\b", "text/x-ms-wsf"),
    (r"(?:<\?component[^>]*>\s*)?<(?:scriptlet|component)\b", "text/x-ms-scriptlet"),
    (r"<svg\b", "image/svg+xml"),
    (r"<\?mso-application\b|<pkg:package\b", "application/vnd.ms-office+xml"),
    (r"<\?php\b", "text/x-php"),
    (
        r"<(?:!doctype\s+html|html|head|body|meta|title|script|style|iframe|table|div|p|a|img|form|center|font|span|br"
        r"|base|h[1-6]|input|object|embed|link)\b",
        HTML,
    ),
)
# Before each pattern the words, in small letters, of which one stands in every text that it fits: they are found
# many times faster.
ANYWHERE: tuple[tuple[str, str, str], ...] = (
    ("<hta:application", r"<hta:application\b", "application/hta"),
    (
        "[internetshortcut|{000214a0",
        r"^\[(?:InternetShortcut(?:\.[AW])?|\{000214A0-0000-0000-C000-000000000046\})\]",
        SHORTCUT,
    ),
    ("full address:s:", r"^(?:alternate )?full address:s:", "application/x-rdp"),
    ("<librarydescription", r"<libraryDescription\b", "application/windows-library+xml"),
    (
        "<searchconnectordescription|<persistedquery",
        r"<(?:searchConnectorDescription|persistedQuery)\b",
        "application/windows-search-connector+xml",
    ),
    ("<pcsettings", r"<PCSettings\b", "application/windows-settings-content+xml"),
    ("<mmc_consolefile", r"<MMC_ConsoleFile\b", "application/x-ms-msc"),
)
SCRIPTS: tuple[tuple[str, str, str], ...] = (
    ("echo off", r"^@?echo off\b", "text/x-msdos-batch"),
    (
        "on error resume next|option explicit|createobject",
        r"^[ \t]*(?:On Error Resume Next|Option Explicit|Set \w{1,40} ?= ?CreateObject)\b",
        "text/vbscript",
    ),
    (
        "new activexobject(|string.fromcharcode(|eval(function(|new function(",
        r"\bnew ActiveXObject\(|\bString\.fromCharCode\(|\beval\(function\(|\bnew Function\(",
        "text/javascript",
    ),
    (
        "use strict|var |function",
        r"^(?:'use strict'|\"use strict\"|var \w{1,40} ?= ?|function \w{1,40} ?\(|!function\()",
        "text/javascript",
    ),
    ("createobject(", r"\bWScript\.CreateObject\(|\bCreateObject\(\"", "text/vbscript"),
    (
        "invoke-|new-object|set-executionpolicy|start-process|add-mppreference|frombase64string",
        r"\b(?:Invoke-(?:Expression|WebRequest|RestMethod|Command)|New-Object\s+(?:System\.)?Net\.WebClient"
        r"|Set-ExecutionPolicy|Start-Process|Add-MpPreference|FromBase64String)\b",
        "text/x-powershell",
    ),
    ("<html|<body|<head|<!doctype", r"<(?:html|body|head|!doctype html)\b", HTML),
)
_FLAGS = re.IGNORECASE | re.MULTILINE
_AT_THE_START = tuple((re.compile(pattern, _FLAGS), mime_type) for pattern, mime_type in AT_THE_START)
_ANYWHERE, _SCRIPTS = (
    tuple((words.split("|"), re.compile(pattern, _FLAGS), mime_type) for words, pattern, mime_type in table)
    for table in (ANYWHERE, SCRIPTS)
)

# Text that shows no mark of its own is what its name claims.
BY_EXTENSION: dict[str, str] = {
    "eml": MAIL,
    "htm": HTML,
    "html": HTML,
    "shtml": HTML,
    "xhtml": HTML,
    "hta": "application/hta",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "jse": "text/javascript",
    "vbs": "text/vbscript",
    "vbe": "text/vbscript",
    "vb": "text/vbscript",
    "bas": "text/vbscript",
    "wsf": "text/x-ms-wsf",
    "wsc": "text/x-ms-scriptlet",
    "sct": "text/x-ms-scriptlet",
    "ps1": "text/x-powershell",
    "psm1": "text/x-powershell",
    "bat": "text/x-msdos-batch",
    "cmd": "text/x-msdos-batch",
    "sh": "text/x-shellscript",
    "py": "text/x-python",
    "pl": "text/x-perl",
    "php": "text/x-php",
    "url": SHORTCUT,
    "website": SHORTCUT,
    "iqy": "text/x-ms-iqy",
    "slk": "application/x-sylk",
    "ics": "text/calendar",
    "vcf": "text/vcard",
    "svg": "image/svg+xml",
    "xml": "text/xml",
    "csv": "text/csv",
    "css": "text/css",
    "json": "application/json",
    "reg": "text/x-ms-regedit",
    "rdp": "application/x-rdp",
    "inf": "text/x-ms-inf",
}


def type_of_text(content: bytes, name: str = "") -> str:
    """The MIME type of a text, "" when the bytes are no text. Never raises."""
    text = decoded(content[:_HEAD])
    if not text.strip():
        return ""
    if _is_mail(text, name):
        return MAIL
    return _marked(text) or BY_EXTENSION.get(name.strip(". \t").rpartition(".")[2].lower(), PLAIN)


def _marked(text: str) -> str:
    """The type that the text shows by a mark of its own."""
    lowered = text.lower()
    if found := _first(_ANYWHERE, text, lowered):
        return found
    start = _PROLOG.match(text)
    after_prolog = start.end() if start else 0
    for pattern, mime_type in _AT_THE_START:
        if pattern.match(text, after_prolog):
            return mime_type
    if text.lstrip("\ufeff \t\r\n").startswith("<?xml"):
        return "text/xml"
    return _first(_SCRIPTS, text, lowered)


def _first(table: Iterable[tuple[list[str], re.Pattern[str], str]], text: str, lowered: str) -> str:
    """The type of the first pattern that fits."""
    for words, pattern, mime_type in table:
        if any(word in lowered for word in words) and pattern.search(text):
            return mime_type
    return ""


def decoded(content: bytes) -> str:
    """The bytes as text by their byte order mark or their look, "" for bytes that are no text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if content.startswith(b"\xef\xbb\xbf"):
        return content.decode("utf-8-sig", "replace")
    if content.count(0) * 5 > len(content) * 2 and not content[: len(content) & ~1][1::2].strip(b"\x00"):
        return content.decode("utf-16-le", "replace")
    if (len(content) - len(content.translate(None, _NO_TEXT))) * 100 > len(content):
        return ""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _is_mail(text: str, name: str) -> bool:
    block = _HEADER_BLOCK.match(text.lstrip("\ufeff \t\r\n"))
    if not block:
        return False
    headers = block[0].replace("\r", "\n")
    found = {match[1].lower() for match in _MAIL_HEADERS.finditer(headers)}
    if name.lower().endswith(".eml") or _COMPOSITE.search(headers):
        return bool(found)
    return bool(found & _ONLY_IN_MAIL) and len(found) >= 2
