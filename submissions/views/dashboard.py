"""The dashboard and its tables for spreadsheets."""

from collections.abc import Iterator
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from submissions.plot_picture import png
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
    response = StreamingHttpResponse(lines(named(name, chosen(request))), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """One plot as PNG."""
    shown = chosen(request)
    words = f"{shown.begin:%Y-%m-%d} – {last(shown)}"
    response = HttpResponse(png(named(name, shown), words), content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="{name}.png"'
    return response


def named(name: str, shown: Period) -> Plot:
    """The plot of that name. Raises Http404 when there is none."""
    found = next((plot for plot in dashboard(shown).plots if plot.name == name), None)
    if found is None:
        raise Http404
    return found


def lines(plot: Plot) -> Iterator[str]:
    yield line(["", *plot.headings])
    for label, cells in plot.lines:
        yield line([label, *(cell.number for cell in cells)])
