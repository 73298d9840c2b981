"""Why an item is judged as it is, in the few plain words that the texts of every language know.

`letters.reason` says it in full, in English; a reader of another language gets these, as
`notifications/defaults/*/words.json` has them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from submissions.judgement import Judged
from submissions.verdicts import Verdict

NO_THREATS = "no-threats-found"
NOT_CARRIED_OUT = "The analysis could not be carried out"
PLAIN = {
    "It contains macros, which can run commands": ("macro",),
    "It starts a program or a command": ("dde", "formula-", "action-program", "pdf-launch"),
    "It loads something from elsewhere when it is opened": (
        "remote-", "pdf-remote-share", "pdf-opens-address", "web-query-file", "rtf-link-object", "rtf-auto-update",
        "icon-file",
    ),
    "It is built like an attack": (
        "exploit-", "equation-", "stream-", "flash", "activex", "opened-with", "lure-text", "rtf-", "pdf-",
    ),
    "It contains a program, a script or another file": (
        "embedded-", "onenote-", "pdf-embedded-file", "pdf-drops-file", "container-program", "locked-program",
        "archive-appended",
    ),
    "It links to a program": ("pdf-link-to-program", "link-program", "link-file-program"),
    "Its name hides what it really is": ("name-", "type-disguised"),
    "It is a program": ("program", "installer"),
    "It is a script or a file that runs commands": (
        "script", "html-application", "help-file", "console-file", "settings-file", "library-file", "registry-file",
        "remote-desktop-file", "sylk-file", "setup-information", "java-start-file", "desktop-entry", "shortcut",
        "link-file",
    ),
    "It looks like a forged or harmful web page": ("page-", "picture-script"),
    "It is an archive or disk image of a kind used to avoid checks": ("disk-image", "archive-"),
    "The link hides where it leads or looks like phishing": ("link-",),
    "It fits the pattern of known malware": ("yara", "test-virus"),
    "It is locked with a password": ("locked",),
    "It could not be checked completely": (
        "unreadable", "not-all-checked", "unknown-type", "empty", "yara-rules-broken",
    ),
    "No threats found by static checks": (NO_THREATS,),
    "Its parts are checked one by one": ("parts-checked-apart",),
}  # fmt: skip
PREFIXES = sorted(
    ((prefix, words) for words, prefixes in PLAIN.items() for prefix in prefixes), key=lambda pair: -len(pair[0])
)


def plain_reason(judged: Judged) -> str:
    """The words, parted by semicolons; what another sandbox says in its own words stays as it is."""
    if judged.item.denied:
        return "On the deny list"
    if judged.item.skipped:
        return str(judged.item.get_skipped_display())
    deciding = judged.deciding
    if deciding is None:
        return ""
    if deciding.error:
        return NOT_CARRIED_OUT
    return "; ".join(dict.fromkeys(strongest(deciding.reasons, Verdict(deciding.verdict))))


def strongest(reasons: Iterable[Mapping[str, Any]], verdict: Verdict) -> list[str]:
    """Three at most. A clean word needs no reasons but that nothing was found."""
    ranked = sorted(reasons, key=lambda one: -int(one["points"]))
    if verdict is Verdict.CLEAN:
        ranked = [one for one in ranked if one["id"] == NO_THREATS] or ranked
    weighed = [one for one in ranked if int(one["points"])] or ranked
    return [plain(str(one["id"]), str(one["words"])) for one in weighed[:3]]


def plain(rule: str, words: str) -> str:
    """The plain words for a rule of the built-in engine, by the longest beginning of its name."""
    return next((known for prefix, known in PREFIXES if rule.startswith(prefix)), words)
