"""The same decision on many mails, and exports."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from mailmonitor.hints import hint
from notifications.tasks import deliver
from submissions import review, roles, sharing, sheet
from submissions.export import submission_as_json
from submissions.forms import OverrideForm
from submissions.models import Submission
from submissions.review import Refused
from submissions.search.grammar import SearchFault
from submissions.selectors import listing
from submissions.selectors.listing import Row
from submissions.verdicts import Verdict
from submissions.views.decisions import carry_out, name_of
from submissions.views.listing import wanted

MOST = 500
MOST_LINKED = 10
MOST_EXPORTED = 100_000
EACH = {"confirm", "again", "again-failed", "resend", "take", "drop"}
JSON = "application/json"
FORMATS = {"csv": "text/csv; charset=utf-8", "json": JSON, "misp": JSON, "stix": "application/stix+json;version=2.1"}
NAMES = {"misp": "misp.json", "stix": "stix.json"}


@require_POST
def bulk(request: HttpRequest) -> HttpResponseBase:
    """One action on up to 500 chosen mails, with a line that says what became of each."""
    texts = request.POST.getlist("ids")[:MOST]
    keys = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]
    rows = Submission.objects.filter(pk__in=keys).select_related("mailbox").order_by("-id")
    action = request.POST.get("action", "")
    if action in FORMATS:
        return exported(request, rows, action)
    if action not in EACH and action != "override":
        messages.error(request, gettext("Choose what to do with the chosen mails."))
    elif not keys:
        messages.error(request, gettext("Nothing was chosen."))
    else:
        decide_each(request, rows, action)
    return redirect(back(request))


def back(request: HttpRequest) -> str:
    """Where the list stood."""
    address = request.POST.get("back", "")
    return address if url_has_allowed_host_and_scheme(address, None) else "submissions:list"


def decide_each(request: HttpRequest, rows: Iterable[Submission], action: str) -> None:
    form = OverrideForm(request.POST)
    if action == "override" and not form.is_valid():
        messages.error(request, gettext("An override needs a verdict and a reason."))
        return
    done, skipped = list[Submission](), defaultdict[str, list[Submission]](list)
    for row in rows:
        try:
            if action == "override":
                overrule(request, row, form)
            else:
                carry_out(request, row, action)
            done.append(row)
        except Refused as error:
            skipped[str(error)].append(row)
    messages.success(request, told(done, skipped))


def told(done: Sequence[Submission], skipped: Mapping[str, Sequence[Submission]]) -> SafeString:
    """What became of the mails: how many, and which were skipped and why."""
    lines = [(f"{len(rows)} skipped ({why})", linked(rows)) for why, rows in skipped.items()]
    left = format_html_join("; ", "{}: {}", lines)
    return format_html("{} done{}{}.", len(done), ", " if left else "", left)


def linked(rows: Sequence[Submission]) -> SafeString:
    """Links to the first ten."""
    links = [(reverse("submissions:detail", args=[row.pk]), row.number) for row in rows[:MOST_LINKED]]
    more = f" + {len(rows) - MOST_LINKED}" if len(rows) > MOST_LINKED else ""
    return format_html("{}{}", format_html_join(", ", '<a href="{}">{}</a>', links), more)


def overrule(request: HttpRequest, row: Submission, form: OverrideForm) -> None:
    values = form.cleaned_data
    verdict = Verdict(values["verdict"])
    hint(deliver, *review.override(row, verdict, values["reason"], name_of(request), notify=values["notify"]))


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
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
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
