"""The made-up history for measurements."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import Client

from notifications.models import Notification
from submissions.invariants import broken
from submissions.models import Analysis, Item, Submission
from tests import rows

pytestmark = pytest.mark.django_db


def test_it_makes_as_many_mails_and_items_as_asked_for_with_all_that_became_of_them() -> None:
    call_command("seed_load", submissions=400, items=2000)

    verdicts = dict(Submission.objects.order_by().values_list("verdict").annotate(number=Count("pk")))
    assert sum(verdicts.values()) == 400
    assert Item.objects.count() == 2000
    assert set(verdicts) >= {"malicious", "suspicious", "unknown", "clean", ""}
    assert not Item.objects.filter(skipped="", artifact__analyses=None).exists()
    assert Notification.objects.filter(state="sent").count() > 700
    assert Analysis.objects.filter(state="finished").count() > 300


def test_what_it_made_can_be_listed_searched_opened_and_added_to(client: Client) -> None:
    client.force_login(User.objects.create_superuser("grace"))
    call_command("seed_load", submissions=60, items=300)
    call_command("seed_load", submissions=60, items=300)
    newest = Submission.objects.latest("pk")

    assert client.get("/submissions/?q=-is:open").status_code == 200
    assert client.get("/submissions/", {"q": newest.original["subject"]}).context["rows"]
    assert client.get(f"/submissions/{newest.pk}/").status_code == 200
    assert rows.submission().pk == newest.pk + 1


def test_every_invariant_holds_of_it_but_that_its_mails_have_no_bytes() -> None:
    call_command("seed_load", submissions=400, items=2000)

    assert [invariant.name for invariant, _rows in broken()] == ["each mail has its bytes"]


def test_it_leaves_an_installation_with_real_reports_alone() -> None:
    rows.submission()

    with pytest.raises(CommandError, match="Real reports stand here"):
        call_command("seed_load", submissions=1, items=1)
