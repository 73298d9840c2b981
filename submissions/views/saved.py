"""Searches kept under a name."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from notifications.addresses import deliverable
from submissions import roles, subscriptions, webhooks
from submissions.models import SavedView, Subscription
from submissions.selectors.listing import TABS, Wanted
from submissions.views.listing import address, explicit, wanted

MOST = 30


@dataclass(frozen=True)
class Kept:
    """A view with the channels by which its owner is told of news."""

    view: SavedView
    news: list[Subscription]

    @property
    def address(self) -> str:
        return explicit(address(Wanted(self.view.tab if self.view.tab in TABS else "", self.view.text)))

    def has(self, channel: str) -> bool:
        return any(row.channel == channel and row.state == Subscription.State.ACTIVE for row in self.news)

    @property
    def by_mail(self) -> bool:
        return self.has(Subscription.Channel.MAIL)

    @property
    def by_webhook(self) -> bool:
        return any(row.channel == Subscription.Channel.WEBHOOK for row in self.news)


@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest) -> HttpResponse:
    """The views of one's own and who is told of their news; a POST keeps the search at hand."""
    if request.method == "POST":
        return save(request)
    mine = SavedView.objects.filter(owner_id=request.user.pk).prefetch_related("subscriptions")
    kept = [Kept(view, list(view.subscriptions.all())) for view in mine]
    return render(request, "submissions/views.html", {"kept": kept})


@require_POST
def subscribe(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell of what newly matches a view of one's own, by mail or, for administrators, by webhook."""
    view = get_object_or_404(SavedView, pk=pk, owner_id=request.user.pk)
    if "mail" not in request.POST:
        view.subscriptions.filter(channel=subscriptions.MAIL).delete()
    elif deliverable(view.owner.email):
        subscriptions.subscribe(view, subscriptions.MAIL)
    if request.user.has_perm(roles.SET_UP) and (fault := set_webhook(request, view)):
        messages.error(request, fault)
    else:
        messages.success(request, gettext("Saved."))
    return redirect("submissions:save-view")


def set_webhook(request: HttpRequest, view: SavedView) -> str:
    """What is wrong with the address, an empty text when it is kept."""
    url = request.POST.get("webhook", "").strip()
    if "no-webhook" in request.POST:
        view.subscriptions.filter(channel=subscriptions.WEBHOOK).delete()
    elif url:
        try:
            webhooks.check(url)
        except webhooks.WebhookError as error:
            return str(error)
        subscriptions.subscribe(view, subscriptions.WEBHOOK, url)
    return ""


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
