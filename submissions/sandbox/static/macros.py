"""Macros of Office documents: the code is taken out by oletools, judged by what it can do."""

import re
import struct
import warnings
import zlib
from collections.abc import Iterator

from submissions.sandbox.static.findings import Finding

__all__ = ["code_signs", "macro_signs", "rtfobj"]

with warnings.catch_warnings():
    # oletools still calls names that pyparsing has renamed.
    warnings.simplefilter("ignore", DeprecationWarning)
    from oletools import olevba, rtfobj

# What oletools raises on damaged documents (found by fuzzing).
ERRORS = (
    olevba.OlevbaBaseException,
    OSError,
    ValueError,
    IndexError,
    KeyError,
    AttributeError,
    TypeError,
    OverflowError,
    RecursionError,
    AssertionError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
)
_LONGEST = 2 * 1024 * 1024
_FLAGS = re.IGNORECASE | re.MULTILINE

_AUTO_RUN = re.compile(
    r"\b(?:Sub|Function)\s+((?:Auto_?(?:Open|Close|Exec|Exit|New|Ex)|Auto(?:Activate|Deactivate)"
    r"|Document_?(?:Open|Close|BeforeClose|New|Change|ContentControlOnEnter|BeforeSave)"
    r"|Workbook_?(?:Open|Activate|Close|BeforeClose|BeforeSave|Deactivate|WindowActivate|SheetActivate|Calculate)"
    r"|(?:Work)?Sheet_?(?:Activate|Calculate|Change|SelectionChange)|Presentation_?Open|On(?:Slide)?ShowPageChange"
    r"|\w+_(?:Layout|Resize|GotFocus|LostFocus|MouseMove|MouseHover|Painted|Painting|Click|Change|Initialize|Activate"
    r"|BeforeNavigate2|DocumentComplete|DownloadBegin|FileDownload|NavigateComplete2|Terminate))\b)",
    _FLAGS,
)
_CLICKED = re.compile(r"_(?:Click|Change)$", _FLAGS)

SIGNS: tuple[tuple[str, str], ...] = (
    (
        "macro-runs-program",
        r"(?:^\s*|[=:(]\s*|\b(?:Then|Else|Call)\s+|VBA\.)Shell\$?\s*(?:[(\"]|[a-z_])|\bWScript\.Shell|\bShell\.Application|\.ShellExecute\b|\bShellExecute[AW]?\b"
        r"|\bWinExec\b|\bCreateProcess"
        r"|\bWin32_Process|winmgmts:|\bpowershell\b|\bcmd(?:\.exe)?\s*/[ck]|\bmshta\b|\brundll32\b|\bregsvr32\b|\bcertutil\b|\bwscript(?:\.exe)?\s"
        r"|\bcscript(?:\.exe)?\s|\bMacScript\b|\bAppleScriptTask\b|\.Run\s+[\"(]|\.Exec\s*\(|Schedule\.Service|\bInvokeVerb\b|ExecuteExcel4Macro"
        r"|\bSendKeys\b|72C24DD5-D70A-438B-8A42-98424B88AFB8|F935DC22-1CF0-11D0-ADB9-00C04FD58A0B",
    ),
    (
        "macro-downloads",
        r"URLDownloadToFile|XMLHTTP|WinHttp\.?WinHttpRequest|ServerXMLHTTP|InternetOpenUrl|InternetReadFile|Net\.WebClient|DownloadFile"
        r"|DownloadString|\bWorkbooks\.Open\s*\(?\s*\"https?:|InternetExplorer\.Application|\bFollowHyperlink\b|Invoke-WebRequest",
    ),
    (
        "macro-writes-file",
        r"ADODB\.Stream|\.SaveToFile|\.CreateTextFile|FileCopy\b|CopyFile\b|\bOpen\s+[^\n]{1,200}\s+For\s+(?:Output|Binary|Append|Random)\b|\.WriteText\b|SetAttr\b|\bKill\s",
    ),
    (
        "macro-obfuscated",
        r"(?:\bChr[WB]?\$?\s*\(\s*[^()\n]{1,40}\)\s*[&+]\s*){3,}|\bStrReverse\b|(?:[\"'][^\"'\n]{1,4}[\"']\s*[&+]\s*){8,}|\bCallByName\b"
        r"|\"[A-Za-z0-9+/]{120,}={0,2}\"|\"[0-9A-Fa-f]{120,}\"|\bXor\b|(?:\bArray\s*\((?:\s*\d{1,3}\s*,){20,})",
    ),
    (
        "macro-calls-system",
        r"\bDeclare\s+(?:PtrSafe\s+)?(?:Function|Sub)\s+\w+\s+Lib\b|VirtualAlloc|RtlMoveMemory|CreateThread|WriteProcessMemory|CreateRemoteThread",
    ),
    (
        "macro-changes-security",
        r"AccessVBOM|VBAWarnings|\.VBProject\b|VBComponents\b|CodeModule\b|\bisInVirtual|VBoxService|vmtoolsd|SbieDll|\bProcessHacker\b|DisableUnsafeLocations"
        r"|\\Security\\Trusted|Add-MpPreference|Environ(?:\$)?\s*\(\s*\"(?:USERDOMAIN|COMPUTERNAME)",
    ),
)
_SIGNS = tuple((rule, re.compile(pattern, _FLAGS)) for rule, pattern in SIGNS)
_ATTRIBUTES = re.compile(
    r"^\s*(?:Attribute\s+VB_|Option\s+(?:Explicit|Base|Compare|Private)|'|Rem\s)[^\n]*$|^\s*$", re.MULTILINE
)
_COMPILED_AUTO_RUN = re.compile(rb"(?i)\b(?:auto_?open|document_open|workbook_open|auto_?exec)\b")


