"""Web pages and pictures with markup that came as files: what they ask for and what their scripts do."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from submissions.extraction.type_of_text import decoded
from submissions.extraction.urls import host
from submissions.sandbox.static.findings import FileExam, Finding

_LONGEST = 4 * 1024 * 1024
_HARDLY_ANYTHING = 100
_FLAGS = re.IGNORECASE

# All texts of scripts and event attributes together are searched for these.
SCRIPT_SIGNS: tuple[tuple[str, str], ...] = (
    (
        "page-obfuscated",
        r"(?:document\.write(?:ln)?|eval|Function)\s*\(\s*(?:unescape|atob|decodeURIComponent|String\.fromCharCode)\s*\("
        r"|unescape\(\s*[\"']%[^\"']{200}|(?:\\x[0-9a-f]{2}){24,}|(?:\\u00[0-9a-f]{2}){16,}|(?:%[0-9a-f]{2}){60,}"
        r"|String\.fromCharCode\((?:\s*\w+\s*,){10,}|eval\(\s*function\(p,a,c,k|\[\]\[\(!\[\]\+|\b_0x[0-9a-f]{4,6}\b[^\n]{0,2000}\b_0x[0-9a-f]{4,6}\b"
        r"|\b_0x[0-9a-f]{4,6}\s*=\s*\[\s*[\"']\\x[0-9a-f]{2}"
        r"|\[\s*[\"'][a-z]{1,12}[\"']\s*\+\s*[\"'][a-z]{1,12}[\"']\s*\]|eval\(\s*(?:window\.)?atob|(?:charCodeAt\([^)]{0,40}\)\s*\^)",
    ),
    (
        "page-redirects",
        r"(?:window|document|top|self|parent)?\.?\blocation(?:\.href)?\s*=\s*(?:[\"'`]https?:|atob\(|unescape\(|decodeURI|\w+\s*\+)"
        r"|location\.(?:replace|assign)\(\s*(?:[\"'`]https?:|atob\(|decodeURI|\w+\s*\+)",
    ),
    (
        "page-runs-program",
        r"\bActiveXObject\b|WScript\.Shell|Shell\.Application|\bGetObject\(\s*[\"']script:|Win32_Process",
    ),
    (
        "page-sends-elsewhere",
        r"api\.telegram\.org/bot|discord(?:app)?\.com/api/webhooks|(?:\.post|\bfetch|\.open)\s*\(\s*(?:[\"'`](?:POST[\"'`]\s*,\s*[\"'`])?https?:|atob\()"
        r"|\burl\s*:\s*(?:[\"'`]https?:|atob\()[^}]{0,300}\btype\s*:\s*[\"'`]POST|formspree\.io|submit-form\.com|sendBeacon\(\s*[\"'`]https?:",
    ),
    (
        "page-hides-from-analysis",
        r"oncontextmenu|addEventListener\(\s*[\"']contextmenu|(?:keyCode|which)\s*={2,3}\s*123\b|devtools|navigator\.webdriver|\bdebugger\b",
    ),
)
_SCRIPT_SIGNS = tuple((rule, re.compile(pattern, _FLAGS)) for rule, pattern in SCRIPT_SIGNS)
_MAKES_FILE = re.compile(r"\bnew\s+(?:Blob|File)\s*\(|msSaveOrOpenBlob|msSaveBlob|createObjectURL", _FLAGS)
_SAVES_FILE = re.compile(
    r"\.download\s*=|setAttribute\(\s*[\"']download|msSaveOrOpenBlob|msSaveBlob|\.click\s*\(", _FLAGS
)
_ENCODED = re.compile(
    r"[\"'`][A-Za-z0-9+/\s]{4000,}={0,2}[\"'`]|(?:\b\d{1,3}\s*,\s*){1500,}|(?:0x[0-9a-f]{2}\s*,\s*){800,}", _FLAGS
)
_EXPLOIT = re.compile(r"\b(?:ms-msdt|search-ms|ms-officecmd|ms-appinstaller|ms-cxh-full)\s*:", _FLAGS)
_FILLS_CLIPBOARD = re.compile(r"clipboard\.writeText|execCommand\(\s*[\"']copy", _FLAGS)
_COMMAND = re.compile(r"\b(?:powershell|mshta|cmd(?:\.exe)?\s{1,9}/c|msiexec|curl\s{1,9}(?:-|http))", _FLAGS)
_READER = re.compile(
    r"(?:value|email|user(?:name)?)\s*=\s*[\"'][\w.+-]+@[\w.-]+\.[a-z]{2,}[\"']|atob\([\"'](?:[A-Za-z0-9+/]{16,120}={0,2})[\"']\)",
    _FLAGS,
)
_BRANDS = re.compile(
    r"\b(?:microsoft|office ?365|outlook|onedrive|sharepoint|adobe|docusign|dhl|fedex|ups|paypal|apple id|icloud"
    r"|google|gmail|amazon|netflix|wetransfer|dropbox|facebook|instagram|webmail|roundcube|zimbra|owa|bank|sparkasse)\b",
    _FLAGS,
)
_REFRESH = re.compile(r"\burl\s*=\s*['\"]?\s*(?:https?:|data:|//)", _FLAGS)
_DATA_PAGE = re.compile(r"^\s*data:text/html", _FLAGS)
_PASSWORD_BY_SCRIPT = re.compile(r"type\s*=\s*\\?[\"']?password\b", _FLAGS)


def web_page(exam: FileExam) -> Iterator[Finding]:
    """Signs of phishing, smuggling and attacks in an HTML file."""
    text = decoded(exam.content[:_LONGEST])
    tree = LexborHTMLParser(text)
    code = _code(tree)
    yield from _script_signs(code)
    yield from _smuggling(code, text, "html-smuggling" in exam.notes)
    yield from _password(tree, text, code)
    yield from _leading_on(tree)
    yield from _empty(tree, text)
    found = _EXPLOIT.search(text)
    if found:
        yield Finding("page-exploit-address", found[0])
    command = _COMMAND.search(code)
    if command and _FILLS_CLIPBOARD.search(code):
        yield Finding("page-fake-captcha", command[0])
    if _runs_as_application(tree, exam.type):
        yield Finding("page-runs-program", "script for Internet Explorer")


def picture(exam: FileExam) -> Iterator[Finding]:
    """An SVG picture is a web page when it is opened: it may hold scripts, links and forms."""
    text = decoded(exam.content[:_LONGEST])
    tree = LexborHTMLParser(text)
    code = _code(tree)
    if code.strip():
        yield Finding("picture-script", code.strip()[:100])
    yield from _script_signs(code)
    yield from _smuggling(code, text, "html-smuggling" in exam.notes)
    yield from _password(tree, text, code)
    yield from _frames(tree)


def _code(tree: LexborHTMLParser) -> str:
    """All scripts of a page, in elements and in attributes."""
    scripts = [node.text(deep=True) for node in tree.css("script")]
    for node in tree.css("[onload], [onclick], [onerror], [onsubmit], [onmouseover], [onbegin], [onfocus]"):
        scripts += [value or "" for name, value in node.attributes.items() if name.startswith("on")]
    scripts += [_attribute(node, "href") for node in tree.css("a[href^='javascript:' i], iframe[src^='javascript:' i]")]
    return "\n".join(scripts)


def _script_signs(code: str) -> Iterator[Finding]:
    for rule, pattern in _SCRIPT_SIGNS:
        found = pattern.search(code)
        if found:
            yield Finding(rule, found[0])


def _smuggling(code: str, text: str, noted: bool) -> Iterator[Finding]:
    if noted or (_MAKES_FILE.search(code) and _SAVES_FILE.search(code)):
        yield Finding("page-smuggles-file")
    data = _ENCODED.search(code) or re.search(r"<a\b[^>]{0,200}\bhref\s*=\s*[\"']data:application/", text, _FLAGS)
    if data:
        yield Finding("page-carries-data", f"{len(data[0])} characters")


def _password(tree: LexborHTMLParser, text: str, code: str) -> Iterator[Finding]:
    fields = tree.css("input[type='password' i]")
    if not fields and not _PASSWORD_BY_SCRIPT.search(code):
        return
    yield Finding("page-asks-password")
    targets = [_attribute(form, "action") for form in tree.css("form[action]")]
    elsewhere = next((target for target in targets if host(target) and not target.startswith("#")), "")
    if elsewhere:
        yield Finding("page-sends-elsewhere", elsewhere)
    brand = _BRANDS.search(text)
    if brand:
        yield Finding("page-poses-as-brand", brand[0])
    if _READER.search(text):
        yield Finding("page-knows-reader")


def _leading_on(tree: LexborHTMLParser) -> Iterator[Finding]:
    for node in tree.css("meta[http-equiv='refresh' i]"):
        content = _attribute(node, "content")
        if _REFRESH.search(content):
            yield Finding("page-redirects", content)
    for node in tree.css("iframe[src], embed[src], object[data]"):
        source = _attribute(node, "src") or _attribute(node, "data")
        if _DATA_PAGE.match(source):
            yield Finding("page-obfuscated", "a page within the page, given as data")


def _empty(tree: LexborHTMLParser, text: str) -> Iterator[Finding]:
    """A page without words or links of its own that has somebody else's server fill it."""
    body = tree.body
    if body is None or tree.css_first("a[href], form, table"):
        return
    own = len("".join(body.text().split())) - sum(
        len("".join(node.text().split())) for node in body.css("script, style")
    )
    if own >= _HARDLY_ANYTHING:
        return
    yield from _frames(tree)
    source = next((_attribute(node, "src") for node in tree.css("script[src]") if _is_web(_attribute(node, "src"))), "")
    if source:
        yield Finding("page-script-elsewhere", source)
        if _READER.search(text):
            yield Finding("page-knows-reader")


def _frames(tree: LexborHTMLParser) -> Iterator[Finding]:
    frames = tree.css("iframe[src], frame[src], embed[src], object[data]")
    sources = [_attribute(node, "src") or _attribute(node, "data") for node in frames]
    source = next((one for one in sources if _is_web(one)), "")
    if source:
        yield Finding("page-frame-elsewhere", source)


def _is_web(address: str) -> bool:
    return address.strip().lower().startswith(("http://", "https://", "//"))


def _runs_as_application(tree: LexborHTMLParser, file_type: str) -> bool:
    if file_type == "application/hta":
        return False
    languages = [_attribute(node, "language") + _attribute(node, "type") for node in tree.css("script")]
    return any("vbs" in language.lower() for language in languages)


def _attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""
