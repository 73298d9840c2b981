"""What pages call the states, notes and problems of mails, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import gettext, ngettext_lazy

VERDICTS = {
    "malicious": "Malicious",
    "suspicious": "Suspicious",
    "failed": "Failed",
    "unknown": "Unknown",
    "clean": "Clean",
    "running": "Analysing",
    "skipped": "Skipped",
}

NOTES = {
    "text-mismatch": "The text shows another address than the link leads to",
    "userinfo": "Hides its host behind a user name",
    "ip-host": "Leads to a bare IP address",
    "punycode": "The host is written in another alphabet",
    "decoration": "Only decoration",
    "signature": "Part of a signature",
    "reporters-own": "The reporter's own",
    "too-large": "Too large to be analysed",
    "double-extension": "Carries two extensions",
    "encrypted": "Encrypted",
    "locked": "Locked with an unknown password",
    "qr": "From a QR code",
}

PROBLEMS = {
    "limit-depth": "Nested too deeply",
    "limit-parts": "Too many parts",
    "limit-files": "Too many files",
    "limit-urls": "Too many links",
    "limit-bytes": "Too many bytes",
    "locked": "Locked, and no password fits",
    "broken": "Broken, only partly readable",
}

HOW = {
    "attached": "An attached mail",
    "inline": "Text in the forwarding mail",
    "msg": "An attached Outlook message",
    "tnef": "Outlook's winmail.dat",
    "itself": "The mail itself",
}

EVENTS = {
    ("submission", "received"): "Received",
    ("submission", "unpacked"): "Taken apart",
    ("submission", "analysing"): "Analysis started",
    ("submission", "done"): "Verdict",
    ("submission", "ignored"): "Ignored",
    ("submission", "oversize"): "Not analysed",
    ("submission", "unparseable"): "Could not be read",
    ("submission", "held"): "Held",
    ("submission", "failed"): "Failed",
    ("submission", "reviewed"): "Reviewed",
    ("submission", "overridden"): "Verdict overruled",
    ("submission", "again"): "Analysed again",
    ("submission", "assigned"): "Assigned to",
    ("submission", "note"): "Note",
    ("decision", "decided"): "Decided for all",
    ("decision", "done"): "Carried out",
    ("decision", "failed"): "Stopped",
    ("campaigndecision", "decided"): "Decided for all",
    ("campaigndecision", "done"): "Carried out",
    ("campaigndecision", "failed"): "Stopped",
    ("submission", "downloaded"): "Original downloaded",
    ("submission", "unlocked"): "Opened with a password",
    ("submission", "not-unlocked"): "A password did not fit",
    ("analysis", "queued"): "Queued",
    ("analysis", "submitting"): "Handed to the sandbox",
    ("analysis", "unknown"): "Answer of the sandbox lost",
    ("analysis", "reconciling"): "Looking for the submission",
    ("analysis", "running"): "Running in the sandbox",
    ("analysis", "finished"): "Analysed",
    ("analysis", "failed"): "Analysis failed",
    ("analysis", "report-downloaded"): "Report downloaded",
    ("analysis", "evidence-fetched"): "Screenshots and indicators fetched",
    ("notification", "queued"): "Mail decided",
    ("notification", "sending"): "Sending mail",
    ("notification", "sent"): "Mail sent",
    ("notification", "deferred"): "Mail deferred",
    ("notification", "unknown"): "Outcome of the mail unknown",
    ("notification", "failed"): "Mail failed",
    ("notification", "suppressed"): "Mail not sent",
    ("notification", "elsewhere"): "Told in another mail",
}

COUNTED = {
    "file": ngettext_lazy("%d file", "%d files"),
    "link": ngettext_lazy("%d link", "%d links"),
    "item": ngettext_lazy("%d item", "%d items"),
}


def told(code: str, words: Mapping[str, str]) -> str:
    """The words for a code; a code without an entry is shown with blanks for its dashes."""
    known = words.get(code)
    return gettext(known) if known else code.replace("-", " ").replace("_", " ").capitalize()


def event(subject: str, kind: str) -> str:
    """What happened, for an event about `subject` (`analysis:12`)."""
    known = EVENTS.get((subject.partition(":")[0], kind))
    return gettext(known) if known else told(kind, {})


def how_many(number: int, noun: str) -> str:
    """`1 file`, `3 files`."""
    return str(COUNTED[noun] % number)


def span(seconds: float) -> str:
    """A length of time in its two largest units: `4 m 29 s`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60:02} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02} m"
    return f"{whole // 86400} d {whole % 86400 // 3600:02} h"


def size(number: int) -> str:
    """A size in bytes as people say it."""
    for unit in ("bytes", "KB", "MB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "bytes" or number >= 10 else f"{number:.1f} {unit}"
        number /= 1024  # type: ignore[assignment]
    return f"{number:.1f} GB"
