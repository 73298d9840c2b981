"""What other programs get to know of a submission; the shape stands in docs/operations.md."""

from collections.abc import Iterator
from datetime import datetime

from notifications.models import Notification
from submissions.judgement import Judged, judge
from submissions.models import Analysis, Submission

PORTION = 200


def submissions_as_json(since: datetime | None = None) -> Iterator[dict[str, object]]:
    """One object per submission, oldest first. Read in portions: the first is out at once, and no more is held."""
    rows = Submission.objects.select_related("mailbox").order_by("pk")
    if since:
        rows = rows.filter(received_at__gte=since)
    reached = 0
    while portion := list(rows.filter(pk__gt=reached)[:PORTION]):
        reached = portion[-1].pk
        yield from map(submission_as_json, portion)


def submission_as_json(row: Submission) -> dict[str, object]:
    return {
        "id": row.number,
        "mailbox": row.mailbox.name,
        "reporter": row.reporter,
        "subject": row.subject,
        "message_id": row.message_id,
        "received_at": row.received_at.isoformat(),
        "state": row.state,
        "state_reason": row.state_reason,
        "verdict": row.verdict,
        "score": row.score,
        "raw_sha256": row.digest,
        "reported": row.reported,
        "problems": row.problems,
        "items": [item_as_json(judged, row) for judged in judge(row)],
        "notifications": [
            notification_as_json(letter) for letter in Notification.objects.filter(thread=row.label).defer("message")
        ],
    }


def item_as_json(judged: Judged, row: Submission) -> dict[str, object]:
    item = judged.item
    return {
        "kind": item.artifact.kind,
        "name": item.name,
        "digest": item.artifact.digest,
        "path": item.path,
        "found_in": item.found_in,
        "seen_as": item.seen_as,
        "notes": item.notes,
        "skipped": item.skipped or None,
        "rule": item.rule_words or None,
        "verdict": judged.verdict or "",
        "score": judged.score,
        "analyses": [analysis_as_json(analysis, row) for analysis in judged.analyses],
    }


def analysis_as_json(analysis: Analysis, row: Submission) -> dict[str, object]:
    """`cached`: the word was known before this mail arrived, to us or to the sandbox."""
    return {
        "sandbox": analysis.sandbox,
        "state": analysis.state,
        "verdict": analysis.verdict,
        "score": analysis.score,
        "external_id": analysis.reference_at_sandbox,
        "cached": analysis.reused_at(row.received_at) is not None,
        "report_url": analysis.report_url,
        "error": analysis.error or None,
        "threat_names": analysis.threat_names,
        "reasons": analysis.reasons,
    }


def notification_as_json(letter: Notification) -> dict[str, object]:
    return {
        "kind": letter.kind,
        "to": letter.to,
        "subject": letter.subject,
        "state": letter.state,
        "message_id": letter.message_id,
        "reason": letter.reason or None,
    }
