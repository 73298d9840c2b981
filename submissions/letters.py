"""Which mail a reporter gets, and what stands in it. Each returns the keys of the mails to deliver now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median

from django.conf import settings
from django.utils import timezone

from mailmonitor.models import now
from notifications import outbox
from notifications.choice import Signs
from notifications.kinds import KINDS
from notifications.models import Notification
from notifications.outbox import Answered, Letter
from submissions.judgement import Judged
from submissions.models import Analysis, Item, Submission
from submissions.plain_reasons import plain_reason
from submissions.verdicts import Verdict

CHANGED = "verdict_changed"
Context = Mapping[str, str | list[dict[str, str]]]
WORDS = {
    Verdict.MALICIOUS: "Malicious",
    Verdict.SUSPICIOUS: "Suspicious",
    Verdict.FAILED: "Analysis failed",
    Verdict.UNKNOWN: "No clear result",
    Verdict.CLEAN: "No threats found",
}


def receipt(row: Submission) -> tuple[int, ...]:
    """Thank for the report; a mail with nothing to analyse gets this answer only."""
    items = list(row.items.select_related("artifact"))
    if not any(item.skipped not in Item.HARMLESS for item in items):
        return send(row, "received_nothing_to_analyse", {})
    if not row.mailbox.receipt:
        return ()
    if is_known(row):
        return send(row, "thanks_known", {"verdict": WORDS[Verdict.MALICIOUS]}, verdict=Verdict.MALICIOUS)
    kinds = [item.artifact.kind for item in items]
    return send(row, "received", {"file_count": str(kinds.count("file")), "url_count": str(kinds.count("url"))})


def is_known(row: Submission) -> bool:
    """Whether others have reported one of its items, and it is malicious."""
    known = Analysis.objects.filter(
        state=Analysis.State.FINISHED,
        verdict=Verdict.MALICIOUS,
        artifact__in=row.items.filter(skipped="").values("artifact"),
    )
    others = Submission.objects.filter(items__artifact__in=known.values("artifact"), verdict=Verdict.MALICIOUS)
    return others.exclude(pk=row.pk).exclude(reporter=row.reporter).exists()


def phishing_test(row: Submission) -> tuple[int, ...]:
    """Praise who spotted a test of our own."""
    return send(row, "phishing_test", {})


def delayed(row: Submission) -> tuple[int, ...]:
    """Say, once, that the analysis takes longer than usual."""
    if now() - row.received_at < settings.DELAYED_AFTER:
        return ()
    return send(row, "delayed", {})


def rejected(row: Submission, reason: str) -> tuple[int, ...]:
    """Say that the mail was not analysed, and why."""
    plain = reason if row.state == Submission.State.OVERSIZE else "The mail could not be read."
    return send(row, "rejected", {"reason": reason, "plain_reason": plain})


def item(row: Submission, judged: Judged) -> tuple[int, ...]:
    """The word on one item. An artifact that stands in a mail twice is told once."""
    about = f"{row.label}/artifact:{judged.item.artifact_id}"
    verdict = judged.verdict or Verdict.UNKNOWN
    return send(row, f"item_{verdict}", item_context(judged), about=about, verdict=verdict)


def warning(row: Submission, judged: Sequence[Judged]) -> tuple[int, ...]:
    """The first malicious item, told while others are still analysed. The summary is its only amendment."""
    found = next((item for item in judged if item.verdict == Verdict.MALICIOUS), None)
    return send(row, "early_warning", item_context(found), verdict=Verdict.MALICIOUS) if found else ()


def summary(row: Submission, judged: Sequence[Judged]) -> tuple[int, ...]:
    """The verdict of the whole mail with a table of its items, skipped ones too."""
    return send(row, f"summary_{row.verdict}", summary_context(row, judged), verdict=Verdict(row.verdict))


def changed(row: Submission, judged: Sequence[Judged], previous: Verdict, reason: str) -> tuple[int, ...]:
    """Another verdict than the one told before. `row` holds the new one already."""
    number = Notification.objects.filter(thread=row.label, kind=CHANGED).values("about").distinct().count() + 1
    context = changed_context(row, judged, previous, reason)
    sent = send(row, CHANGED, context, about=f"{row.label}/change:{number}")
    outbox.withdraw(row.label, told=bool(sent))
    return sent


def changed_context(row: Submission, judged: Sequence[Judged], previous: Verdict, reason: str) -> Context:
    return {
        **summary_context(row, judged),
        "previous_verdict": WORDS[previous],
        "reason": reason,
        "completed_at": moment(now()),
    }


def send(
    row: Submission, kind: str, context: Context, *, about: str = "", verdict: Verdict | None = None
) -> tuple[int, ...]:
    """Decide one mail in the caller's transaction, by the rules of the mailbox. `verdict` is the one it tells."""
    mailbox = row.mailbox
    letter = Letter(
        kind=kind,
        thread=row.label,
        about=about or row.label,
        to=row.reporter,
        context={**mail_context(row, kind), **context},
        answers=Answered(row.message_id, row.references, row.subject),
        no_answer=row.no_answer or untold(row, verdict),
        signs=Signs(rule=mailbox.language, content_language=row.language),
        not_before=mailbox.quiet_end(now()) if verdict == Verdict.CLEAN else None,
        copy_to=mailbox.blind_copy,
        receipts_an_hour=mailbox.receipts_an_hour,
        outgoing=mailbox.outgoing,
    )
    decided = outbox.decide(letter)
    return (decided.pk,) if decided and decided.state == Notification.State.QUEUED else ()


