"""The mails that the embedded mail server took from us, to be read in the page."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

SHOWN = 200
HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "Auto-Submitted", "Reply-To")
POWERLESS = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "sandbox": [""],
    "frame-ancestors": [SELF],
    "form-action": [NONE],
}


@dataclass(frozen=True)
class Sent:
    """A mail in the outbox folder."""

    name: str
    at: datetime
    message: EmailMessage

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(self.message[name])) for name in HEADERS if name in self.message]

    @property
    def text(self) -> str:
        return self.part("plain")

    @property
    def html(self) -> str:
        return self.part("html")

    def part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        return str(body.get_content()) if body else ""


def paths() -> list[Path]:
    """The files of the outbox, newest first. Raises Http404 where there is no embedded mail server."""
    if not settings.EMBEDDED:
        raise Http404
    found = [(path.stat().st_mtime, path) for path in (settings.VAR_DIR / "outbox").glob("*.eml")]
    return [path for _, path in sorted(found, reverse=True)]


def read(path: Path) -> Sent:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 the policy makes it one
    return Sent(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC), message)


def named(name: str) -> Sent:
    """The mail of that file name; only names of the listing are ever opened."""
    path = next((path for path in paths() if path.name == name), None)
    if path is None:
        raise Http404
    return read(path)


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """All mails, newest first."""
    found = paths()
    return render(request, "outbox/list.html", {"mails": [read(path) for path in found[:SHOWN]], "number": len(found)})


@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: headers, text, and the HTML part in a frame of its own."""
    return render(request, "outbox/mail.html", {"mail": named(name)})


@require_safe
@xframe_options_sameorigin
@csp_replace(POWERLESS)  # type: ignore[arg-type]
def html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, unable to run, load or send anything."""
    return HttpResponse(named(name).html)
