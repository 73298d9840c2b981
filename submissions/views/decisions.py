"""What people decide about one mail."""

import io

import pyzipper
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from mailmonitor.hints import hint
from notifications.rendering import Rendered
from notifications.tasks import deliver
from submissions import review, same, storage
from submissions.forms import OverrideForm
from submissions.models import Artifact, Submission
from submissions.review import Refused
from submissions.tasks import submit
from submissions.verdicts import Verdict

PASSWORD = b"infected"
LONGEST_NOTE = 2000
AGAIN = "The mail was analysed again."


def not_done(error: Refused) -> str:
    return gettext("Not done: {}.").format(gettext(str(error)))


def name_of(request: HttpRequest) -> str:
    return request.user.get_username()


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision by its button's value; the page says what became of it."""
    row = get_object_or_404(Submission, pk=pk)
    try:
        messages.success(request, carry_out(request, row, request.POST.get("action", "")))
    except Refused as error:
        messages.error(request, not_done(error))
    return redirect("submissions:detail", pk)


def carry_out(request: HttpRequest, row: Submission, action: str) -> str:
    """What was done, in words. Raises Refused, for an action that does not exist as well."""
    actor = name_of(request)
    match action:
        case "confirm":
            review.confirm(row, actor)
            return gettext("Marked as reviewed.")
        case "again" | "again-failed":
            hint(submit, *review.again(row, actor, failed_only=action == "again-failed"))
            return gettext("It is being analysed again.")
        case _ if action.startswith("afresh-"):
            hint(submit, *review.again(row, actor, artifact=held(row, action.removeprefix("afresh-"))))
            return gettext("It is being analysed again.")
        case "spread":
            hint(deliver, *same.spread(row, AGAIN, actor))
            return "The other reports of it have the same verdict now, and their reporters are told."
        case "resend":
            hint(deliver, *review.resend(row, actor))
            return gettext("The failed mails are sent again.")
        case "take" | "drop":
            person = request.user if action == "take" and request.user.is_authenticated else None
            review.assign(row, person, actor)
            return gettext("It is yours now.") if person else gettext("It belongs to nobody now.")
        case "note":
            return noted(request, row)
    raise Refused("there is no such action")


def held(row: Submission, key: str) -> Artifact:
    """The artifact of that key in the mail. Raises Refused when it holds none."""
    known = key.isascii() and key.isdecimal() and len(key) < 19
    item = row.items.filter(artifact=int(key)).select_related("artifact").first() if known else None
    if item is None:
        raise Refused("the mail does not hold it")
    return item.artifact


def noted(request: HttpRequest, row: Submission) -> str:
    text = request.POST.get("note", "").strip()[:LONGEST_NOTE]
    if not text:
        raise Refused("the note is empty")
    review.note(row, text, name_of(request))
    return gettext("The note stands in the timeline.")


@require_http_methods(["GET", "HEAD", "POST"])
def override(request: HttpRequest, pk: int) -> HttpResponse:
    """Overrule the verdict: choose, see the mail that the reporter will get, then confirm."""
    row = get_object_or_404(Submission.objects.select_related("mailbox"), pk=pk)
    other = Verdict.MALICIOUS if row.verdict == Verdict.CLEAN else Verdict.CLEAN
    form = OverrideForm(request.POST or None, initial={"verdict": other})
    mail = None
    if form.is_valid() and row.verdict:
        if "save" in request.POST and overruled(request, row, form):
            return redirect("submissions:detail", pk)
        mail = preview(row, form)
    others = same.others(row, form["verdict"].value() or row.verdict) if row.verdict and form.is_bound else []
    context = {"submission": row, "form": form, "mail": mail, "others": len(others)}
    return render(request, "submissions/override.html", context)


def overruled(request: HttpRequest, row: Submission, form: OverrideForm) -> bool:
    values = form.cleaned_data
    try:
        sent = review.override(
            row, Verdict(values["verdict"]), values["reason"], name_of(request), notify=values["notify"]
        )
    except Refused as error:
        form.add_error("verdict", forms.ValidationError(not_done(error)))
        return False
    if values["everyone"]:
        sent += same.spread(row, values["reason"], name_of(request))
    hint(deliver, *sent)
    told = gettext("The reporter is told.") if sent else gettext("Nobody is told.")
    messages.success(request, gettext("The new verdict: {}.").format(gettext(row.get_verdict_display())) + f" {told}")
    return True


def preview(row: Submission, form: OverrideForm) -> Rendered | None:
    values = form.cleaned_data
    if not values["notify"] or row.no_answer:
        return None
    return review.override_preview(row, Verdict(values["verdict"]), values["reason"])


@require_POST
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail as it came, in a zip whose password is `infected`; who took it stands in the audit."""
    row = get_object_or_404(Submission, pk=pk)
    try:
        content = storage.load(row.digest)
    except FileNotFoundError:
        messages.error(request, gettext("The original is no longer in the storage."))
        return redirect("submissions:detail", pk)
    row.tell("downloaded", row.digest, actor=name_of(request))
    response = HttpResponse(zipped(f"{row.number}.eml", content), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{row.number}.zip"'
    return response


def zipped(name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with pyzipper.AESZipFile(written, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD)
        archive.writestr(name, content)
    return written.getvalue()
