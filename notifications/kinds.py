"""The kinds of mail a reporter can get, and the closed list of placeholders each may use."""

from dataclasses import dataclass
from enum import StrEnum

TABLE = "artifact_table"

SAMPLES = {
    "subject": "FW: Invoice 4471",
    "from": "anna.lang@corp.example",
    "to": "sandbox@corp.example",
    "original_subject": "Invoice 4471",
    "original_from": "billing@acme-invoices.example",
    "original_to": "anna.lang@corp.example",
    "original_date": "24 Nov 2026 07:58 UTC",
    "reporter_name": "Anna Lang",
    "reporter_email": "anna.lang@corp.example",
    "submission_id": "MM-4899",
    "submission_url": "https://mailmonitor.corp.example/submissions/4899/",
    "received_at": "24 Nov 2026 08:02 UTC",
    "completed_at": "24 Nov 2026 08:06 UTC",
    "duration": "4 minutes",
    "verdict": "Malicious",
    "previous_verdict": "No threats found",
    "score": "92",
    "threat_name": "XLS.Downloader",
    "artifact_name": "invoice_4471.xlsm",
    "artifact_type": "file",
    "artifact_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "artifact_count": "5",
    "file_count": "3",
    "url_count": "2",
    "malicious_count": "1",
    "suspicious_count": "1",
    "clean_count": "1",
    "unknown_count": "1",
    "failed_count": "1",
    "skipped_count": "1",
    "reason": "The mail is larger than 25 MB.",
    "reused": "result of 22 Nov 2026, reused",
    "expected_time": "5 minutes",
    "report_url": "https://sandbox.corp.example/analysis/4899",
    "organisation": "Corp IT Security",
    "contact": "security@corp.example",
    "contact_phone": "+49 89 1234567",
    "instance_name": "mailmonitor.corp.example",
    "failed_part": "The mailbox sandbox@corp.example",
    "since": "24 Nov 2026 07:40 UTC",
    "last_success": "24 Nov 2026 07:39 UTC",
    "reply": "[AUTHENTICATIONFAILED] Invalid credentials",
    "doctor_command": "manage.py doctor --only mailbox",
    "waiting_count": "3",
    "result_count": "6",
    "unread_count": "1",
    "view_name": "Finance",
    "view_url": "https://mailmonitor.corp.example/submissions/?show=malicious&q=invoice",
}
SAMPLE_ITEMS = (
    ("Malicious", "invoice_4471.xlsm", "File", "92", "It contains macros, which can run commands"),
    ("Suspicious", "https://acme.example/pay", "Link", "48", "The link hides where it leads or looks like phishing"),
    ("Analysis failed", "scan.iso", "File", "", "The analysis could not be carried out"),
    ("No clear result", "letter.zip", "File", "", "It is locked with a password"),
    ("No threats found", "https://acme.example/imprint", "Link", "0", ""),
    ("Skipped", "https://corp.example/intranet", "Link", "", "On the whitelist"),
)
COLUMNS = ("verdict", "name", "type", "score", "reason")
SAMPLE_TABLE = [dict(zip(COLUMNS, item, strict=True)) for item in SAMPLE_ITEMS]

EVERYWHERE = (
    "subject", "from", "to", "original_subject", "original_from", "original_to", "original_date", "reporter_name",
    "reporter_email", "submission_id", "submission_url", "received_at", "organisation", "contact", "contact_phone",
    "instance_name",
)  # fmt: skip
JUDGED = ("verdict", "score", "threat_name", "completed_at", "duration", "report_url")
ITEM = (*EVERYWHERE, *JUDGED, "artifact_name", "artifact_type", "artifact_sha256", "reason", "reused")
COUNTS = (
    "artifact_count", "file_count", "url_count", "malicious_count", "suspicious_count", "clean_count",
    "unknown_count", "failed_count", "skipped_count", "unread_count",
)  # fmt: skip
SUMMARY = (*EVERYWHERE, *JUDGED, *COUNTS, TABLE)
ARRIVED = (*EVERYWHERE, "file_count", "url_count", "expected_time")
CHANGED = (*SUMMARY, "previous_verdict", "reason")
OPERATOR = (
    "instance_name", "organisation", "failed_part", "since", "last_success", "reply", "doctor_command", "waiting_count",
)  # fmt: skip

