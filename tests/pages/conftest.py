"""What the page tests stand on."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("grace", "grace@corp.example", "correct horse battery")


@pytest.fixture
def page(admin: User) -> Client:
    """A browser without JavaScript, logged in."""
    client = Client()
    client.force_login(admin)
    return client
