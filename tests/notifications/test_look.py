"""The design of the organisation: its logo travels inside, its colour can be seen, its footer is in both parts."""

from email import message_from_bytes
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from notifications import outbox
from notifications.looks import LARGEST_LOGO, NoLogo, as_logo, contrast_on_white
from notifications.models import Appearance, Notification
from notifications.overview import overview
from tests.notifications.letters import letter

pytestmark = pytest.mark.django_db
PAGE = "/admin/notifications/appearance/"


def picture(size: tuple[int, int] = (900, 300), mode: str = "RGBA", kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.effect_noise(size, 90).convert(mode).save(out, kind)
    return out.getvalue()


@pytest.fixture
def page(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root", "root@corp.example", "a long enough password"))
    return client


def choose(page: Client, **fields: object) -> Appearance:
    page.get(PAGE)
    row = Appearance.objects.get()
    values = {"design": "organisation", "logo_words": "Corp", "colour": "#0A6638", "footer": "Corp plc\nCity", **fields}
    answer = page.post(f"{PAGE}{row.pk}/change/", values)
    errors = answer.context["adminform"].form.errors if answer.status_code == 200 else {}
    assert errors == {}, errors
    return Appearance.objects.get()


def sent() -> Notification:
    row = outbox.decide(letter("summary_malicious"))
    assert row is not None
    return row


def test_the_logo_stands_in_the_mail_and_nothing_is_fetched(page: Client) -> None:
    row = choose(page, upload=SimpleUploadedFile("logo.png", picture()))

    mail = message_from_bytes(bytes(sent().message))
    plain, related = mail.get_payload()
    html, logo = related.get_payload()
    assert (plain.get_content_type(), related.get_content_type()) == ("text/plain", "multipart/related")
    assert logo["Content-ID"] == "<logo@mailmonitor>"
    assert logo.get_payload(decode=True) == bytes(row.logo)
    words = html.get_payload(decode=True).decode()
    assert '<img src="cid:logo@mailmonitor" alt="Corp"' in words
    assert "border-bottom: 4px solid #0A6638" in words
    assert words.count("src=") == 1
    assert len(words.encode()) < 30 * 1024


def test_the_footer_stands_in_both_parts(page: Client) -> None:
    choose(page)

    row = sent()
    html = message_from_bytes(bytes(row.message)).get_payload()[1].get_payload(decode=True).decode()

    assert row.plain_text.endswith("\n-- \nCorp plc\nCity\n")
    assert "Corp plc<br>City" in html
    assert "<strong>Corp</strong>" in html


def test_the_logo_can_be_removed(page: Client) -> None:
    choose(page, upload=SimpleUploadedFile("logo.png", picture()))

    row = choose(page, without_logo="on")

    assert bytes(row.logo) == b""


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("colour", "#FFFF00", "can hardly be seen"),
        ("colour", "red;x", "#RRGGBB"),
        ("upload", SimpleUploadedFile("x.svg", b"<svg onload='x'/>"), "This is no picture"),
    ],
)
def test_what_cannot_stand_in_a_mail_is_refused(page: Client, field: str, value: object, words: str) -> None:
    page.get(PAGE)
    row = Appearance.objects.get()

    answer = page.post(f"{PAGE}{row.pk}/change/", {"design": "plain", "colour": "#0A6638", field: value})

    assert words in " ".join(answer.context["adminform"].form.errors[field])


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGBA", "PNG"), ("P", "GIF"), ("RGB", "JPEG"), ("L", "WEBP"), ("CMYK", "JPEG")]
)
def test_every_picture_becomes_a_small_png(mode: str, kind: str) -> None:
    logo = as_logo(picture(mode=mode, kind=kind))

    assert len(logo) <= LARGEST_LOGO
    made = Image.open(BytesIO(logo))
    assert made.format == "PNG"
    assert made.width <= 400
    assert made.height <= 120


@pytest.mark.parametrize("upload", [b"", b"GIF89a", b"x" * 3_000_000, picture((20, 20))[:60]])
def test_what_is_no_picture_is_refused(upload: bytes) -> None:
    with pytest.raises(NoLogo):
        as_logo(upload)


def test_the_contrast_is_that_of_wcag() -> None:
    assert contrast_on_white("#FFFFFF") == pytest.approx(1)
    assert contrast_on_white("#000000") == pytest.approx(21)


def test_the_overview_counts_what_became_of_each_kind(page: Client) -> None:
    sent()
    outbox.decide(letter("summary_malicious", about="submission:8", no_answer="mailing list"))

    rows = {row.title: row for row in overview()}

    row = rows["Malicious (summary)"]
    assert (row.enabled, row.languages, row.sent, row.suppressed, row.last_sent_at) == (True, 10, 0, 1, None)
    assert b"All kinds of mail at a glance" in page.get("/admin/notifications/template/").content
