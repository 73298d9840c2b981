"""What an update does to rows of before."""

from importlib import import_module

import pytest
from django.apps import apps

from submissions.models import Submission
from tests import rows


@pytest.mark.django_db
def test_mails_of_before_learn_their_sender_domain_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = import_module("submissions.migrations.0019_sender_domains_of_before")
    monkeypatch.setattr(migration, "PORTION", 2)
    senders = ["Billing <a@mail.acme.com>", "nonsense", "", "b@other.example", "c@x.co.uk"]
    for sender in senders:
        rows.submission(verdict="clean", reported=[{"from": sender}])
    rows.submission(verdict="clean", reported=[])
    rows.submission(verdict="clean", sender_domain="kept.example")

    migration.fill(apps, None)

    domains = list(Submission.objects.order_by("pk").values_list("sender_domain", flat=True))
    assert domains == ["acme.com", "", "", "other.example", "x.co.uk", "", "kept.example"]
