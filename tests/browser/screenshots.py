"""Pictures of every page, light and dark, to be looked at; some of them are kept for the README.

python -m pytest tests/browser/screenshots.py                     renews the few under docs/images/
PICTURES=/tmp/pictures python -m pytest tests/browser/screenshots.py    every page at desk and phone width
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import NoReverseMatch, reverse
from PIL import Image
from playwright.sync_api import Page

from notifications.models import Template
from submissions import storage
from submissions.models import Campaign, Mailbox, Submission
from submissions.seeding import history
from tests.browser.seed import one_of_everything

IMAGES = Path(__file__).parents[2] / "docs/images"
KEPT = {
    "list-light-1440": "list", "list-dark-1440": "list-dark", "submission-light-1440": "submission",
    "mail-light-1440": "mail", "dashboard-light-1440": "dashboard",
    "text-light-1440": "text", "list-light-390": "phone",
}  # fmt: skip
HTML = b"""From: "Acme Billing" <billing@acme-invoices.example>
To: anna.lang@corp.example
Subject: Invoice 4471 is overdue
Date: Mon, 23 Nov 2026 09:12:44 +0100
Received: from mail.acme-invoices.example by mx.corp.example; Mon, 23 Nov 2026 09:12:46 +0100
Content-Type: text/html; charset=utf-8

<img src="https://acme-invoices.example/logo.png" alt="Acme"><h2>Invoice 4471 is overdue</h2><p>Dear Anna,</p>
<p>the amount of <b>4,210.00 EUR</b> was due on 9 November. To avoid a charge, please look at the attached sheet or
<a href="https://acme-invoices.example/pay?token=abc">pay online</a> today.</p><p>Kind regards<br>Acme Billing</p>
"""


def pages() -> Iterator[tuple[str, str]]:
    """Name and address of every page worth a look, over a small history with one mail of everything."""
    call_command("seed_load", submissions=900, items=3200)
    campaign = Campaign.objects.order_by("-reports").first()
    mail = one_of_everything()
    Submission.objects.filter(pk=mail.pk).update(digest=storage.save(HTML))
    digest = mail.items.select_related("artifact")[1].artifact.digest
    text = Template.objects.get(kind="summary_malicious", language="en").pk
    own = {
        "list": "/submissions/", "search": "/submissions/?q=verdikt:malicious", "none": "/submissions/?q=nowhere",
        "submission": f"/submissions/{mail.pk}/", "override": f"/submissions/{mail.pk}/override/",
        "mail": f"/submissions/{mail.pk}/mail/", "headers": f"/submissions/{mail.pk}/mail/?tab=headers",
        "artifact": f"/artifacts/{digest}/", "whitelist": "/whitelist/", "status": "/status/", "outbox": "/outbox/",
        "lost": "/nowhere/", "admin": "/admin/", "mailboxes": "/admin/submissions/mailbox/",
        "mailbox": f"/admin/submissions/mailbox/{Mailbox.objects.latest('pk').pk}/change/",
        "texts": "/admin/notifications/template/", "text": f"/admin/notifications/template/{text}/change/",
        "look": "/admin/notifications/appearance/", "rules": "/admin/submissions/whitelistrule/",
        "rule": "/admin/submissions/whitelistrule/add/", "events": "/admin/mailmonitor/event/",
        "users": "/admin/auth/user/", "sent": "/admin/notifications/notification/", "login": "/login/",
    }  # fmt: skip
    if campaign:
        own["campaign"] = f"/campaigns/{campaign.pk}/"
    yield from own.items()
    for name in ("dashboard", "campaigns"):
        try:
            yield name, reverse(f"submissions:{name}") + "?range=90d"
        except NoReverseMatch:
            continue


@pytest.mark.timeout(900)
@pytest.mark.servers
def test_pictures(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not collected by itself: the file's name does not begin as those of tests do."""
    monkeypatch.setattr(history, "STILL_ANALYSED", 3)
    folder = Path(os.environ.get("PICTURES", tmp_path))
    for name, address in pages():
        for scheme, width in (("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)):
            picture = f"{name}-{scheme}-{width}"
            if "PICTURES" not in os.environ and picture not in KEPT:
                continue
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 900})
            if name == "login":
                page.context.clear_cookies()
            page.goto(address)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(150)
            page.screenshot(path=folder / f"{picture}.png")
    for picture, kept in KEPT.items() if folder == tmp_path else ():
        IMAGES.mkdir(parents=True, exist_ok=True)
        Image.open(folder / f"{picture}.png").quantize(96).save(IMAGES / f"{kept}.png", optimize=True)