def macro_signs(content: bytes, name: str) -> Iterator[Finding]:
    """Signs in the VBA macros of a document of any Office format; nothing when it holds no macros."""
    try:
        with_macros = olevba.VBA_Parser(name or "document", data=content)
    except ERRORS as error:
        yield Finding("unreadable", f"macros: {type(error).__name__}")
        return
    try:
        # oletools takes any text for the code of a macro.
        if with_macros.type != olevba.TYPE_TEXT and with_macros.detect_vba_macros():
            yield from code_signs(_code(with_macros), content)
    except ERRORS as error:
        yield Finding("unreadable", f"macros: {type(error).__name__}")
    finally:
        with_macros.close()


def _code(with_macros: olevba.VBA_Parser) -> list[str]:
    """The text of each module. Excel 4.0 macros, which oletools gives as a module too, are judged elsewhere."""
    modules = with_macros.extract_macros()
    return [_text(code) for _, stream, _, code in modules if stream != "xlm_macro"]


def _text(code: str | bytes) -> str:
    return code.decode("utf-8", "replace") if isinstance(code, bytes) else code


def code_signs(modules: list[str], content: bytes = b"") -> Iterator[Finding]:
    """Signs in the text of VBA modules; `content` is the document, searched when all text is gone."""
    code = "\n".join(modules)[:_LONGEST].replace(" _\r\n", " ").replace(" _\n", " ")
    if not _ATTRIBUTES.sub("", code).strip():
        compiled = _COMPILED_AUTO_RUN.search(content)
        yield Finding("macro-stomped", compiled[0].decode()) if compiled else Finding("macro-empty")
        return
    yield Finding("macro")
    started = _started_by_itself(code)
    if started:
        yield Finding("macro-auto-run", started)
    for rule, pattern in _SIGNS:
        found = pattern.search(code)
        if found:
            yield Finding(rule, found[0])


def _started_by_itself(code: str) -> str:
    """The procedure that Office calls; one behind a button counts only for controls that nobody has to click."""
    names = [match[1] for match in _AUTO_RUN.finditer(code)]
    return next((name for name in names if not _CLICKED.search(name) or name.lower().endswith("sheet_change")), "")
