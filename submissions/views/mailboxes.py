"""Setting up a mailbox: choose what it is, fill in, test step by step, and have it read."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from mailmonitor.models import LeaseLost
from submissions import round_trip, trials
from submissions.mailbox_form import MailboxSetup
from submissions.models import Mailbox
from submissions.presets import BY_KEY, PRESETS, preset_of

COLOURS = {"OK": "clean", "FAIL": "malicious", "SKIP": "skipped", "WAIT": "running"}
State = Mailbox.State


@require_safe
def mailboxes(request: HttpRequest) -> HttpResponse:
    """All of them, and what a new one may be."""
    return render(request, "submissions/mailboxes.html", {"mailboxes": Mailbox.objects.all(), "presets": PRESETS})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    preset = BY_KEY.get(request.GET.get("preset", ""))
    if preset is None:
        return redirect("submissions:mailboxes")
    begun = Mailbox(host=preset.host, port=preset.port, security=preset.security, folder=preset.folder)
    form = MailboxSetup(preset, request.POST or None, instance=begun)
    if form.is_valid():
        return saved(request, form)
    return render(request, "submissions/mailbox.html", {"form": form, "preset": preset})


@require_http_methods(["GET", "HEAD", "POST"])
def mailbox(request: HttpRequest, pk: int) -> HttpResponse:
    """The mailbox, its last test, and what may be done with it."""
    row = get_object_or_404(Mailbox, pk=pk)
    preset = preset_of(row)
    form = MailboxSetup(preset, instance=row)
    if request.method == "POST":
        if (action := ACTIONS.get(request.POST.get("do", ""))) is not None:
            action(request, row)
            return redirect("submissions:mailbox", pk)
        if not row.from_environment:
            form = MailboxSetup(preset, request.POST, instance=row)
            if form.is_valid():
                return saved(request, form)
    tried = [(COLOURS[line["status"]], line) for line in row.test_result]
    failed = not trials.readable(row.test_result)
    context = {"form": form, "preset": preset, "tried": tried, "failed": failed, **travelled(row)}
    return render(request, "submissions/mailbox.html", context)


@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the mail has come that was sent round."""
    return render(request, "submissions/_round_trip.html", travelled(get_object_or_404(Mailbox, pk=pk)))


def travelled(row: Mailbox) -> dict[str, object]:
    trip = round_trip.last(row)
    steps = [(COLOURS[step.status], step) for step in trip.steps] if trip else []
    return {"row": row, "trip": trip, "steps": steps}


def saved(request: HttpRequest, form: MailboxSetup) -> HttpResponse:
    """Store it, test it, and have it read when everything works."""
    row = form.store()
    row.tell("changed", ", ".join(form.changed_data), actor=request.user.get_username())
    test(request, row)
    return redirect("submissions:mailbox", row.pk)


def test(request: HttpRequest, row: Mailbox) -> None:
    """A good test enables what waited for one; a bad one changes nothing."""
    if not trials.keep(row):
        messages.error(request, gettext("The test of {} failed. See the step below.").format(row))
        return
    if row.state == State.DISABLED:
        switch(request, row, State.ACTIVE)
    messages.success(request, gettext("Every step of {} works.").format(row))


def switch(request: HttpRequest, row: Mailbox, state: str) -> None:
    try:
        trials.switch(row, state, request.user.get_username())
    except LeaseLost:
        messages.error(request, gettext("{} is being read at this moment. Try again.").format(row))


def enable(request: HttpRequest, row: Mailbox) -> None:
    switch(request, row, State.ACTIVE)


def disable(request: HttpRequest, row: Mailbox) -> None:
    switch(request, row, State.DISABLED)


def send_round(request: HttpRequest, row: Mailbox) -> None:
    reporter = request.POST.get("reporter", "").strip()
    try:
        validate_email(reporter)
    except ValidationError:
        messages.error(request, gettext("Enter an address of your own."))
        return
    round_trip.send(row, reporter, request.user.get_username())


ACTIONS = {"test": test, "enable": enable, "disable": disable, "round": send_round}
