"""What a load balancer is told."""

import pytest
from django.db import OperationalError
from django.db.migrations.executor import MigrationExecutor
from django.test import Client


def test_a_process_that_answers_is_up(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_migrated_database_makes_it_ready(client: Client, db: None) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.json()["status"]) == (200, "ok")


def test_missing_migrations_are_named(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [("0002", False)])

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["migrations"] == "1 to apply: run manage.py migrate"


def test_a_database_that_does_not_answer_is_named(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("password=secret refused")

    monkeypatch.setattr(MigrationExecutor, "__init__", refuse)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["database"] == "does not answer"
    assert b"secret" not in response.content
