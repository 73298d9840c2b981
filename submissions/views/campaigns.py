"""Campaigns: which there are, one of them, and one decision on all its mails."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailmonitor.hints import hint
from notifications.rendering import Rendered
from submissions import campaign_decisions, review, tasks
from submissions.forms import CampaignForm
from submissions.models import Campaign, CampaignKey, Submission
from submissions.review import Refused
from submissions.selectors.campaigns import campaign_detail, several
from submissions.selectors.listing import PAGE
from submissions.verdicts import Verdict
from submissions.views.decisions import name_of, not_done


@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """The campaigns of several mails, the last seen first."""
    before = request.GET.get("before", "")
    try:
        lines = several(parse_datetime(before))
    except ValueError:
        lines = several()
    older = lines[-1].campaign.last_seen_at.isoformat() if len(lines) == PAGE else ""
    return render(request, "submissions/campaigns.html", {"lines": lines, "older": older, "first": not before})


@require_safe
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one campaign."""
    detail = campaign_detail(get_object_or_404(Campaign, pk=pk))
    context = {"detail": detail, "campaign": detail.campaign, "form": CampaignForm()}
    return render(request, "submissions/campaign.html", context)


@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a decision has come; at its end the page is drawn anew."""
    detail = campaign_detail(get_object_or_404(Campaign, pk=pk))
    answer = render(request, "submissions/_decisions.html", {"detail": detail, "campaign": detail.campaign})
    if not detail.under_way:
        answer["HX-Refresh"] = "true"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on all mails: choose, see whom it reaches and the mail that goes out, then confirm."""
    chosen = get_object_or_404(Campaign, pk=pk)
    form = CampaignForm(request.POST or None)
    if form.is_valid() and "save" in request.POST and decided(request, chosen, form):
        return redirect("submissions:campaign", pk)
    mail = preview(chosen, form) if form.is_valid() else None
    context = {"campaign": chosen, "form": form, "reach": campaign_decisions.reach(chosen), "mail": mail}
    return render(request, "submissions/campaign_decide.html", context)


def decided(request: HttpRequest, chosen: Campaign, form: CampaignForm) -> bool:
    values = form.cleaned_data
    verdict = Verdict(values["verdict"]) if values["verdict"] else None
    try:
        decision = campaign_decisions.decide(
            chosen, name_of(request), verdict=verdict, reason=values["reason"], notify=values["notify"]
        )
    except Refused as error:
        messages.error(request, not_done(error))
        return False
    hint(tasks.decide, decision.pk)
    messages.success(request, f"Decided for {decision.total} mails. It is being carried out.")
    return True


def preview(chosen: Campaign, form: CampaignForm) -> Rendered | None:
    """The mail that goes out, on the example of the newest report whose verdict changes."""
    values = form.cleaned_data
    if not (values["verdict"] and values["notify"]):
        return None
    changing = chosen.submissions.filter(state=Submission.State.DONE, no_answer="").exclude(verdict=values["verdict"])
    row = changing.select_related("mailbox").order_by("-id").first()
    return review.override_preview(row, Verdict(values["verdict"]), values["reason"]) if row else None


@require_POST
def set_apart(request: HttpRequest, pk: int, key: int) -> HttpResponse:
    """Say that something stands in mails of every kind and groups nothing from now on, or take that back."""
    row = get_object_or_404(CampaignKey, pk=key, campaign=pk)
    words = campaign_decisions.set_apart(row, name_of(request), common="common" in request.POST)
    messages.success(request, words)
    return redirect("submissions:campaign", pk)
