"""How the installation does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from submissions import doctor
from submissions.selectors.status import Card, cards

COLOURS = {"OK": "clean", "WARN": "suspicious", "FAIL": "malicious", "SKIP": "skipped"}

STATES = {"OK": "OK", "WARN": "WARNING", "FAIL": "ERROR", "SKIP": "DISABLED"}


def own() -> list[Card]:
    """The doctor's checks that ask nobody outside, as cards."""
    return [
        Card(
            name=finding.name.capitalize(),
            state=STATES[finding.status],
            detail=": ".join(part for part in (finding.detail, finding.cause) if part),
            fix=finding.fix,
        )
        for finding in doctor.examine(doctor.HERE)
    ]


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What the rows say at once; the doctor's checks, which ask every part outside, when they are wanted."""
    findings = list(doctor.examine()) if "check" in request.GET else []
    checked = [(COLOURS[finding.status], finding) for finding in findings]
    return render(request, "submissions/status.html", {"cards": [*cards(), *own()], "findings": checked})
