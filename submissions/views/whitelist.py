"""Trying the whitelist: what becomes of a link, and what a rule would have done."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from submissions.extraction import wire
from submissions.forms import LinksForm, RuleTrialForm
from submissions.jail import JailBroken, JailLimits
from submissions.jail import run as run_in_jail
from submissions.models import WhitelistRule
from submissions.selectors.whitelist import Replayed, Tried, doubts, replayed, tried


@dataclass(frozen=True)
class Trial:
    """What a rule would have done, and what speaks against it."""

    past: Replayed
    doubts: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
def tester(request: HttpRequest) -> HttpResponse:
    """The tester. It only reads, whichever form is sent."""
    links = LinksForm(request.POST, request.FILES) if "try" in request.POST else LinksForm()
    rule = RuleTrialForm(request.GET if "pattern" in request.GET else None)
    context = {
        "links": links,
        "rule": rule,
        "tried": try_links(links) if links.is_bound else [],
        "trial": try_rule(rule),
        "rules": WhitelistRule.in_force(),
    }
    return render(request, "submissions/whitelist.html", context)


def try_links(form: LinksForm) -> list[Tried]:
    if not form.is_valid():
        return []
    try:
        return tried([*form.cleaned_data["links"], *links_of(form.cleaned_data["mail"])])
    except (JailBroken, wire.WireError) as error:
        form.add_error("mail", f"The mail could not be read: {error}")
        return []


def links_of(mail: bytes) -> list[str]:
    """The links of a mail, taken apart in a child process like any other."""
    if not mail:
        return []
    return [url.url for url in wire.load(run_in_jail("extract", mail, JailLimits())).urls]


def try_rule(form: RuleTrialForm) -> Trial | None:
    if not form.is_valid():
        return None
    kind, pattern = form.cleaned_data["kind"], form.cleaned_data["pattern"]
    try:
        return Trial(replayed(kind, pattern), doubts(kind, pattern))
    except ValueError as error:
        form.add_error("pattern", str(error))
        return None
