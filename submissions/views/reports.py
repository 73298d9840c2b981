"""The sandbox's report as a file: its key stays here, the file is never shown in the browser."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from submissions import downloads, roles
from submissions.models import Analysis
from submissions.sandbox.base import SandboxError


def report(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """For those who decide on mails or may have samples; who took what stands in the audit."""
    if not (request.user.has_perm(roles.DECIDE) or request.user.has_perm(roles.DOWNLOAD)):
        raise PermissionDenied
    return fetched(request, pk, name)


@require_POST
def fetched(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    row = get_object_or_404(Analysis.objects.select_related("artifact"), pk=pk)
    try:
        found = downloads.report(row, name, request.user.get_username())
    except SandboxError as error:
        messages.error(request, f"No report: {error}.")
        return redirect("submissions:artifact", row.artifact.digest)
    response = FileResponse(found.file, as_attachment=True, filename=found.name, content_type=found.type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
