"""The app of reported mails."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "submissions"