def untold(row: Submission, verdict: Verdict | None) -> str:
    """Why the reporter does not learn of the verdict, by the rule of the mailbox; an empty text when he does."""
    if verdict is None or verdict in row.mailbox.told_verdicts:
        return ""
    return f"the mailbox does not tell reporters of “{WORDS[verdict]}”"


def mail_context(row: Submission, kind: str) -> dict[str, str | list[dict[str, str]]]:
    """What every kind may use, and how long it will take where the kind says so."""
    original = row.original
    return {
        "subject": row.subject,
        "from": row.reporter,
        "to": row.to,
        "original_subject": original.get("subject") or row.subject,
        "original_from": original.get("from") or row.reporter,
        "original_to": original.get("to") or row.to,
        "original_date": original.get("date") or moment(row.received_at),
        "reporter_name": row.reporter_name or row.reporter,
        "reporter_email": row.reporter,
        "submission_id": row.number,
        "submission_url": f"{settings.PUBLIC_URL}/submissions/{row.pk}/",
        "received_at": moment(row.received_at),
        "expected_time": usual_time() if "expected_time" in KINDS[kind].placeholders else "",
        "organisation": settings.ORGANISATION,
        "contact": settings.CONTACT,
        "contact_phone": settings.CONTACT_PHONE,
        "instance_name": settings.PUBLIC_URL,
    }


def item_context(judged: Judged) -> dict[str, str | list[dict[str, str]]]:
    deciding = judged.deciding
    return {
        "verdict": WORDS[judged.verdict or Verdict.UNKNOWN],
        "score": "" if judged.score is None else str(judged.score),
        "threat_name": ", ".join(deciding.threat_names if deciding else []) or "none",
        "artifact_name": judged.item.name,
        "artifact_type": judged.item.artifact.get_kind_display().lower(),
        "artifact_sha256": judged.item.artifact.digest,
        "reason": reason(judged),
        "plain_reason": plain_reason(judged),
        "reused": reused(judged),
        "report_url": deciding.report_url if deciding else "",
        "completed_at": moment(now()),
    }


def summary_context(row: Submission, judged: Sequence[Judged]) -> dict[str, str | list[dict[str, str]]]:
    counted = [item for item in judged if item.counts]
    verdicts = [item.verdict for item in counted]
    kinds = [item.item.artifact.kind for item in counted]
    done_at = row.concluded_at or now()
    threats = {name for item in counted if item.deciding for name in item.deciding.threat_names}
    return {
        "verdict": WORDS[Verdict(row.verdict)],
        "score": "" if row.score is None else str(row.score),
        "threat_name": ", ".join(sorted(threats)) or "none",
        "artifact_count": str(len(counted)),
        "file_count": str(kinds.count("file")),
        "url_count": str(kinds.count("url")),
        "skipped_count": str(len(judged) - len(counted)),
        "unread_count": str(sum(bool(problem["incomplete"]) for problem in row.problems)),
        "completed_at": moment(done_at),
        "duration": span((done_at - row.received_at).total_seconds()),
        "artifact_table": [table_row(item) for item in judged],
        **{f"{verdict}_count": str(verdicts.count(verdict)) for verdict in Verdict},
    }


def table_row(judged: Judged) -> dict[str, str]:
    return {
        "verdict": WORDS[judged.verdict] if judged.verdict else "Skipped",
        "name": judged.item.name,
        "type": judged.item.artifact.get_kind_display(),
        "score": "" if judged.score is None else str(judged.score),
        "reason": reason(judged),
        "plain_reason": plain_reason(judged),
        "reused": reused(judged),
    }


def reason(judged: Judged) -> str:
    """In a few words why the item's verdict is what it is."""
    if judged.item.denied:
        return f"On the deny list. {judged.item.denied}"
    if judged.item.skipped:
        rule = f" ({judged.item.rule_words})" if judged.item.rule_words else ""
        return f"{judged.item.get_skipped_display()}{rule}"
    deciding = judged.deciding
    if deciding is None:
        return ""
    if deciding.error:
        return deciding.error
    strongest = sorted(deciding.reasons, key=lambda one: -int(one["points"]))[:3]
    return "; ".join(one["words"] for one in strongest)


def reused(judged: Judged) -> str:
    """That the word is older than the mail, with its date; an empty text for a fresh one."""
    deciding = judged.deciding
    reached_at = deciding and deciding.reused_at(judged.item.submission.received_at)
    return f"result of {timezone.localtime(reached_at):%d %b %Y}, reused" if reached_at else ""


def usual_time() -> str:
    """How long the last hundred mails took, in words."""
    rows = Submission.objects.filter(state=Submission.State.DONE).order_by("-id")
    pairs = rows.values_list("received_at", "concluded_at")[:100]
    seconds = [(end - start).total_seconds() for start, end in pairs if end]
    return span(median(seconds)) if seconds else "a few minutes"


def span(seconds: float) -> str:
    """A length of time as people say it: at least a minute."""
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return "one minute" if minutes == 1 else f"{minutes} minutes"
    return f"{round(minutes / 60)} hours"


def moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%d %b %Y %H:%M %Z}"
