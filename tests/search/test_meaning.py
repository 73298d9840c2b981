"""What each field of the search finds."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from submissions import older_digests
from submissions.models import Artifact, Campaign, Review, Submission
from submissions.search.grammar import SearchFault
from submissions.search.meaning import BEING, FIELDS, HAS, condition
from submissions.search.telling import telling
from tests import rows

pytestmark = pytest.mark.django_db
ACME = "https://pay.acme.example/login?x=1"


def found(text: str) -> set[str]:
    """The subjects that a search finds."""
    return set(Submission.objects.filter(condition(text)).values_list("subject", flat=True))


def original(sender: str, subject: str = "") -> list[dict[str, str]]:
    return [{"path": "2", "how": "attached", "subject": subject, "from": sender}]


@pytest.fixture(autouse=True)
def _mails() -> None:
    now = timezone.now()
    one = rows.submission(
        "FW: invoice", verdict="malicious", score=92, received_at=now - timedelta(days=2), reporter="anna@corp.example",
        reported=original('"Billing" <billing@acme.example>', "Overdue 4471"),
    )  # fmt: skip
    rows.analysis(rows.item(one, "invoice.xlsm").artifact, "malicious", threat_names=["XLS.Downloader"])
    rows.item(one, ACME, found_in=["2.2/code.png qr"])
    rows.notification(one)
    rows.notification(one, "summary_malicious")
    two = rows.submission(
        "parcel", verdict="clean", score=0, received_at=now - timedelta(days=20), reporter="bert@corp.example",
        reported=original("no-reply@dhl-track.example"), duplicate_of=one, sender_domain="dhl-track.example",
    )  # fmt: skip
    rows.item(two, "label.pdf", password="1234", artifact=rows.artifact("label.pdf", type="application/pdf"))
    rows.item(two, "https://acme.example.evil.test/", skipped="whitelist")
    rows.notification(two, "summary_clean", state="suppressed")
    three = rows.submission(
        "running", mailbox=rows.mailbox("Abuse"), reported=[], reporter="cora@corp.example",
        problems=[{"code": "locked", "path": "2", "detail": "", "incomplete": True}],
    )  # fmt: skip
    rows.notification(three, state="failed")
    Submission.objects.filter(pk=two.pk).update(reviewed_at=now)
    Review.objects.create(submission=two, overrides=1, assigned_to=User.objects.create_user("hedy"))
    Submission.objects.filter(pk=one.pk).update(campaign=Campaign.objects.create(pk=12))
    rows.submission("untold", state="unparseable", reported=[], reporter="")


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("invoice", {"FW: invoice"}),
        ("4471", {"FW: invoice"}),
        ("billing@acme.example", {"FW: invoice"}),
        ("label.pdf", {"parcel"}),
        ("acme[.]example.evil.test", {"parcel"}),
        ("pay.acme.example/login", {"FW: invoice"}),
        ("BILLING", {"FW: invoice"}),
        ("inv*ce", set()),
        ("*inv*ce", {"FW: invoice"}),
        (ACME, {"FW: invoice"}),
        ("hxxps://pay[.]acme[.]example/", {"FW: invoice"}),
        ("verdict:malicious", {"FW: invoice"}),
        ("verdict:malicious,clean", {"FW: invoice", "parcel"}),
        ("-verdict:malicious", {"parcel", "running", "untold"}),
        ("status:analysing", {"running"}),
        ("from:acme", {"FW: invoice"}),
        ("from:*@dhl-track.example", {"parcel"}),
        ("from:*@acme.example", {"FW: invoice"}),
        ("from:*@acme", set()),
        ("reporter:bert", {"parcel"}),
        ("reporter:b*@corp.example", {"parcel"}),
        ('subject:"FW: inv"', {"FW: invoice"}),
        ("subject:overdue", {"FW: invoice"}),
        ("file:*.xlsm", {"FW: invoice"}),
        ("file:label", {"parcel"}),
        ("type:pdf", {"parcel"}),
        ("type:xlsm", {"FW: invoice"}),
        ("type:application/pdf", {"parcel"}),
        ("url:login", {"FW: invoice"}),
        ("url:*acme.example*", {"FW: invoice", "parcel"}),
        ("domain:acme.example", {"FW: invoice"}),
        ("domain:evil.test", {"parcel"}),
        ("domain:ample", set()),
        ("score:>=60", {"FW: invoice"}),
        ("score:0..10", {"parcel"}),
        ("score:92", {"FW: invoice"}),
        ("score:<92", {"parcel"}),
        ("reported:>-7d", {"FW: invoice", "running", "untold"}),
        ("reported:<-7d", {"parcel"}),
        ("reported:-30d..-7d", {"parcel"}),
        ("has:attachment", {"FW: invoice", "parcel"}),
        ("has:url", {"FW: invoice", "parcel"}),
        ("has:qr", {"FW: invoice"}),
        ("has:password", {"parcel"}),
        ("has:skipped", {"parcel"}),
        ("has:problem", {"running"}),
        ("is:open", {"running"}),
        ("is:done", {"FW: invoice", "parcel"}),
        ("is:duplicate", {"parcel"}),
        ("is:reviewed", {"parcel"}),
        ("is:unreviewed verdict:malicious", {"FW: invoice"}),
        ("is:overridden", {"parcel"}),
        ("assigned:hedy", {"parcel"}),
        ("notified:sent", {"FW: invoice"}),
        ("notified:receipt", set()),
        ("notified:suppressed", {"parcel"}),
        ("notified:failed", {"running"}),
        ("notified:waiting", set()),
        ("notified:unknown", set()),
        ("notified:none", {"untold"}),
        ("threat:downloader", {"FW: invoice"}),
        ("mailbox:abuse", {"running"}),
        ("campaign:C-12", {"FW: invoice"}),
        ("sender:DHL-track.example", {"parcel"}),
        ("sender:track.example", set()),
        ("verdict:malicious OR parcel", {"FW: invoice", "parcel"}),
        ("(invoice OR parcel) -verdict:clean", {"FW: invoice"}),
        ("verdict:malicious reported:>-7d from:*@acme.example", {"FW: invoice"}),
        ("50%_", set()),
    ],
)  # fmt: skip
def test_each_field_finds_its_own(text: str, subjects: set[str]) -> None:
    assert found(text) == subjects


def test_a_digest_finds_the_mail_that_holds_the_file_bare_or_named() -> None:
    digest = rows.artifact("invoice.xlsm").digest

    assert found(digest) == found(f"sha256:{digest[:12]}") == {"FW: invoice"}


def test_what_stands_before_an_at_sign_is_no_host() -> None:
    rows.item(rows.submission("lured"), "https://bank.example:443@lure.test:8080/x")

    assert found("domain:bank.example") == found("domain:ure.test") == found("domain:lure.tes") == set()
    assert found("domain:lure.test") == found("domain:LURE.test") == {"lured"}


def test_a_pasted_link_is_compared_to_its_end_however_long_it_is() -> None:
    long = f"https://acme.example/{'a' * 200}/"
    for letter in "xy":
        rows.item(rows.submission(letter), f"{long}{letter}")

    assert found(long) == {"x", "y"}
    assert found(f"{long}X") == {"x"}
    assert found("https://acme.example/%61") == set()


def test_a_stretch_of_time_finds_mails_whatever_the_order_in_which_they_came() -> None:
    for days in (40, 3, 35, 50, 38):
        rows.submission(f"of {days}", received_at=timezone.now() - timedelta(days=days))

    assert found("reported:-45d..-30d") == {"of 40", "of 35", "of 38"}
    assert found("reported:-90d..-80d") == set()


@pytest.mark.parametrize("name", ["md5", "sha1"])
def test_an_older_digest_out_of_a_threat_report_finds_the_file_as_it_is_pasted(name: str) -> None:
    older = older_digests.of(b"invoice")
    Artifact.objects.filter(name="invoice.xlsm").update(**older)
    digest = older[name]

    assert found(digest) == found(digest.upper()) == found(f" {digest} ") == {"FW: invoice"}
    assert found(f"{name}:{digest[:8]}") == found(f"{name}:{digest}") == found(f"-{name}:{digest} invoice OR {digest}")
    assert found(f"{name}:{'0' * 8}") == found("0" * len(digest)) == set()


def test_a_number_finds_its_mail() -> None:
    assert found(Submission.objects.get(subject="parcel").number.lower()) == {"parcel"}


def test_a_day_means_the_whole_of_it() -> None:
    day = (timezone.now() - timedelta(days=20)).date().isoformat()

    assert found(f"reported:{day}") == found(f"reported:<={day}") == {"parcel"}
    assert found(f"reported:<{day}") == set()
    assert found(f"reported:{day}..today") == {"FW: invoice", "parcel", "running", "untold"}


def test_no_field_and_no_word_is_left_without_a_test() -> None:
    tested = str(test_each_field_finds_its_own.pytestmark)  # type: ignore[attr-defined]

    for words in (
        *(f"{field}:" for field in FIELDS if field not in ("sha256", "sha1", "md5")),
        *(f"has:{word}" for word in HAS),
    ):
        assert words in tested, words
    for words in (*(f"is:{word}" for word in BEING), *(f"notified:{word}" for word in Submission.Told.values)):
        assert words in tested, words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("verdict:evil", 'verdict: does not know "evil". It can be: malicious, suspicious, failed, unknown, clean.'),
        ("verdict:malicous", 'verdict: does not know "malicous". Did you mean "malicious"?'),
        ("score:high", "score: needs a number, such as score:>=60."),
        ("score:>=²", "score: needs a number, such as score:>=60."),
        ("reported:soon", "reported: needs a time, such as reported:>-7d or reported:2026-11-24."),
        ("reported:2026-13-01", "reported: needs a time, such as reported:>-7d or reported:2026-11-24."),
        ("sha256:xyz", "sha256: needs at least the first 8 hexadecimal digits."),
        ("md5:abc", "md5: needs at least the first 8 hexadecimal digits."),
        ("sha1:invoice.xlsm", "sha1: needs at least the first 8 hexadecimal digits."),
        ("subject:a*b*c*d*e*f*g*", "At most 5 stars in one word."),
        ("a\0b", "The search holds a character that no mail can hold."),
    ],
)
def test_a_value_that_cannot_be_is_explained(text: str, words: str) -> None:
    with pytest.raises(SearchFault) as fault:
        found(text)

    assert str(fault.value) == words


@pytest.fixture
def _as_postgresql_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("text", "meaning"):
        monkeypatch.setattr(f"submissions.search.{module}.looked_up", telling)


@pytest.mark.usefixtures("_as_postgresql_is_asked")
def test_what_is_looked_up_by_its_telling_part_is_compared_whole() -> None:
    for name in ("order_37311.docx", "border_37311.docx", "order_37311.pdf"):
        rows.item(rows.submission(f"with {name}"), name)
        rows.item(rows.submission(f"linked {name}"), f"https://files.example/{name}")

    assert found("order_37311.docx -linked") == {"with order_37311.docx", "with border_37311.docx"}
    assert found("file:order_37311.docx") == {"with order_37311.docx", "with border_37311.docx"}
    assert found("file:order_37311.d*") == {"with order_37311.docx"}
    assert found("url:example/ORDER_37311.docx") == {"linked order_37311.docx"}
    assert found("url:*.example/order_37311.*") == {"linked order_37311.docx", "linked order_37311.pdf"}
    assert found("-order_37311.docx order_37311") == {"with order_37311.pdf", "linked order_37311.pdf"}


@pytest.mark.usefixtures("_as_postgresql_is_asked")
def test_letters_beyond_ascii_are_found_as_they_were_typed() -> None:
    rows.item(rows.submission("Grüße aus Straße 4711"), "https://bücher.example/straße-4711")

    assert found("url:bücher.example/straße-4711") == found('"Grüße aus Straße 4711"') == {"Grüße aus Straße 4711"}


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("short", "short"),
        ("dora.ulrich616@corp.example", "lrich616"),
        ("re-pay8585.test/mail/13c9ce", "-pay8585"),
        ("invoice-2026-11-25-4711.pdf", "-25-4711"),
        ("scan-2026-11-25.pdf", "scan-2026-11-25.pdf"),
        ("anna.schmidt@corp.example", "anna.schmidt@"),
        ("abuse@corp.example", "abuse@corp.example"),
        ("@login-account.example", "@login-account.example"),
    ],
)
def test_the_telling_part_of_a_word_stands_around_its_number_or_before_the_at_sign(word: str, part: str) -> None:
    assert telling(word) == part
