"""Looking at a reported mail without letting it do anything."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from submissions import storage
from submissions.extraction.preview import Preview, load
from submissions.extraction.preview import request as preview_request
from submissions.jail import JailBroken, JailLimits
from submissions.jail import run as run_in_jail
from submissions.models import Submission
from submissions.origin import origin

TABS = {"": "Rendered", "text": "Text", "headers": "Headers", "source": "Source"}
POWERLESS = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "sandbox": [""],
    "frame-ancestors": [SELF],
    "form-action": [NONE],
    "base-uri": [NONE],
}


def chosen(request: HttpRequest, row: Submission) -> int:
    """Which of the reported mails is looked at."""
    text = request.GET.get("mail", "0")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    return number if number < len(row.reported) else 0


def preview(row: Submission, number: int) -> Preview:
    """The mail, taken apart in a child process. Raises Http404 when its bytes are gone or break the reader."""
    path = str(row.reported[number].get("path", "")) if row.reported else ""
    try:
        answer = run_in_jail("preview", preview_request(storage.load(row.digest), path), JailLimits())
        return load(answer)
    except FileNotFoundError as error:
        raise Http404(gettext("The raw mail is no longer in the storage.")) from error
    except (JailBroken, ValueError) as error:
        raise Http404(gettext("The mail cannot be shown.")) from error


@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One reported mail: rendered, as text, its headers, its source."""
    row = get_object_or_404(Submission, pk=pk)
    number = chosen(request, row)
    tab = request.GET.get("tab", "")
    reported = row.reported[number] if row.reported else {}
    context = {
        "submission": row,
        "number": number,
        "tab": tab if tab in TABS else "",
        "tabs": TABS.items(),
        "preview": preview(row, number),
        "origin": origin(reported, settings.TRUSTED_AUTHSERV_ID),
    }
    return render(request, "submissions/mail.html", context)


@require_safe
@xframe_options_sameorigin
@csp_replace(POWERLESS)  # type: ignore[arg-type]
def frame(request: HttpRequest, pk: int) -> HttpResponse:
    """The sanitised HTML alone, or the text of a mail without any, unable to run, load or lead anywhere."""
    row = get_object_or_404(Submission, pk=pk)
    try:
        shown, fault = preview(row, chosen(request, row)), ""
    except Http404 as error:
        shown, fault = Preview(), str(error)
    return render(request, "submissions/mail_frame.html", {"preview": shown, "fault": fault})
