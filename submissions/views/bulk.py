"""The same decision on many mails, and exports."""

import json
from collections.abc import Iterator, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailmonitor.hints import hint
from notifications.tasks import deliver
from submissions import decisions, roles, sharing, sheet
from submissions.decisions import Order
from submissions.export import submission_as_json
from submissions.forms import OverrideForm
from submissions.models import Decision, Submission
from submissions.review import Refused
from submissions.search.grammar import SearchFault
from submissions.selectors import listing
from submissions.selectors.listing import Row
from submissions.sentences import in_readers_language
from submissions.tasks import decide, submit
from submissions.views.decisions import name_of
from submissions.views.listing import wanted

MOST = 500
MOST_EXPORTED = 100_000
JSON = "application/json"
FORMATS = {"csv": "text/csv; charset=utf-8", "json": JSON, "misp": JSON, "stix": "application/stix+json;version=2.1"}
NAMES = {"misp": "misp.json", "stix": "stix.json"}


@require_POST
def bulk(request: HttpRequest) -> HttpResponseBase:
    """One action on up to 500 mails, those chosen or all that the list finds; what takes longer goes on by itself."""
    rows, action = meant(request), request.POST.get("action", "")
    if action in FORMATS:
        return exported(request, rows, action)
    order = ordered(request, action)
    if order is not None:
        try:
            decision = decisions.take(order, name_of(request), chosen=rows.values_list("pk", flat=True))
        except Refused:
            messages.error(request, gettext("Nothing was chosen."))
        else:
            return carried_on(request, decision)
    return redirect(back(request))


def meant(request: HttpRequest) -> QuerySet[Submission]:
    """The mails that were ticked, or with `all` those that the list finds, the newest first."""
    if "all" in request.POST:
        try:
            found = listing.matching(wanted(request)).values("pk")[:MOST]
        except SearchFault:
            found = Submission.objects.none().values("pk")
        keys = [row["pk"] for row in found]
    else:
        texts = request.POST.getlist("ids")[:MOST]
        keys = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]
    return Submission.objects.filter(pk__in=keys).select_related("mailbox").order_by("-id")


def ordered(request: HttpRequest, action: str) -> Order | None:
    """What is asked for; None, with words on the page, for what cannot be done."""
    form = OverrideForm(request.POST)
    if action not in Decision.Action.values:
        messages.error(request, gettext("Choose what to do with the chosen mails."))
        return None
    if action != Decision.Action.OVERRIDE:
        return Order(action)
    if not form.is_valid():
        messages.error(request, gettext("An override needs a verdict and a reason."))
        return None
    values = form.cleaned_data
    return Order(action, values["verdict"], values["reason"], values["notify"])


def carried_on(request: HttpRequest, decision: Decision) -> HttpResponse:
    """The first portion at once; where that is not all, the page that shows how far the rest has come."""
    next_portion(decision)
    if decision.state in Decision.FINAL:
        messages.success(request, told(decision))
        return redirect(back(request))
    hint(decide, decision.pk)
    place = reverse("submissions:bulk-progress", args=[decision.pk])
    return redirect(f"{place}?{urlencode({'back': request.POST.get('back', '')})}")


def next_portion(decision: Decision) -> None:
    """Carry it out on its next mails, unless a worker is at it."""
    carried = decisions.carry_on(decision.pk)
    hint(deliver, *carried.notifications)
    hint(submit, *carried.analyses)
    decision.refresh_from_db()


@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a decision has come, with its result line. A POST goes on: who looks on need not wait for the workers."""
    decision = get_object_or_404(Decision, pk=pk, campaign=None)
    if request.method == "POST":
        next_portion(decision)
    context = {"decision": decision, "told": told(decision), "back": back(request)}
    if not request.htmx:  # type: ignore[attr-defined]
        return (
            redirect(request.get_full_path())
            if request.method == "POST"
            else render(request, "submissions/bulk.html", context)
        )
    answer = render(request, "submissions/_progress.html", context)
    if decision.state in Decision.FINAL:
        answer["HX-Refresh"] = "true"
    return answer


def back(request: HttpRequest) -> str:
    """Where the list stood."""
    address = request.POST.get("back", request.GET.get("back", ""))
    return address if url_has_allowed_host_and_scheme(address, None) else reverse("submissions:list")


def told(decision: Decision) -> SafeString:
    """What became of the mails: how many, and which were skipped and why."""
    lines = [
        (ngettext("{} skipped", "{} skipped", number).format(number), gettext(why), linked(decision.left[why], number))
        for why, number in decision.skipped.items()
    ]
    left = format_html_join("; ", "{} ({}): {}", lines)
    done = ngettext("{} done", "{} done", decision.done).format(decision.done)
    return format_html("{}{}{}.", done, ", " if left else "", left)


def linked(keys: Sequence[int], number: int) -> SafeString:
    """Links to the first ten."""
    links = [(reverse("submissions:detail", args=[pk]), Submission(pk=pk).number) for pk in keys]
    more = f" + {number - len(keys)}" if number > len(keys) else ""
    return format_html("{}{}", format_html_join(", ", '<a href="{}">{}</a>', links), more)


@require_safe
def export_csv(request: HttpRequest) -> HttpResponseBase:
    """What the list's address asks for, all of it, as a table."""
    return export(request, "csv")


@require_safe
def export_json(request: HttpRequest) -> HttpResponseBase:
    """The same with items, analyses and mails."""
    return export(request, "json")


@require_safe
def export_misp(request: HttpRequest) -> HttpResponseBase:
    """Events for MISP."""
    return export(request, "misp")


@require_safe
def export_stix(request: HttpRequest) -> HttpResponseBase:
    """A bundle of STIX 2.1."""
    return export(request, "stix")


def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    try:
        rows = listing.matching(wanted(request)).select_related("mailbox")
    except SearchFault as error:
        return HttpResponse(in_readers_language(str(error)), status=400, content_type="text/plain; charset=utf-8")
    return exported(request, rows[:MOST_EXPORTED], kind)


def exported(request: HttpRequest, rows: QuerySet[Submission], kind: str) -> HttpResponseBase:
    if not request.user.has_perm(roles.EXPORT):
        raise PermissionDenied
    response = StreamingHttpResponse(written(rows, kind), content_type=FORMATS[kind])
    response["Content-Disposition"] = f'attachment; filename="submissions.{NAMES.get(kind, kind)}"'
    return response


def written(rows: QuerySet[Submission], kind: str) -> Iterator[str]:
    """The rows in the wanted form, piece by piece."""
    if kind == "csv":
        return sheet.lines(in_portions(rows))
    if kind == "json":
        return as_json(rows)
    entries = map(submission_as_json, rows.iterator(chunk_size=200))
    return sharing.misp(entries) if kind == "misp" else sharing.stix(entries)


def in_portions(rows: QuerySet[Submission], size: int = 500) -> Iterator[Row]:
    """The rows with their counts, read in portions so that a long export needs little memory."""
    portion: list[Submission] = []
    for row in rows.iterator(chunk_size=size):
        portion.append(row)
        if len(portion) == size:
            yield from listing.rows(portion)
            portion = []
    yield from listing.rows(portion)


def as_json(rows: QuerySet[Submission]) -> Iterator[str]:
    """A JSON list, one submission a line."""
    yield "["
    for number, row in enumerate(rows.iterator(chunk_size=200)):
        yield (",\n" if number else "\n") + json.dumps(submission_as_json(row))
    yield "\n]\n"
