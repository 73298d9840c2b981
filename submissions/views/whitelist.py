"""Trying the whitelist: what becomes of a link, and what a rule would have done; and whole tables of rules."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from submissions import rule_sheet
from submissions.extraction import wire
from submissions.forms import LinksForm, RulesForm, RuleTrialForm
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


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """All rules as CSV."""
    rules = WhitelistRule.objects.order_by("pk").iterator(chunk_size=500)
    response = StreamingHttpResponse(rule_sheet.lines(rules), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="whitelist.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Import rules: the first press shows what each line would do, the second keeps them, all or none."""
    form = RulesForm(request.POST or None, request.FILES or None)
    looked = rule_sheet.look(form.cleaned_data["rules"]) if form.is_valid() else None
    if looked and "save" in request.POST and kept(request, form, looked):
        return redirect("submissions:whitelist")
    shown = RulesForm(initial={"rules": form.cleaned_data["rules"]}) if looked else form
    errors = form.non_field_errors() if looked else ()
    context = {"form": shown, "looked": looked, "errors": errors}
    return render(request, "submissions/whitelist_import.html", context)


def kept(request: HttpRequest, form: RulesForm, looked: rule_sheet.Looked) -> bool:
    if looked.faults or (looked.doubts and not form.cleaned_data["confirmed"]):
        form.add_error(None, gettext("Nothing was imported: see below."))
        return False
    try:
        number = rule_sheet.keep(looked, request.user.get_username())
    except IntegrityError:
        form.add_error(None, gettext("Somebody added one of these rules at the same moment. Look again."))
        return False
    messages.success(request, ngettext("{} rule imported.", "{} rules imported.", number).format(number))
    return True
