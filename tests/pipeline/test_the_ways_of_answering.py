"""What the settings of a mailbox make of one report: which mails, to whom, and when."""

from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from django.utils import timezone

from notifications import outbox
from notifications.models import Notification, Template
from submissions import analysis, conclusion, intake, review, same
from submissions.models import Analysis, Mailbox, Submission
from submissions.verdicts import Verdict
from tests.forwarding import Style, forwarded
from tests.pipeline.conftest import received, work
from tests.reports import report, suspicious

pytestmark = pytest.mark.django_db

BAD = report({"invoice.js": b"malware " * 9}, "See https://acme-invoices.example/pay\n")
GOOD = report({"notes.txt": b"only notes"}, "See https://acme.example/\n", number=2)


def told(**fields: Any) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(**fields).order_by("pk")
    return list(rows.values_list("kind", "state"))


def by(name: str, number: int, files: dict[str, bytes] | None = None) -> bytes:
    content = files or {"invoice.js": b"malware " * 9}
    return report(content, "Please pay.\n", number=number, reporter=f"{name}@corp.example")


@pytest.mark.parametrize(("client", "form"), [("outlook", "html"), ("gmail", "text"), ("apple_mail", "both")])
def test_the_answer_to_a_mail_forwarded_inline_names_who_sent_the_original(
    mailbox: Mailbox, outgoing: list[bytes], client: str, form: str
) -> None:
    Template.objects.filter(kind="received").update(body_text="From {{original_from}}: {{original_subject}}")
    original = suspicious({"invoice.js": b"malware " * 9}, "Please pay.\n").as_bytes()

    work(received(mailbox, forwarded(original, Style(client, "en", form), note="Is this real?", number=1).raw))
    for pk in outbox.due():
        outbox.deliver(pk)

    answer = message_from_bytes(outgoing[0], policy=SMTP)
    assert answer["To"] == "anna.lang@corp.example"
    assert "From Billing <billing@acme-invoices.example>: Invoice 0" in answer.get_body(("plain",)).get_content()


def test_a_verdict_that_the_mailbox_does_not_tell_is_visibly_suppressed(mailbox: Mailbox) -> None:
    Mailbox.objects.update(told_verdicts=["malicious"])

    work(received(mailbox, GOOD))

    assert told() == [("received", "queued"), ("summary_clean", "suppressed")]
    assert Notification.objects.get(state="suppressed").reason == (
        "the mailbox does not tell reporters of “No threats found”"
    )


def test_the_blind_copy_shows_the_same_mail_and_not_its_reader(mailbox: Mailbox, outgoing: list[bytes]) -> None:
    Mailbox.objects.update(blind_copy="soc@corp.example", receipt=False)

    work(received(mailbox, BAD))
    for _ in range(2):
        for pk in outbox.due():
            outbox.deliver(pk)

    assert list(Notification.objects.order_by("pk").values_list("to", "state")) == [
        ("anna.lang@corp.example", "sent"),
        ("soc@corp.example", "sent"),
    ]
    first, second = (message_from_bytes(mail) for mail in outgoing)
    assert first["To"] == second["To"] == "anna.lang@corp.example"
    assert first["Message-ID"] != second["Message-ID"]
    assert first.get_payload(0).get_payload() == second.get_payload(0).get_payload()  # type: ignore[union-attr]


def test_nobody_gets_a_copy_of_a_mail_that_does_not_go_out(mailbox: Mailbox) -> None:
    Mailbox.objects.update(blind_copy="soc@corp.example")

    work(received(mailbox, report({"a.js": b"malware"}, reporter="eve@evil.example")))

    assert {state for _, state in told()} == {"suppressed"}


def half_judged(mailbox: Mailbox) -> Submission:
    """A mail of which the file is judged and the link is not."""
    row = received(mailbox, BAD)
    for pk in intake.unpack(row.pk).analyses:
        analysis.submit(pk)
    link = Analysis.objects.get(artifact__kind="url")
    Analysis.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    analysis.poll(Analysis.objects.get(artifact__kind="file").pk)
    assert link.state in Analysis.OPEN
    conclusion.conclude(row.pk)
    return row


def test_the_reporter_is_warned_as_soon_as_one_item_is_malicious_and_gets_one_amendment(mailbox: Mailbox) -> None:
    Mailbox.objects.update(early_warning=True)
    row = half_judged(mailbox)

    for _ in range(3):
        conclusion.conclude(row.pk)
    assert [kind for kind, _ in told()] == ["received", "early_warning"]
    Analysis.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    analysis.poll(Analysis.objects.get(artifact__kind="url").pk)
    conclusion.conclude(row.pk)

    assert [kind for kind, _ in told()] == ["received", "early_warning", "summary_malicious"]


def test_without_that_setting_nobody_is_warned_early(mailbox: Mailbox) -> None:
    half_judged(mailbox)

    assert [kind for kind, _ in told()] == ["received"]


def test_a_reporter_is_told_once_that_it_takes_longer_than_usual(mailbox: Mailbox) -> None:
    row = half_judged(mailbox)
    Submission.objects.update(received_at=timezone.now() - timedelta(minutes=61))

    for _ in range(3):
        conclusion.conclude(row.pk)

    assert [kind for kind, _ in told()] == ["received", "delayed"]


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-24 23:10", "2026-11-25 06:30"),
        ("2026-11-25 05:00", "2026-11-25 06:30"),
        ("2026-11-25 06:30", None),
        ("2026-11-25 12:00", None),
    ],
)
def test_quiet_hours_go_over_midnight(at: str, until: str | None) -> None:
    mailbox = Mailbox(quiet_from=time(22), quiet_until=time(6, 30))

    end = mailbox.quiet_end(datetime.fromisoformat(at).replace(tzinfo=UTC))

    assert end == (until and datetime.fromisoformat(until).replace(tzinfo=UTC))


