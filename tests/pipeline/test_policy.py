"""Several sandboxes in an order, each with its kinds of artifacts; old words end, malicious ends the search."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from submissions import analysis, conclusion, intake, letters, policy, recovery
from submissions.judgement import judge
from submissions.models import Analysis, DenyRule, Mailbox, MailboxStep, SandboxProfile, Submission
from submissions.sandbox.base import Part, Report, SandboxError
from submissions.verdicts import Verdict
from tests.pipeline.conftest import received
from tests.pipeline.scripted import Scripted
from tests.reports import report

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandboxes(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted()
    monkeypatch.setattr(analysis, "built", lambda row: scripted.at(row.kind, row.name))
    return scripted


def step(mailbox: Mailbox, name: str, position: int, **fields: Any) -> SandboxProfile:
    mode = fields.pop("mode", "items")
    profile = SandboxProfile.objects.create(kind="joe", name=name, mode=mode)
    MailboxStep.objects.create(mailbox=mailbox, profile=profile, position=position, **fields)
    return profile


def mail(mailbox: Mailbox, uid: int = 1) -> Submission:
    """One file `notes.txt`, no link."""
    return unpacked(mailbox, report({"notes.txt": b"notes"}), uid)


def unpacked(mailbox: Mailbox, raw: bytes, uid: int) -> Submission:
    row = received(mailbox, raw, uid)
    intake.unpack(row.pk)
    row.refresh_from_db()
    return row


def go_on(row: Submission) -> Submission:
    """Until nothing is left to do."""
    for _ in range(8):
        for pk in recovery.due().submit:
            analysis.submit(pk)
        policy.begin(row.pk)
        conclusion.conclude(row.pk)
        Analysis.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    row.refresh_from_db()
    return row


def test_without_steps_the_sandbox_of_the_environment_is_asked(mailbox: Mailbox, sandboxes: Scripted) -> None:
    row = go_on(mail(mailbox))

    assert row.verdict == "clean"
    assert list(Analysis.objects.values_list("sandbox", "profile")) == [("fake", "default")]


def test_the_steps_are_asked_one_after_the_other(mailbox: Mailbox, sandboxes: Scripted) -> None:
    step(mailbox, "thorough", 2)
    step(mailbox, "first", 1)
    row = mail(mailbox)

    assert list(Analysis.objects.values_list("profile", flat=True)) == ["first"]
    row = go_on(row)

    assert (row.state, row.verdict) == ("done", "clean")
    assert sandboxes.asked == [("first", "notes.txt"), ("thorough", "notes.txt")]


def test_malicious_ends_the_search(mailbox: Mailbox, sandboxes: Scripted) -> None:
    step(mailbox, "first", 1)
    step(mailbox, "thorough", 2)
    sandboxes.words["first"] = Report(Verdict.MALICIOUS, score=90)

    row = go_on(mail(mailbox))

    assert (row.state, row.verdict) == ("done", "malicious")
    assert [profile for profile, _ in sandboxes.asked] == ["first"]


def test_the_worst_word_is_the_verdict(mailbox: Mailbox, sandboxes: Scripted) -> None:
    step(mailbox, "first", 1)
    step(mailbox, "thorough", 2)
    sandboxes.words["first"] = Report(Verdict.SUSPICIOUS)

    assert go_on(mail(mailbox)).verdict == "suspicious"


@pytest.mark.parametrize(("required", "verdict"), [(True, "failed"), (False, "clean")])
def test_a_step_that_fails_counts_where_it_is_required(
    mailbox: Mailbox, sandboxes: Scripted, required: bool, verdict: str
) -> None:
    step(mailbox, "first", 1, required=required)
    step(mailbox, "thorough", 2)
    sandboxes.words["first"] = SandboxError("cannot", kind="analysis", permanent=True)

    assert go_on(mail(mailbox)).verdict == verdict


def test_a_look_up_that_knows_nothing_leaves_the_word_to_the_others(mailbox: Mailbox, sandboxes: Scripted) -> None:
    step(mailbox, "look-up", 1, required=False)
    step(mailbox, "thorough", 2)
    sandboxes.words["look-up"] = Report(Verdict.UNKNOWN)

    assert go_on(mail(mailbox)).verdict == "clean"


def test_only_optional_steps_that_know_nothing_are_never_clean(mailbox: Mailbox, sandboxes: Scripted) -> None:
    step(mailbox, "look-up", 1, required=False)
    sandboxes.words["look-up"] = Report(Verdict.UNKNOWN)

    assert go_on(mail(mailbox)).verdict == "unknown"


def test_what_no_sandbox_may_get_stays_visible_and_is_never_clean(mailbox: Mailbox, sandboxes: Scripted) -> None:
    step(mailbox, "links-only", 1, files=False)

    row = go_on(mail(mailbox))

    assert sandboxes.asked == []
    assert (row.verdict, row.items.get().skipped) == ("unknown", "policy")


def test_two_mailboxes_share_an_artifacts_word_in_a_sandbox(mailbox: Mailbox, sandboxes: Scripted) -> None:
    step(mailbox, "first", 1)
    go_on(mail(mailbox, uid=1))

    row = go_on(mail(mailbox, uid=2))

    assert row.verdict == "clean"
    assert len(sandboxes.asked) == 1


def test_the_word_of_a_sandbox_outside_the_plan_can_only_accuse(mailbox: Mailbox, sandboxes: Scripted) -> None:
    row = mail(mailbox)
    artifact = row.items.get().artifact
    words = {"evil": "malicious", "doubtful": "unknown", "broken": "unknown"}
    for profile, verdict in words.items():
        Analysis.objects.create(
            artifact=artifact, sandbox="joe", profile=profile, state="finished", verdict=verdict, due_at=None,
            finished_at=timezone.now(), deadline_at=timezone.now(),
        )  # fmt: skip
    assert go_on(row).verdict == "malicious"
    Analysis.objects.filter(profile="evil").delete()
    Submission.objects.update(state="analysing", verdict="", due_at=timezone.now())

    assert go_on(row).verdict == "clean"


@pytest.mark.parametrize(("days", "generations"), [(6, [1]), (8, [1, 2])])
def test_our_own_word_counts_for_so_many_days(
    mailbox: Mailbox, sandboxes: Scripted, days: int, generations: list[int]
) -> None:
    go_on(mail(mailbox, uid=1))
    Analysis.objects.update(finished_at=timezone.now() - timedelta(days=days))

    row = go_on(mail(mailbox, uid=2))

    assert row.state == "done"
    assert list(Analysis.objects.order_by("generation").values_list("generation", flat=True)) == generations


def test_the_days_can_be_set_per_profile(mailbox: Mailbox, sandboxes: Scripted) -> None:
    step(mailbox, "first", 1)
    SandboxProfile.objects.update(reuse_files_days=30)
    go_on(mail(mailbox, uid=1))
    Analysis.objects.update(finished_at=timezone.now() - timedelta(days=29))

    go_on(mail(mailbox, uid=2))

    assert Analysis.objects.count() == 1


def test_a_profile_that_is_gone_ends_its_analyses_with_the_reason(mailbox: Mailbox) -> None:
    profile = step(mailbox, "first", 1)
    row = mail(mailbox)
    mailbox.steps.all().delete()
    profile.delete()

    assert go_on(row).verdict == "failed"
    assert "no longer exists" in Analysis.objects.get().error


def test_a_change_of_the_policy_leaves_alone_what_is_under_way(mailbox: Mailbox, sandboxes: Scripted) -> None:
    step(mailbox, "first", 1)
    row = mail(mailbox)
    step(mailbox, "second", 2)

    go_on(row)

    assert sandboxes.asked == [("first", "notes.txt")]


def parts_of(*parts: tuple[str, str, str, Verdict]) -> Report:
    found = tuple(Part(kind, name, digest, Report(verdict, score=50)) for kind, name, digest, verdict in parts)
    return Report(Verdict.MALICIOUS, score=88, parts=found)


def test_a_whole_mail_is_handed_over_alone_and_what_is_found_in_it_becomes_items(
    mailbox: Mailbox, sandboxes: Scripted
) -> None:
    step(mailbox, "whole", 1, mode="mail")
    row = mail(mailbox)
    file = row.items.get(artifact__kind="file")
    assert file.skipped == "with-the-mail"
    sandboxes.words["whole"] = parts_of(
        ("file", "notes.txt", file.artifact.digest, Verdict.SUSPICIOUS),
        ("url", "https://evil.example/", "ab" * 32, Verdict.MALICIOUS),
        ("file", "broken.bin", "cd" * 32, Verdict.FAILED),
    )

    row = go_on(row)

    assert (row.state, row.verdict, row.score) == ("done", "malicious", 88)
    assert len(sandboxes.asked) == 1
    items = {item.name: item for item in row.items.select_related("artifact")}
    assert items["notes.txt"].skipped == ""
    assert items["https://evil.example/"].notes == ["found-by-sandbox"]
    assert {(one.artifact.name, one.verdict) for one in Analysis.objects.filter(part_of__isnull=False)} == {
        ("notes.txt", "suspicious"),
        ("https://evil.example/", "malicious"),
        ("broken.bin", "failed"),
    }


def test_the_same_mail_reported_again_shows_the_same_parts(mailbox: Mailbox, sandboxes: Scripted) -> None:
    step(mailbox, "whole", 1, mode="mail")
    sandboxes.words["whole"] = parts_of(("url", "https://evil.example/", "ab" * 32, Verdict.MALICIOUS))
    raw = report({"notes.txt": b"notes"})
    go_on(unpacked(mailbox, raw, 1))

    row = go_on(unpacked(mailbox, raw, 2))

    assert len(sandboxes.asked) == 1
    assert row.items.filter(name="https://evil.example/").exists()


def test_a_denied_sender_needs_no_sandbox(mailbox: Mailbox, sandboxes: Scripted) -> None:
    sender = mail(mailbox).original["from"]
    DenyRule.objects.create(kind="sender-domain", pattern=sender.rpartition("@")[2].strip("> ").lower())

    denied = go_on(mail(mailbox, uid=2))

    assert (denied.state, denied.verdict) == ("done", "malicious")
    assert {(item.artifact.kind, item.skipped) for item in denied.items.select_related("artifact")} == {
        ("mail", ""),
        ("file", "denied-mail"),
    }
    assert "Mails from this domain" in denied.items.get(artifact__kind="mail").denied


def test_a_denied_file_is_malicious_at_once_and_the_answer_names_the_rule(
    mailbox: Mailbox, sandboxes: Scripted
) -> None:
    DenyRule.objects.create(kind="hash", pattern=sha256(b"notes").hexdigest())

    row = go_on(mail(mailbox))

    assert (row.verdict, sandboxes.asked) == ("malicious", [])
    assert letters.reason(judge(row)[0]).startswith("On the deny list. Files with this sha256: ")


def test_an_hour_of_running_costs_twelve_polls_at_most() -> None:
    passed, polls = settings.POLL_FIRST, 0
    while passed <= timedelta(hours=1):
        polls += 1
        passed += analysis.poll_wait(polls)

    assert polls == 12
