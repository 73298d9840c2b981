"""What was found in a mail becomes rows: artifacts known once, items of this mail, analyses to make."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings

from mailmonitor.models import now
from submissions import sandboxes
from submissions.extraction.types import ExtractedMail, File, Url
from submissions.models import Analysis, Artifact, Item, Submission, WhitelistRule
from submissions.whitelist import deciding

Kind = Artifact.Kind
Skipped = Item.Skipped
DECORATION_BYTES = 4096
BY_NOTE = {
    "decoration": Skipped.DECORATION,
    "signature": Skipped.SIGNATURE,
    "too-large": Skipped.TOO_LARGE,
}


def store(submission: Submission, mail: ExtractedMail) -> list[int]:
    """Store everything found and give back the analyses that are to be submitted."""
    rules = list(WhitelistRule.objects.filter(enabled=True).order_by("pk"))
    found = [*map(file_item, mail.files), *(url_item(url, rules) for url in mail.urls)]
    known = artifacts(item.artifact for item in found)
    for position, item in enumerate(found):
        item.submission = submission
        item.artifact = known[item.artifact.kind, item.artifact.digest]
        item.position = position
    Item.objects.bulk_create(found)
    return wanted([item for item in found if not item.skipped])


def file_item(file: File) -> Item:
    """An item for a file; empty ones and mere decoration are skipped, visibly."""
    artifact = Artifact(kind=Kind.FILE, digest=file.sha256, size=file.size, type=file.type[:200], name=clean(file.name))
    return Item(
        artifact=artifact,
        name=clean(file.name),
        path=clean(file.path),
        notes=[clean(note) for note in file.notes],
        password=clean(file.password or "")[:200],
        skipped=file_skipped(file),
    )


def file_skipped(file: File) -> str:
    """Why a file needs no analysis, or an empty text. A tiny picture with room for more than a picture needs one."""
    if not file.size:
        return Skipped.EMPTY
    skipped = skipped_by(file.notes)
    return "" if skipped == Skipped.DECORATION and file.size > DECORATION_BYTES else skipped


def url_item(url: Url, rules: Iterable[WhitelistRule]) -> Item:
    """An item for a link; the whitelist sees it unwrapped."""
    text = clean(url.url)
    rule = deciding(rules, text)
    artifact = Artifact(kind=Kind.URL, digest=hashlib.sha256(text.encode()).hexdigest(), size=len(text), name=text)
    return Item(
        artifact=artifact,
        name=text,
        path=clean(url.found_in[0].split(" ")[0]) if url.found_in else "",
        found_in=[clean(place) for place in url.found_in],
        seen_as=[clean(form) for form in url.seen_as],
        notes=[clean(note) for note in url.notes],
        skipped=Skipped.WHITELIST if rule else skipped_by(url.notes),
        rule=rule if isinstance(rule, WhitelistRule) else None,
        rule_words=str(rule or ""),
    )


def skipped_by(notes: Iterable[str]) -> str:
    """The reason for which a note lets an item be skipped, or an empty text."""
    return next((BY_NOTE[note] for note in notes if note in BY_NOTE), "")


def clean(text: str) -> str:
    """Text that a database takes: no NUL, no lone surrogates."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def artifacts(wanted: Iterable[Artifact]) -> dict[tuple[str, str], Artifact]:
    """The rows of these artifacts, made where they are new, by kind and digest.

    Inserted in one order everywhere, so that two mails of one campaign cannot lock each other out.
    """
    new = {(artifact.kind, artifact.digest): artifact for artifact in wanted}
    Artifact.objects.bulk_create([new[key] for key in sorted(new)], ignore_conflicts=True)
    rows = Artifact.objects.filter(digest__in=[digest for _, digest in new])
    return {(row.kind, row.digest): row for row in rows}


def wanted(items: list[Item]) -> list[int]:
    """The open analyses of these items; a known word is reused, a failed one is tried afresh."""
    sandbox = sandboxes.chosen()
    context = {item.artifact_id: context_of(item) for item in reversed(items)}
    newest: dict[int, Analysis] = {}
    for analysis in Analysis.objects.filter(artifact__in=context, sandbox=sandbox).order_by("generation"):
        newest[analysis.artifact_id] = analysis
    missing = [
        Analysis(
            artifact_id=artifact,
            sandbox=sandbox,
            generation=newest[artifact].generation + 1 if artifact in newest else 1,
            context=context[artifact],
            deadline_at=now() + timedelta(hours=settings.SANDBOX_TIMEOUT_HOURS),
        )
        for artifact in sorted(context)
        if artifact not in newest or newest[artifact].state == Analysis.State.FAILED
    ]
    Analysis.objects.bulk_create(missing, ignore_conflicts=True)
    queued = Analysis.objects.filter(artifact__in=context, sandbox=sandbox, state=Analysis.State.QUEUED)
    return list(queued.values_list("pk", flat=True))


def context_of(item: Item) -> dict[str, object]:
    """What a sandbox should know of an artifact beside its bytes."""
    return {"name": item.name[:255], "password": item.password, "notes": item.notes}
