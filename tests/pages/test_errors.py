"""Pages for what goes wrong."""

import pytest
from django.test import Client, RequestFactory
from django.views import defaults

from tests.pages.test_list import text


def test_an_address_that_leads_nowhere_is_answered_calmly(page: Client) -> None:
    response = page.get("/nowhere/")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


@pytest.mark.parametrize(
    ("view", "words"),
    [(defaults.bad_request, "made no sense"), (defaults.permission_denied, "may not do this")],
)
def test_a_refused_request_says_what_to_do(rf: RequestFactory, view: object, words: str) -> None:
    assert words in view(rf.get("/"), ValueError()).content.decode()  # type: ignore[operator]


def test_a_fault_of_ours_names_where_the_cause_is(rf: RequestFactory) -> None:
    assert "log of the web process" in defaults.server_error(rf.get("/")).content.decode()


def test_an_expired_form_is_explained(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/login/", {"username": "x", "password": "y"})

    assert response.status_code == 403
    assert "This form had expired" in response.content.decode()


def test_a_wrong_password_is_told_on_the_login_page(client: Client, db: None) -> None:
    assert "correct username and password" in text(client.post("/login/", {"username": "x", "password": "y"}))
