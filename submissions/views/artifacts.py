"""One file or link."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailmonitor.hints import hint
from notifications.tasks import deliver
from submissions import artifact_decisions, older_digests
from submissions.forms import OverrideForm
from submissions.models import Artifact
from submissions.review import Refused
from submissions.selectors.artifacts import artifact_detail
from submissions.tasks import submit
from submissions.verdicts import Verdict
from submissions.views.decisions import name_of, not_done


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
    older_digests.complete(detail.artifact)
    return render(request, "submissions/artifact.html", {"detail": detail, "artifact": detail.artifact})


@require_POST
def again(request: HttpRequest, digest: str) -> HttpResponse:
    """Analyse it afresh, whatever is known of it."""
    try:
        mail, analyses = artifact_decisions.again(found(digest), name_of(request))
    except Refused as error:
        messages.error(request, not_done(error))
    else:
        hint(submit, *analyses)
        messages.success(request, gettext("It is being analysed afresh, for {}.").format(mail.number))
    return redirect("submissions:artifact", digest)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, digest: str) -> HttpResponse:
    """Give it a verdict in all mails that hold it: choose, see whom it reaches, then confirm."""
    chosen = found(digest)
    form = OverrideForm(request.POST or None)
    if form.is_valid() and "save" in request.POST:
        decided(request, chosen, form)
        return redirect("submissions:artifact", digest)
    verdict = form.cleaned_data.get("verdict") if form.is_bound else None
    reach = artifact_decisions.reach(chosen, Verdict(verdict)) if verdict else None
    return render(request, "submissions/artifact_decide.html", {"artifact": chosen, "form": form, "reach": reach})


def decided(request: HttpRequest, chosen: Artifact, form: OverrideForm) -> None:
    values = form.cleaned_data
    verdict, reason = Verdict(values["verdict"]), values["reason"]
    carried = artifact_decisions.decide(chosen, verdict, reason, name_of(request), notify=values["notify"])
    hint(deliver, *carried.notifications)
    words = ngettext("{} report has another verdict now.", "{} reports have another verdict now.", carried.done)
    left = "; ".join(f"{number} skipped ({why})" for why, number in carried.skipped.items())
    messages.success(request, f"{words.format(carried.done)} {left}".strip())
