"""What each endpoint of the Joe Web API v2 takes; anything else is refused with Joe's own error codes.

The names are those the official client knows; how strict the real service is about values is an assumption.
"""

import re
from dataclasses import dataclass

from tests.fakes.faults import Answer
from tests.fakes.forms import Form

MISSING, INVALID, BAD_KEY, OFFLINE, INTERNAL, FORBIDDEN, UNKNOWN_ENDPOINT, QUOTA = 2, 3, 4, 5, 6, 7, 8, 1
HTTP_STATUS = {QUOTA: 429, MISSING: 400, INVALID: 400, BAD_KEY: 403, OFFLINE: 503, INTERNAL: 500, FORBIDDEN: 403}

BOOLEANS = frozenset(
    [
        "internet-access",
        "internet-simulation",
        "report-cache",
        "hybrid-code-analysis",
        "hybrid-decompilation",
        "ssl-inspection",
        "vba-instrumentation",
        "js-instrumentation",
        "java-jar-tracing",
        "dotnet-tracing",
        "email-notification",
        "start-as-normal-user",
        "archive-no-unpack",
        "hypervisor-based-inspection",
        "fast-mode",
        "secondary-results",
        "apk-instrumentation",
        "amsi-unpacking",
        "powershell-logging",
        "disable-chained-runs",
        "live-interaction",
        "url-reputation",
        "analyze-on-reverser",
        "anti-evasion-date",
        "remote-assistance",
        "remote-assistance-view-only",
        "static-only",
        "export-to-jbxview",
        "accept-tac",
    ]
)
NUMBERS = frozenset(["analysis-time", "delete-after-days", "priority"])
TEXTS = frozenset(
    [
        "comments",
        "office-files-password",
        "archive-password",
        "command-line-argument",
        "localized-internet-country",
        "system-date",
        "language-and-locale",
        "encrypt-with-password",
        "browser",
        "proxy-mode-config",
        "systems[]",
        "tags[]",
    ]
)
SOURCES = frozenset(["sample", "chunked-sample", "url", "sample-url", "command-line", "cookbook"])
CHUNK = frozenset(
    ["submission_id", "file-size", "chunk-size", "chunk-count", "current-chunk-index", "current-chunk-size"]
)
REVERSER = "include-reverser-analyses"

ALLOWED: dict[str, frozenset[str]] = {
    "submission/new": BOOLEANS | NUMBERS | TEXTS | SOURCES,
    "submission/chunked-sample": CHUNK | {"chunk"},
    "submission/info": frozenset(["submission_id", REVERSER]),
    "submission/list": frozenset(["pagination_next", "include-shared"]),
    "submission/delete": frozenset(["submission_id"]),
    "analysis/info": frozenset(["webid"]),
    "analysis/list": frozenset(["pagination", "pagination_next", REVERSER]),
    "analysis/search": frozenset(["q", REVERSER]),
    "analysis/download": frozenset(["webid", "type", "run"]),
    "analysis/delete": frozenset(["webid"]),
    **dict.fromkeys(("server/online", "server/info", "server/systems", "account/info"), frozenset()),
    **dict.fromkeys(("server/lia_countries", "server/languages_and_locales"), frozenset()),
}
REQUIRED: dict[str, frozenset[str]] = {
    "submission/new": frozenset(["accept-tac"]),
    "submission/chunked-sample": CHUNK | {"chunk"},
    "submission/info": frozenset(["submission_id"]),
    "submission/delete": frozenset(["submission_id"]),
    "analysis/info": frozenset(["webid"]),
    "analysis/search": frozenset(["q"]),
    "analysis/download": frozenset(["webid", "type"]),
    "analysis/delete": frozenset(["webid"]),
}


@dataclass
class JoeError(Exception):
    """An answer with Joe's error list."""

    code: int
    message: str

    @property
    def status(self) -> int:
        return HTTP_STATUS.get(self.code, 404)


CLOUD_ONLY = frozenset(["url-reputation", "delete-after-days", "proxy-mode-config"])
ON_PREMISE_ONLY = frozenset(["priority"])


def check_edition(form: Form, *, cloud: bool) -> None:
    """Refuse the parameters of the other edition."""
    if wrong := form.fields.keys() & (ON_PREMISE_ONLY if cloud else CLOUD_ONLY):
        raise JoeError(INVALID, f"Unknown parameter {min(wrong)}.")


def check(endpoint: str, form: Form) -> None:
    """Refuse unknown names, missing names and values out of their form."""
    given = (form.fields.keys() | form.files.keys()) - {"apikey"}
    if unknown := given - ALLOWED[endpoint]:
        raise JoeError(INVALID, f"Unknown parameter {min(unknown)}.")
    if missing := REQUIRED.get(endpoint, frozenset()) - given:
        raise JoeError(MISSING, f"Missing parameter {min(missing)}.")
    for name, values in form.fields.items():
        if len(values) > 1 and not name.endswith("[]"):
            raise JoeError(INVALID, f"Repeated parameter {name}.")
        _check_value(name, values[0])


def _check_value(name: str, value: str) -> None:
    if name in BOOLEANS or name in (REVERSER, "include-shared", "pagination"):
        good = value in ("0", "1")
    elif name in NUMBERS or name in CHUNK or name == "run":
        good = value.isascii() and value.isdigit()
    elif name == "system-date":
        good = re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is not None
    else:
        good = name not in SOURCES or bool(value)
    if not good:
        raise JoeError(INVALID, f"Invalid parameter {name}.")


def check_source(form: Form) -> str:
    """The one thing a submission is about; a cookbook may come along with a sample."""
    given = (form.fields.keys() | form.files.keys()) & SOURCES
    sources = given - {"cookbook"} or given
    if len(sources) != 1:
        raise JoeError(MISSING if not sources else INVALID, "Exactly one of sample, url, ... is needed.")
    source = sources.pop()
    if (source in ("sample", "cookbook")) is not (source in form.files):
        raise JoeError(INVALID, f"Invalid parameter {source}.")
    if form.one("accept-tac") != "1":
        raise JoeError(INVALID, "The terms and conditions must be accepted (accept-tac).")
    return source


# Faults that the API itself reports.
API_FAULTS = {
    "quota": JoeError(QUOTA, "The daily quota is used up."),
    "maintenance": JoeError(OFFLINE, "The server is in maintenance mode."),
    "internal": JoeError(INTERNAL, "Internal error."),
    "invalid-key": JoeError(BAD_KEY, "Invalid API key."),
    "permission": JoeError(FORBIDDEN, "Permission denied."),
    "invalid": JoeError(INVALID, "Invalid parameter systems."),
    "vanished": JoeError(INVALID, "Submission not found."),
}
ERRORS_EMPTY = Answer(b'{"errors": []}', 400)
