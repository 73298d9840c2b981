"""Setting up a mailbox: choose what it is, fill in, test step by step, and have it read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from mailmonitor.models import LeaseLost
from submissions import trials
from submissions.mailbox_form import MailboxSetup
from submissions.models import Mailbox
from submissions.presets import BY_KEY, PRESETS, preset_of

COLOURS = {"OK": "clean", "FAIL": "malicious", "SKIP": "skipped"}
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
    failed = any(line["status"] == "FAIL" for line in row.test_result[:-1])
    context = {"form": form, "preset": preset, "row": row, "tried": tried, "failed": failed}
    return render(request, "submissions/mailbox.html", context)


def saved(request: HttpRequest, form: MailboxSetup) -> HttpResponse:
    """Store it, test it, and have it read when everything works."""
    row = form.store()
    row.tell("changed", ", ".join(form.changed_data), actor=request.user.get_username())
    test(request, row)
    return redirect("submissions:mailbox", row.pk)


def test(request: HttpRequest, row: Mailbox) -> None:
    """A good test enables what waited for one; a bad one changes nothing."""
    if not trials.keep(row):
        messages.error(request, f"The test of {row} failed. See the step below.")
        return
    if row.state == State.DISABLED:
        switch(request, row, State.ACTIVE)
    messages.success(request, f"Every step of {row} works.")


def switch(request: HttpRequest, row: Mailbox, state: str) -> None:
    try:
        trials.switch(row, state, request.user.get_username())
    except LeaseLost:
        messages.error(request, f"{row} is being read at this moment. Try again.")


def enable(request: HttpRequest, row: Mailbox) -> None:
    switch(request, row, State.ACTIVE)


def disable(request: HttpRequest, row: Mailbox) -> None:
    switch(request, row, State.DISABLED)


ACTIONS = {"test": test, "enable": enable, "disable": disable}
