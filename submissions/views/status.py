"""How the installation does."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from submissions import doctor
from submissions.selectors.status import Card, cards, chapter

STATES = {"OK": "OK", "WARN": "WARNING", "FAIL": "ERROR", "SKIP": "DISABLED"}
GRAVEST = ("ERROR", "WARNING", "OK", "DISABLED")


def own() -> list[Card]:
    """The doctor's checks that ask nobody outside, as cards."""
    return [card(finding) for finding in doctor.examine(doctor.HERE)]


def card(finding: doctor.Finding) -> Card:
    cause = "" if finding.name == "settings" else finding.cause
    detail = ": ".join(part for part in (finding.detail, cause) if part)
    return Card(finding.name.capitalize(), STATES[finding.status], detail, fix=finding.fix)


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What the rows say at once, the gravest first; the doctor's checks, which ask every part, when they are wanted."""
    shown = sorted([*cards(), *own()], key=lambda one: GRAVEST.index(one.state))
    asked = list(doctor.examine()) if "check" in request.GET else []
    findings = [(card(finding).key, chapter(finding.name), finding) for finding in asked]
    return render(request, "submissions/status.html", {"cards": shown, "counts": counts(shown), "findings": findings})


@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """For machines: the cards of the page, and the findings of `doctor --json`; `?quick` asks nobody outside.

    200 whatever is found: `status` is the gravest of all.
    """
    findings = list(doctor.examine(doctor.HERE if "quick" in request.GET else None))
    parts = cards()
    states = [*(part.state for part in parts), *(STATES[finding.status] for finding in findings)]
    told = {
        "status": min(states, key=GRAVEST.index),
        "parts": [asdict(part) for part in parts],
        "checks": [asdict(finding) for finding in findings],
    }
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


def counts(shown: Sequence[Card]) -> Counter[str]:
    return Counter(one.state for one in shown)
