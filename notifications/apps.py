"""The app of mails to reporters. It knows nothing of submissions."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def install_texts(using: str, **_: Any) -> None:
    """Lay down the default texts after every migration, so that a bare migration is a working installation."""
    from notifications import texts

    texts.install(using)


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        post_migrate.connect(install_texts, sender=self, dispatch_uid="notifications.texts")
