"""Searches that analysts keep under a name."""

from django.contrib.auth.models import User
from django.test import Client

from submissions.models import SavedView
from tests import rows


def test_a_view_is_kept_shared_and_forgotten(page: Client) -> None:
    rows.submission(verdict="clean")
    values = {"name": "Finance", "show": "clean", "q": "invoice", "shared": "on"}

    page.post("/submissions/views/", values)
    html = page.get("/submissions/").content.decode()

    assert "/submissions/?show=clean&amp;q=invoice" in html
    page.post(f"/submissions/views/{SavedView.objects.get().pk}/forget/")
    assert not SavedView.objects.exists()


def test_the_list_opens_with_the_view_that_is_marked_and_with_all_when_that_is_asked(page: Client) -> None:
    rows.submission(verdict="clean")
    for name in ("Mine", "Bad"):
        page.post("/submissions/views/", {"name": name, "show": "review", "q": f"subject:{name}"})
    mine, bad = SavedView.objects.order_by("pk")
    page.post(f"/submissions/views/{mine.pk}/open/")
    page.post(f"/submissions/views/{bad.pk}/open/")

    assert list(SavedView.objects.filter(opens=True)) == [bad]
    assert page.get("/submissions/")["Location"] == "/submissions/?show=review&q=subject%3ABad"
    assert 'href="/submissions/?show="' in page.get("/submissions/?show=").content.decode()
    page.post(f"/submissions/views/{bad.pk}/open/")
    assert page.get("/submissions/").status_code == 200


def test_a_view_of_all_mails_may_be_marked_too(page: Client) -> None:
    page.post("/submissions/views/", {"name": "All of it"})
    page.post(f"/submissions/views/{SavedView.objects.get().pk}/open/")

    assert page.get("/submissions/")["Location"] == "/submissions/?show="


def test_nobody_marks_the_view_of_somebody_else(page: Client) -> None:
    view = SavedView.objects.create(owner=User.objects.create_user("bert"), name="His", shared=True)

    assert page.post(f"/submissions/views/{view.pk}/open/").status_code == 404
    assert not SavedView.objects.get().opens
