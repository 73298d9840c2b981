"""One submission."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from submissions.models import Review, Submission
from submissions.selectors.detail import Detail, detail
from submissions.views import parts
from submissions.views.parts import Part

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
