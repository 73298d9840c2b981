"""One submission."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from submissions import indicators, same, unlocking
from submissions.judgement import judge
from submissions.models import Review, Submission
from submissions.selectors.detail import Detail, detail
from submissions.selectors.related import related
from submissions.views import parts
from submissions.views.parts import Part
from submissions.views.preview import TABS

PARTS = ("banner", "items", "details", "letters", "timeline")


def read(pk: int) -> Detail:
    return detail(get_object_or_404(Submission.objects.select_related("mailbox", "duplicate_of"), pk=pk))


def drawn(request: HttpRequest, found: Detail) -> dict[str, Part]:
    context = {"detail": found, "submission": found.submission}
    return {name: parts.drawn(request, name, f"submissions/_{name}.html", context) for name in PARTS}


@require_safe
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one submission."""
    found = read(pk)
    pieces = drawn(request, found)
    return render(
        request,
        "submissions/detail.html",
        {
            "detail": found,
            "submission": found.submission,
            "parts": pieces,
            "mail_tabs": TABS.items(),
            "locked": unlocking.locked(found.submission) if found.submission.state == Submission.State.DONE else [],
            "related": related(found.submission, found.items),
            "others": len(same.others(found.submission)) if found.submission.verdict and not found.is_open else 0,
            "review": Review.objects.filter(submission=found.submission).select_related("assigned_to").first(),
            "running": parts.stamps(pieces.values()) if found.is_open else "",
            "polls": 1,
            "pause": parts.SECONDS,
        },
    )


@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The parts of the page that changed, and whether to ask again."""
    found = read(pk)
    pieces = drawn(request, found)
    changed = parts.changed(pieces.values(), parts.seen(request))
    polls = parts.polls(request)
    done = found.submission.state in Submission.FINAL and any(part.name == "banner" for part in changed)
    context = {
        "detail": found,
        "submission": found.submission,
        "changed": changed,
        "running": parts.stamps(pieces.values()) if found.is_open else "",
        "polls": polls + 1,
        "pause": parts.pause(polls),
        "done": done,
    }
    return render(request, "submissions/_detail_live.html", context)


@require_safe
def blocklist(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """The mail's malicious and suspicious files and links: `plain`, `defanged` or `csv`."""
    items = judge(get_object_or_404(Submission, pk=pk))
    if form == "csv":
        answer = StreamingHttpResponse(indicators.as_csv(items), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="MM-{pk}-indicators.csv"'
        return answer
    if form not in ("plain", "defanged"):
        raise Http404
    content = indicators.as_text(items, harmless=form == "defanged")
    return StreamingHttpResponse(content, content_type="text/plain; charset=utf-8")
