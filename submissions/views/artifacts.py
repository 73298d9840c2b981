"""One file or link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from submissions.models import Artifact
from submissions.selectors.artifacts import artifact_detail


def found(digest: str) -> Artifact:
    """The artifact of that digest. Raises Http404 when there is none."""
    artifact = Artifact.objects.filter(digest=digest.lower()).order_by("kind").first()
    if artifact is None:
        raise Http404
    return artifact


@require_safe
def artifact(request: HttpRequest, digest: str) -> HttpResponse:
    """The page of an artifact: who it is, what was said of it, where it was."""
    detail = artifact_detail(found(digest))
    return render(request, "submissions/artifact.html", {"detail": detail, "artifact": detail.artifact})
