"""What the sandbox saw: screenshots and indicators, for those who decide on mails or may have samples."""

from collections.abc import Callable
from functools import wraps

from csp.constants import NONE
from csp.decorators import csp_replace
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from submissions import evidence, indicators, roles, storage
from submissions.models import Analysis
from submissions.sandbox.base import SandboxError

ENDINGS = {"image/png": "png", "image/jpeg": "jpg"}
View = Callable[..., HttpResponseBase]


def guarded(view: View) -> View:
    """Only for those who decide on mails or may have samples; others are refused whatever they try."""

    @wraps(view)
    def checked(request: HttpRequest, pk: int, **place: int) -> HttpResponseBase:
        if not (request.user.has_perm(roles.DECIDE) or request.user.has_perm(roles.DOWNLOAD)):
            raise PermissionDenied
        return view(request, pk, **place)

    return checked


def analysis(pk: int) -> Analysis:
    return get_object_or_404(Analysis.objects.select_related("artifact"), pk=pk)


@guarded
@require_POST
def fetch(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the sandbox for them; the page that asked then shows them: that of a mail, else that of the artifact."""
    row = analysis(pk)
    try:
        evidence.fetch(row, request.user.get_username())
    except SandboxError as error:
        messages.error(request, gettext("Nothing could be fetched: %s.") % error)
    mail = row.artifact.items.filter(submission=number(request.POST.get("mail", ""))).first()
    if mail:
        return redirect(f"{reverse('submissions:detail', args=[mail.submission_id])}#item-{mail.pk}")
    return redirect("submissions:artifact", row.artifact.digest)


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


@csp_replace({"default-src": [NONE], "sandbox": [""]})
@guarded
@require_safe
def screenshot(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One picture, which can be nothing else to a browser."""
    row = analysis(pk)
    shots = row.evidence.get("screenshots", [])
    if number >= len(shots) or shots[number]["type"] not in ENDINGS:
        raise Http404
    try:
        content = storage.load(shots[number]["digest"])
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=shots[number]["type"])
    ending = ENDINGS[shots[number]["type"]]
    response["Content-Disposition"] = f'inline; filename="screenshot-{row.pk}-{number + 1}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@guarded
@require_safe
def blocklist(request: HttpRequest, pk: int) -> HttpResponse:
    """The indicators, one a line, so that none of them can be followed by mistake."""
    row = analysis(pk)
    lines = [f"{indicators.inert(one['value'])}\n" for one in row.evidence.get("indicators", [])]
    return HttpResponse("".join(lines), content_type="text/plain; charset=utf-8")
