"""Scripts and tables: what their text says that they do."""

import re
from collections.abc import Iterator

from submissions.extraction.file_types import extension
from submissions.extraction.type_of_text import decoded
from submissions.sandbox.static.findings import FileExam, Finding
from submissions.sandbox.static.names import RUNS_BY_NAME

_LONGEST = 2 * 1024 * 1024
_FLAGS = re.IGNORECASE

SIGNS: tuple[tuple[str, str], ...] = (
    (
        "script-runs-program",
        r"WScript\.Shell|Shell\.Application|\.ShellExecute\b|\.Exec\(|Win32_Process\b|Start-Process|Invoke-(?:Expression|WmiMethod|CimMethod|Item)"
        r"|\biex\b|\bcmd(?:\.exe)?\s+/[cvk]\b|\bpowershell(?:\.exe)?\s+[-/]|\bmshta(?:\.exe)?\s|\brundll32(?:\.exe)?\s"
        r"|\bregsvr32(?:\.exe)?\s|\bwmic(?:\.exe)?\s+process\b|\bcertutil(?:\.exe)?\s|\bmsiexec(?:\.exe)?\s+/"
        r"|\bos\.system\(|\bsubprocess\.\w+\(|\bchild_process\b|\bpassthru\(|\bshell_exec\(",
    ),
    (
        "script-downloads",
        r"XMLHTTP|WinHttpRequest|ServerXMLHTTP|ADODB\.Stream|DownloadFile|DownloadString|DownloadData|Invoke-WebRequest"
        r"|Invoke-RestMethod|\biwr\b|\birm\b|Net\.WebClient|Start-BitsTransfer|\bbitsadmin\b|URLDownloadToFile"
        r"|certutil[^\n]{0,80}urlcache|\bcurl(?:\.exe)?\s+[^\n]{0,120}https?:|\bwget\s+[^\n]{0,120}https?:|urllib\.request"
        r"|GetObject\(\s*[\"']script:|\\\\[\w.-]+@(?:SSL|\d+)",
    ),
    (
        "script-obfuscated",
        r"(?:\bchrw?\(\s*\d+\s*\)\s*[&+]\s*){4,}|(?:\\x[0-9a-f]{2}){24,}|(?:\\u00[0-9a-f]{2}){16,}|(?:%[0-9a-f]{2}){40,}"
        r"|String\.fromCharCode\((?:\s*\w+\s*,){10,}|\bStrReverse\(|FromBase64String|\beval\(\s*(?:unescape|atob|function\(p,a,c,k)"
        r"|-bxor\b|(?:\b0x[0-9a-f]{2,4}\s*,\s*){40,}|(?:`[a-z]){3,}|(?:\^[a-z]){5,}|\[char\[?\]?\]\s*\(?\s*\d+[^\n]{0,40}\[char\]"
        r"|%[a-z0-9_]{1,30}:~-?\d+,\d+%(?:[^\n]{0,40}%[a-z0-9_]{1,30}:~){3}|(?:[\"'][^\"'\n]{1,3}[\"']\s*[+&]\s*){12,}"
        r"|\b_0x[0-9a-f]{4,6}\b",
    ),
    ("script-encoded-command", r"[-/]e(?:nc|ncodedcommand|c|nco?d?e?d?)?\s+[\"']?[A-Za-z0-9+/]{40,}={0,2}"),
    (
        "script-hidden-window",
        r"-w(?:in(?:dowstyle)?)?\s+(?:hidden|1)\b|\.Run\s*\(?[^\n]{1,300},\s*(?:0|vbHide)\b|WindowStyle\s*=\s*[\"']?Hidden|\bnIsVisible\b",
    ),
    (
        "script-disarms",
        r"Add-MpPreference|Set-MpPreference|DisableRealtimeMonitoring|AmsiUtils|amsiInitFailed|AmsiScanBuffer|vssadmin[^\n]{0,40}delete"
        r"|wbadmin[^\n]{0,40}delete|bcdedit[^\n]{0,80}recoveryenabled|netsh[^\n]{0,60}firewall[^\n]{0,60}(?:off|disable)",
    ),
    (
        "script-stays",
        r"CurrentVersion\\+Run\b|\bschtasks(?:\.exe)?\s+/create|Register-ScheduledTask"
        r"|\\+Start Menu\\+Programs\\+Startup|SpecialFolders\(\s*[\"']Startup|\bcrontab\b",
    ),
    (
        "script-runs-memory",
        r"VirtualAlloc|CreateThread\b|Reflection\.Assembly\]?(?:::|\.)Load|\[System\.AppDomain\]|Marshal\]?::Copy|QueueUserAPC|WriteProcessMemory",
    ),
)
_SIGNS = tuple((rule, re.compile(pattern, _FLAGS)) for rule, pattern in SIGNS)

# A formula that starts a program by DDE, in a text table or a SYLK file (CSV injection).
_FORMULA = re.compile(
    r"[=+\-@][^\n;,\"]{0,60}?\b(?:cmd|powershell|mshta|rundll32|regsvr32|msexcel|certutil|wscript)(?:\.exe)?\s*\|"
    r"|=\s*DDE\s*\(|\bEEXEC\(|;E(?:EXEC|CALL|REGISTER)\(",
    _FLAGS,
)
_STYLESHEET_SCRIPT = re.compile(r"<[\w-]{1,40}:script\b[^>]{0,400}\bimplements-prefix", _FLAGS)


def script(exam: FileExam) -> Iterator[Finding]:
    """Signs in the text of a script. Plain text counts as one when its name makes it run."""
    if exam.type != "text/plain" or extension(exam.name) in RUNS_BY_NAME:
        yield from signs(decoded(exam.content[:_LONGEST]))


def stylesheet(exam: FileExam) -> Iterator[Finding]:
    """A script in an XSL stylesheet (msxsl:script), which Windows runs with all rights of the reader."""
    text = decoded(exam.content[:_LONGEST])
    if _STYLESHEET_SCRIPT.search(text):
        yield Finding("script", "in a stylesheet")
        yield from signs(text)


def signs(text: str) -> Iterator[Finding]:
    """What a text says that it does, when it is run."""
    for rule, pattern in _SIGNS:
        found = pattern.search(text)
        if found:
            yield Finding(rule, found[0])


def table(exam: FileExam) -> Iterator[Finding]:
    """Cells of a text table that start programs."""
    found = _FORMULA.search(decoded(exam.content[:_LONGEST]))
    if found:
        yield Finding("formula-runs-program", found[0])
