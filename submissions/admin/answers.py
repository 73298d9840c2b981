"""The part of a mailbox's page that says how its reporters are answered."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from submissions.models import Mailbox
from submissions.models.answering import every_verdict
from submissions.models.submission import VERDICTS

ANSWERS = (
    "receipt", "answer", "early_warning", "told_verdicts", "consequence", "reporter_domains", "receipts_an_hour",
    "language", ("quiet_from", "quiet_until"), "blind_copy", "outgoing",
)  # fmt: skip
ANSWER_FIELDS = (
    "receipt", "answer", "early_warning", "told_verdicts", "reporter_domains", "receipts_an_hour", "language",
    "quiet_from", "quiet_until", "blind_copy", "outgoing",
)  # fmt: skip
LIMIT = (
    "Further receipts are suppressed. After as many results, further ones that call for no action wait until an hour "
    "is over and come in one mail."
)
FIELDSET: tuple[str, dict[str, Any]] = (
    "Answers",
    {"fields": list(ANSWERS), "description": "Which mails go back to the people who report, and to whom."},
)


def told_verdicts() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Verdicts that are told",
        choices=VERDICTS,
        initial=every_verdict,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="A mail with another verdict is not sent; the outbox shows it as suppressed.",
    )


def quiet_fault(values: dict[str, Any]) -> str:
    """What is wrong with the quiet hours; an empty text when nothing is."""
    start, end = values.get("quiet_from"), values.get("quiet_until")
    if (start is None) != (end is None):
        return "Quiet hours need a beginning and an end."
    return "Quiet hours that end when they begin never end." if start is not None and start == end else ""


def sentence(mailbox: Mailbox | None) -> str:
    """What a mail with three items, one of them malicious, will cause."""
    if mailbox is None or mailbox.pk is None:
        return "A receipt at once if it is on; then one summary, or one mail for each of the three items."
    if not mailbox.domains:
        return "Nothing: no reporter domain is listed, so nobody is answered."
    receipt = "a receipt at once, then" if mailbox.receipt else "no receipt, only"
    return f"The reporter gets {receipt} {answers(mailbox)}.{copies(mailbox)}{silence(mailbox)}{quiet(mailbox)}"


def answers(mailbox: Mailbox) -> str:
    if mailbox.answer == Mailbox.Answer.PER_ITEM:
        return "one mail for each item as it is judged: three mails"
    warning = "a warning as soon as one of them is malicious, and " if mailbox.early_warning else ""
    return f"{warning}one summary when all three are judged"


def copies(mailbox: Mailbox) -> str:
    return f" {mailbox.blind_copy} gets a copy of each." if mailbox.blind_copy else ""


def silence(mailbox: Mailbox) -> str:
    words = [str(label) for value, label in VERDICTS if value not in mailbox.told_verdicts]
    return f" Not told: {', '.join(words)}." if words else ""


def quiet(mailbox: Mailbox) -> str:
    if mailbox.quiet_from is None or mailbox.quiet_until is None:
        return ""
    return f" “No threats found” waits from {mailbox.quiet_from:%H:%M} until {mailbox.quiet_until:%H:%M}."
