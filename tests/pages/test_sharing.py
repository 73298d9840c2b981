"""Exports for MISP and STIX."""

import json
from typing import Any

import pytest
from django.test import Client

from tests import rows

pytestmark = pytest.mark.django_db
LINK = "https://pay.acme.example/it's"


@pytest.fixture
def mails() -> None:
    for _ in range(2):
        mail = rows.submission(verdict="malicious")
        bad = rows.item(mail, LINK).artifact
        if not bad.analyses.exists():
            rows.analysis(bad, "malicious", score=90)
    rows.analysis(rows.item(mail, "good.pdf").artifact, "clean")
    rows.submission("FW: other", verdict="clean")


def exported(page: Client, kind: str) -> Any:
    response: Any = page.get(f"/submissions/export/{kind}/?q=verdict:malicious")
    return json.loads(b"".join(response.streaming_content))


def test_misp_gets_an_event_per_mail_and_detects_what_is_malicious_only(page: Client, mails: None) -> None:
    newest, older = (one["Event"] for one in exported(page, "misp")["response"])
    marked = {one["value"]: one["to_ids"] for one in newest["Attribute"]}

    assert (newest["threat_level_id"], newest["Tag"]) == ("1", [{"name": "tlp:amber"}])
    assert marked[LINK] is True
    assert [to_ids for value, to_ids in marked.items() if value.startswith("good.pdf|")] == [False]
    assert marked["billing@acme.example"] is False
    assert newest["uuid"] != older["uuid"]


def test_a_bundle_holds_each_object_once_and_every_reference(page: Client, mails: None) -> None:
    bundle = exported(page, "stix")
    objects = {one["id"]: one for one in bundle["objects"]}
    indicators = [one for one in bundle["objects"] if one["type"] == "indicator"]

    assert len(objects) == len(bundle["objects"])
    assert [one["pattern"] for one in indicators] == [r"[url:value = 'https://pay.acme.example/it\'s']"]
    reports = [one for one in bundle["objects"] if one["type"] == "report"]
    assert len(reports) == 2
    assert all(ref in objects for report in reports for ref in report["object_refs"])


def test_a_second_export_names_everything_alike(page: Client, mails: None) -> None:
    assert exported(page, "stix") == exported(page, "stix")
    assert exported(page, "misp") == exported(page, "misp")


def test_chosen_mails_are_exported_too(page: Client, mails: None) -> None:
    mail = rows.submission("FW: chosen", verdict="clean")

    response: Any = page.post("/submissions/bulk/", {"action": "misp", "ids": [mail.pk]})

    assert response["Content-Disposition"] == 'attachment; filename="submissions.misp.json"'
    assert len(json.loads(b"".join(response.streaming_content))["response"]) == 1
