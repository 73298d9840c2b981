"""The page of kept views: who is told of their news, and what came of it."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from submissions.models import SavedView, Subscription
from tests.pages.test_list import text

pytestmark = pytest.mark.django_db
HOOK = "https://10.0.0.1/hook/T0PSECRET"


@pytest.fixture
def view(admin: User) -> SavedView:
    return SavedView.objects.create(owner=admin, name="Bad ones", tab="malicious", opens=True)


def channels() -> list[str]:
    return list(Subscription.objects.values_list("channel", flat=True))


def subscribe(page: Client, view: SavedView, **values: str) -> str:
    return text(page.post(f"/submissions/views/{view.pk}/subscribe/", values, follow=True))


def test_a_view_is_subscribed_to_by_mail_and_no_longer(page: Client, view: SavedView) -> None:
    seen = subscribe(page, view, mail="on")

    assert "grace@corp.example" in seen
    assert "nothing sent yet" in seen
    assert channels() == ["mail"]

    subscribe(page, view)
    assert channels() == []


def test_an_administrator_sets_a_webhook_whose_secret_is_never_shown(page: Client, view: SavedView) -> None:
    seen = subscribe(page, view, webhook=HOOK)

    assert "10.0.0.1" in seen
    assert "T0PSECRET" not in page.get("/submissions/views/").content.decode()
    subscribe(page, view, mail="on")
    assert channels() == ["mail", "webhook"]
    assert Subscription.objects.get(channel="webhook").address == HOOK

    subscribe(page, view, **{"no-webhook": "on"})
    assert channels() == []


def test_an_address_of_this_machine_is_refused(page: Client, view: SavedView) -> None:
    assert "is this machine" in subscribe(page, view, webhook="https://127.0.0.1/")
    assert channels() == []


def test_nobody_but_an_administrator_sets_a_webhook(client: Client) -> None:
    person = User.objects.create_user("carla", "carla@corp.example")
    person.groups.add(Group.objects.get(name="analyst"))
    client.force_login(person)
    view = SavedView.objects.create(owner=person, name="Mine")

    seen = subscribe(client, view, mail="on", webhook=HOOK)

    assert "Webhook" not in seen
    assert channels() == ["mail"]


def test_nobody_subscribes_to_the_view_of_another(page: Client, view: SavedView) -> None:
    other = SavedView.objects.create(owner=User.objects.create_user("bert"), name="His", shared=True)

    assert page.post(f"/submissions/views/{other.pk}/subscribe/", {"mail": "on"}).status_code == 404
    assert "His" not in text(page.get("/submissions/views/"))


def test_what_went_wrong_stands_on_the_page(page: Client, view: SavedView) -> None:
    subscribe(page, view, webhook=HOOK)
    Subscription.objects.update(state="disabled", due_at=None, error="switched off after 8 failures: 10.0.0.1: no")

    seen = text(page.get("/submissions/views/"))

    assert "Switched off" in seen
    assert "switched off after 8 failures: 10.0.0.1: no" in seen


def test_who_has_no_address_is_told_what_to_do(page: Client, view: SavedView, admin: Any) -> None:
    User.objects.update(email="")

    assert "Your account has no mail address" in subscribe(page, view, mail="on")
    assert channels() == []
