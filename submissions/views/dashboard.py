"""The dashboard and its tables for spreadsheets."""

from collections.abc import Iterator
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from submissions.selectors.dashboard import dashboard
from submissions.selectors.period import NAMES, Period, period
from submissions.selectors.plots import Plot
from submissions.sheet import line

DEFAULT = "7d"


def chosen(request: HttpRequest) -> Period:
    values = request.GET
    name = values.get("range") or ("custom" if values.get("first") else DEFAULT)
    return period(name, timezone.now(), first=values.get("first", ""), last=values.get("last", ""))


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Six plots of the period that the address names."""
    shown = chosen(request)
    query = {"range": shown.name} if shown.name in NAMES else {"first": f"{shown.begin:%Y-%m-%d}", "last": last(shown)}
    context = {
        "dashboard": dashboard(shown),
        "period": shown,
        "names": NAMES.items(),
        "first": f"{shown.begin:%Y-%m-%d}",
        "last": last(shown),
        "query": urlencode(query),
    }
    return render(request, "submissions/dashboard.html", context)


def last(shown: Period) -> str:
    """The last day of the period."""
    return f"{shown.end - timedelta(microseconds=1):%Y-%m-%d}"


@require_safe
def export(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """The table behind one plot as CSV."""
    plots = {plot.name: plot for plot in dashboard(chosen(request)).plots}
    if name not in plots:
        raise Http404
    response = StreamingHttpResponse(lines(plots[name]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def lines(plot: Plot) -> Iterator[str]:
    yield line(["", *plot.headings])
    for label, cells in plot.lines:
        yield line([label, *(cell.number for cell in cells)])
