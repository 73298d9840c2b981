"""The app of mails to reporters. It knows nothing of submissions."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