DIGEST = (
    "to", "reporter_name", "reporter_email", "organisation", "contact", "contact_phone", "instance_name",
    "result_count", TABLE,
)  # fmt: skip
VIEW_NEWS = ("instance_name", "organisation", "view_name", "view_url", "result_count", TABLE)


class Group(StrEnum):
    """What a kind is to its reader: rules of delivery and of answering differ between them."""

    RECEIPT = "receipt"
    ITEM = "item"
    SUMMARY = "summary"
    LATER = "later"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Kind:
    """One kind of mail: `tone` picks the colour of its bar, `placeholders` is the closed list for its texts."""

    name: str
    title: str
    group: Group
    tone: str
    placeholders: tuple[str, ...]
    tells_verdict: bool = True


def judged(group: Group, placeholders: tuple[str, ...]) -> list[Kind]:
    """The five verdicts, once per item or once for the whole mail."""
    words = {
        "malicious": "Malicious",
        "suspicious": "Suspicious",
        "clean": "No threats found",
        "unknown": "No clear result",
        "failed": "Analysis failed" if group is Group.ITEM else "Analysis incomplete",
    }
    return [
        Kind(f"{group}_{verdict}", f"{title} ({group})", group, verdict, placeholders)
        for verdict, title in words.items()
    ]


KINDS = {
    kind.name: kind
    for kind in (
        Kind("received", "Received", Group.RECEIPT, "running", ARRIVED, False),
        Kind("received_nothing_to_analyse", "Nothing to analyse", Group.RECEIPT, "unknown", EVERYWHERE, False),
        Kind("rejected", "Not analysed", Group.RECEIPT, "failed", (*EVERYWHERE, "reason"), False),
        *judged(Group.ITEM, ITEM),
        *judged(Group.SUMMARY, SUMMARY),
        Kind("early_warning", "Early warning", Group.LATER, "malicious", ITEM),
        Kind("phishing_test", "Phishing test recognised", Group.RECEIPT, "clean", EVERYWHERE),
        Kind("thanks_known", "Already known", Group.RECEIPT, "malicious", (*EVERYWHERE, "verdict")),
        Kind("delayed", "Still in progress", Group.LATER, "running", (*EVERYWHERE, "expected_time"), False),
        Kind("verdict_changed", "Result changed", Group.LATER, "unknown", CHANGED),
        Kind("digest", "Several results", Group.LATER, "unknown", DIGEST),
        Kind("operator_alert", "Operator alert", Group.OPERATOR, "failed", OPERATOR, False),
        Kind("operator_recovered", "Operator alert: well again", Group.OPERATOR, "clean", OPERATOR, False),
        Kind("view_news", "News of a kept view", Group.OPERATOR, "unknown", VIEW_NEWS, False),
    )
}  # fmt: skip
RECEIPTS = tuple(kind.name for kind in KINDS.values() if kind.group is Group.RECEIPT)
RESULTS = tuple(kind.name for kind in KINDS.values() if kind.group in (Group.ITEM, Group.SUMMARY))
CALM = tuple(name for name in RESULTS if KINDS[name].tone not in ("malicious", "suspicious"))
VERDICTS = tuple(kind.name for kind in KINDS.values() if kind.tells_verdict)


def sample(name: str) -> dict[str, str | list[dict[str, str]]]:
    """A context with a sample value for every placeholder the kind may use."""
    kind = KINDS[name]
    return {key: SAMPLE_TABLE if key == TABLE else SAMPLES[key] for key in kind.placeholders}
