"""Searches kept under a name."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from submissions.models import SavedView
from submissions.views.listing import address, wanted

MOST = 30


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the search at hand; the same name replaces what it stood for."""
    asked = wanted(request)
    name = request.POST.get("name", "").strip()[:40]
    mine = SavedView.objects.filter(owner_id=request.user.pk)
    if not name or mine.count() >= MOST:
        messages.error(
            request, gettext("A view needs a name.") if not name else gettext("You can keep {} views.").format(MOST)
        )
        return redirect(address(asked))
    values = {"tab": asked.tab, "text": asked.text, "shared": "shared" in request.POST}
    SavedView.objects.update_or_create(owner_id=request.user.pk, name=name, defaults=values)
    messages.success(request, gettext("Kept as {}.").format(name))
    return redirect(address(asked))


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    get_object_or_404(SavedView, pk=pk, owner_id=request.user.pk).delete()
    return redirect("submissions:list")