@pytest.mark.parametrize(("mail", "kind", "waits"), [(GOOD, "summary_clean", True), (BAD, "summary_malicious", False)])
def test_in_quiet_hours_only_a_clean_verdict_waits(mailbox: Mailbox, mail: bytes, kind: str, waits: bool) -> None:
    hour = timezone.localtime()
    start, end = (hour - timedelta(hours=1)).time(), (hour + timedelta(hours=1)).time()
    Mailbox.objects.update(quiet_from=start, quiet_until=end)

    work(received(mailbox, mail))

    due_at = Notification.objects.get(kind=kind).due_at
    assert due_at is not None
    assert (due_at > timezone.now()) is waits


@pytest.mark.parametrize(("notify", "left"), [(True, "elsewhere"), (False, "suppressed")])
def test_nobody_reads_that_nothing_was_found_after_it_was_overruled(mailbox: Mailbox, notify: bool, left: str) -> None:
    hour = timezone.localtime()
    start, end = (hour - timedelta(hours=1)).time(), (hour + timedelta(hours=1)).time()
    Mailbox.objects.update(quiet_from=start, quiet_until=end)
    row = received(mailbox, GOOD)
    work(row)
    row.refresh_from_db()

    review.override(row, Verdict.MALICIOUS, "A trick that no sandbox sees.", "eve", notify=notify)

    waiting = Notification.objects.get(kind="summary_clean")
    assert (waiting.state, waiting.reason) == (left, "the result changed before it was told")
    assert Notification.objects.filter(kind="verdict_changed", state="queued").exists() is notify


def test_the_mailbox_says_how_many_receipts_a_reporter_gets_in_an_hour(mailbox: Mailbox) -> None:
    Mailbox.objects.update(receipts_an_hour=2)

    for number in range(4):
        work(received(mailbox, by("anna", number, {"notes.txt": b"%d" % number}), uid=number + 1))

    states = [state for kind, state in told() if kind == "received"]
    assert states == ["queued", "queued", "suppressed", "suppressed"]
    assert [state for kind, state in told() if kind == "summary_clean"] == ["queued"] * 4
    gathered = Notification.objects.filter(kind="summary_clean").values_list("for_digest", flat=True).order_by("pk")
    assert list(gathered) == [False, False, True, True]


@pytest.mark.parametrize(
    ("rule", "header", "words", "language"),
    [
        ("fr", b"de", b"Is this real?", "fr"),
        ("", b"de-AT", b"Is this real?", "de"),
        ("", b"", "Ist das echt? Ich habe die Mail von der Bank und weiß nicht, ob das so ist.".encode(), "de"),
        ("", b"tlh", b"Qapla", "en"),
    ],
)
def test_the_mailbox_then_the_report_decide_the_language(
    mailbox: Mailbox, rule: str, header: bytes, words: bytes, language: str
) -> None:
    Mailbox.objects.update(language=rule)
    mail = BAD.replace(b"Is this real?", words)
    if header:
        mail = b"Content-Language: " + header + b"\r\n" + mail

    work(received(mailbox, mail))

    assert set(Notification.objects.values_list("language", flat=True)) == {language}


def test_who_reports_a_known_campaign_is_thanked_for_it(mailbox: Mailbox) -> None:
    work(received(mailbox, by("anna", 1)))
    work(received(mailbox, by("anna", 2), uid=2))
    work(received(mailbox, by("bert", 3), uid=3))

    assert [kind for kind, _ in told(to="anna@corp.example")][-2:] == ["received", "summary_malicious"]
    assert [kind for kind, _ in told(to="bert@corp.example")] == ["thanks_known", "summary_malicious"]


def test_everybody_who_reported_the_same_thing_learns_of_another_verdict(mailbox: Mailbox) -> None:
    rows = [work(received(mailbox, by(name, 1), uid=uid)) for uid, name in enumerate(("anna", "bert", "carl"), 1)]
    work(received(mailbox, by("dora", 4, {"invoice.js": b"malware " * 9, "b.txt": b"x"}), uid=4))
    first = rows[0]

    assert same.others(first) == []
    review.override(first, Verdict.CLEAN, "It is ours.", "grace", notify=True)
    assert [other.reporter for other in same.others(first)] == ["bert@corp.example", "carl@corp.example"]
    same.spread(first, "It is ours.", "grace")

    assert same.others(first) == []
    changed = Notification.objects.filter(kind="verdict_changed").order_by("pk")
    assert [row.to for row in changed] == ["anna@corp.example", "bert@corp.example", "carl@corp.example"]
    assert set(Submission.objects.filter(pk__in=[row.pk for row in rows]).values_list("verdict", flat=True)) == {
        "clean"
    }
    assert same.spread(first, "It is ours.", "grace") == ()


def test_another_verdict_of_a_second_analysis_is_told(mailbox: Mailbox) -> None:
    row = work(received(mailbox, GOOD))
    review.again(row, "grace")
    Analysis.objects.filter(generation=2).update(state="finished", verdict="malicious", due_at=None)

    conclusion.conclude(row.pk)

    assert [kind for kind, _ in told()] == ["received", "summary_clean", "verdict_changed"]


def test_the_same_verdict_of_a_second_analysis_is_no_news(mailbox: Mailbox) -> None:
    row = work(received(mailbox, GOOD))
    review.again(row, "grace")
    Analysis.objects.filter(generation=2).update(state="finished", verdict="clean", due_at=None)

    conclusion.conclude(row.pk)

    assert [kind for kind, _ in told()] == ["received", "summary_clean"]
