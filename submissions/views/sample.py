"""The sample report that a newcomer sends to try everything out."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from mailmonitor.embedded.sample import send_sample


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Send a suspicious mail to the mailbox on behalf of the person who asks; only where nothing leaves the machine."""
    if not settings.EMBEDDED:
        raise Http404
    reporter = getattr(request.user, "email", "") or "you@example.com"
    try:
        send_sample(settings.SANDBOX_ADDRESS, reporter)
    except OSError as error:
        messages.error(request, f"The sample could not be sent: {error}. Is the embedded mail server running?")
        return redirect("submissions:list")
    messages.success(
        request, f"A sample report is on its way to {settings.SANDBOX_ADDRESS}. It appears here in a few seconds."
    )
    return redirect(f"{reverse('submissions:list')}?waiting=1")
