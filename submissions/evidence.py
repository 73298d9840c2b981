"""What a sandbox saw while a sample ran: fetched once, when somebody wants to look, then kept with the analysis."""

from dataclasses import asdict
from typing import Any

from submissions import downloads, gates, sandboxes, storage
from submissions.models import Analysis
from submissions.sandbox.base import Evidence, SandboxError, Screenshot, Shows


def fetch(row: Analysis, actor: str) -> None:
    """Ask the sandbox, unless that was done before. Raises SandboxError."""
    if row.evidence:
        return
    adapter = downloads.adapter(row)
    if not isinstance(adapter, Shows):
        raise SandboxError("the sandbox shows nothing of this analysis", kind="unsupported", permanent=True)
    shows = adapter
    profile = sandboxes.profile(row.sandbox, row.profile)
    found = gates.ask(profile, adapter, lambda: shows.evidence(row.external_ids[0]))
    Analysis.objects.filter(pk=row.pk).update(evidence=kept(found))
    row.tell("evidence-fetched", f"{len(found.screenshots)}, {len(found.indicators)}", actor=actor)


def kept(found: Evidence) -> dict[str, Any]:
    """The evidence as a column of the analysis; the pictures lie in the storage."""
    try:
        pictures = [picture(one) for one in found.screenshots]
    except storage.StorageShut as error:
        raise SandboxError(str(error), kind="network") from error
    return {
        "screenshots": pictures,
        "indicators": [asdict(one) for one in found.indicators],
        "left_out": found.left_out,
    }


def picture(shot: Screenshot) -> dict[str, Any]:
    return {"digest": storage.save(shot.content), "type": shot.type, "width": shot.width, "height": shot.height}
