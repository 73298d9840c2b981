"""Searches kept under a name."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from submissions.models import SavedView
from submissions.selectors.listing import Wanted
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


@require_POST
def open_with(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the list open with this view of one's own from now on, or with all mails again."""
    view = get_object_or_404(SavedView, pk=pk, owner_id=request.user.pk)
    with transaction.atomic():
        SavedView.objects.filter(owner_id=request.user.pk, opens=True).update(opens=False)
        SavedView.objects.filter(pk=pk).update(opens=not view.opens)
    messages.success(request, gettext("The list opens with {}.").format(gettext("All") if view.opens else view.name))
    return redirect(address(Wanted(view.tab, view.text)))
