"""Opening what is locked in a mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mailmonitor.hints import hint
from submissions import unlocking
from submissions.models import Submission
from submissions.review import Refused
from submissions.tasks import submit
from submissions.views.decisions import not_done


@require_POST
@sensitive_post_parameters("password")
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a password on everything in the mail that is locked."""
    row = get_object_or_404(Submission, pk=pk)
    try:
        hint(submit, *unlocking.unlock(row, request.POST.get("password", ""), request.user.get_username()))
        messages.success(request, gettext("Opened. What came out of it is being analysed."))
    except Refused as error:
        messages.error(request, not_done(error))
    return redirect("submissions:detail", pk)
