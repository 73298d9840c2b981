"""Nobody lifts themselves, or anybody else, above their own role."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def bob() -> User:
    """An administrator by role, no superuser."""
    user = User.objects.create_user("bob", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="admin"))
    return user


@pytest.fixture
def desk(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def saved(desk: Client, user: User, **changes: Any) -> User:
    """The user after a form with these changes was sent."""
    joined = user.date_joined
    values = {"username": user.username, "is_active": "on", "date_joined_0": joined.date(), "date_joined_1": "10:00:00"}
    desk.post(f"/admin/auth/user/{user.pk}/change/", {**values, **changes})
    return User.objects.get(pk=user.pk)


def role(name: str) -> int:
    return Group.objects.get(name=name).pk


def test_an_administrator_by_role_makes_no_superuser(desk: Client, bob: User) -> None:
    other = User.objects.create_user("carla", password=PASSWORD)

    assert not saved(desk, other, is_superuser="on", last_name="Lang").is_superuser
    assert not saved(desk, bob, is_superuser="on", is_staff="on").is_superuser
    assert User.objects.get(pk=other.pk).last_name == "Lang"


def test_an_administrator_by_role_gives_rights_by_roles_alone(desk: Client) -> None:
    other = User.objects.create_user("carla", password=PASSWORD)
    right = Permission.objects.get(codename="download_submission")

    after = saved(desk, other, user_permissions=[right.pk], groups=[role("analyst")])

    assert list(after.user_permissions.all()) == []
    assert [group.name for group in after.groups.all()] == ["analyst"]


def test_a_role_with_more_rights_than_ones_own_cannot_be_given(desk: Client) -> None:
    other = User.objects.create_user("carla", password=PASSWORD)

    assert list(saved(desk, other, groups=[role("sample-handler")]).groups.all()) == []


def test_nobody_changes_their_own_roles(desk: Client, bob: User) -> None:
    after = saved(desk, bob, is_staff="on", groups=[role("admin"), role("analyst")])

    assert [group.name for group in after.groups.all()] == ["admin"]


def test_a_superuser_is_out_of_reach_of_an_administrator_by_role(desk: Client) -> None:
    root = User.objects.create_superuser("grace", "grace@corp.example", PASSWORD)
    new = {"usable_password": "true", "password1": "another horse battery", "password2": "another horse battery"}

    saved(desk, root, email="bob@corp.example")
    desk.post(f"/admin/auth/user/{root.pk}/password/", new)
    desk.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": root.pk, "post": "yes"})

    after = User.objects.get(pk=root.pk)
    assert after.email == "grace@corp.example"
    assert after.check_password(PASSWORD)


def test_an_administrator_by_role_looks_at_groups_and_changes_none(desk: Client) -> None:
    group = Group.objects.get(name="admin")
    right = Permission.objects.get(codename="download_submission")

    desk.post(f"/admin/auth/group/{group.pk}/change/", {"name": "admin", "permissions": [right.pk]})
    made = desk.post("/admin/auth/group/add/", {"name": "mine", "permissions": [right.pk]})

    assert made.status_code == 403
    assert right not in group.permissions.all()
    assert group.permissions.count() > 1
    assert desk.get("/admin/auth/group/").status_code == 200


def test_a_superuser_gives_every_right(admin: User, page: Client) -> None:
    other = User.objects.create_user("carla", password=PASSWORD)

    after = saved(page, other, is_superuser="on", is_staff="on", groups=[role("sample-handler")])

    assert after.is_superuser
    assert [group.name for group in after.groups.all()] == ["sample-handler"]


def test_roles_that_cannot_be_given_are_not_taken_away_either(desk: Client) -> None:
    other = User.objects.create_user("carla", password=PASSWORD)
    other.groups.add(role("sample-handler"))

    after = saved(desk, other, groups=[role("viewer")])

    assert {group.name for group in after.groups.all()} == {"sample-handler", "viewer"}
