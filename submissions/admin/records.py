"""The records as they stand in the tables; nobody changes them by hand."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display

from mailmonitor.models import Event
from submissions.models import Analysis, Artifact, Submission

VERDICT_COLOURS = {
    "Malicious": "danger",
    "Suspicious": "warning",
    "Failed": "info",
    "No clear result": "info",
    "No threats found": "success",
}


class Record(ModelAdmin):
    """A table that can only be read."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Submission)
class SubmissionAdmin(Record):
    """Reported mails."""

    list_display = ("number", "subject", "reporter", "state", "verdict_badge", "score", "received_at", "page")
    list_filter = ("state", "verdict", "mailbox")
    search_fields = ("subject", "reporter", "message_id")
    date_hierarchy = "received_at"

    @display(description="Verdict", label=VERDICT_COLOURS)
    def verdict_badge(self, obj: Submission) -> str:
        return obj.get_verdict_display()

    @display(description="Page")
    def page(self, obj: Submission) -> str:
        return format_html('<a href="{}">Open</a>', reverse("submissions:detail", args=[obj.pk]))


@admin.register(Artifact)
class ArtifactAdmin(Record):
    """Files and links, each known once."""

    list_display = ("name", "kind", "type", "size", "digest", "first_seen_at")
    list_filter = ("kind",)
    search_fields = ("name", "digest")


@admin.register(Analysis)
class AnalysisAdmin(Record):
    """What sandboxes were asked and said."""

    list_display = ("artifact", "sandbox", "generation", "state", "verdict_badge", "score", "created_at", "error")
    list_filter = ("state", "verdict", "sandbox")
    list_select_related = ("artifact",)
    search_fields = ("artifact__name", "artifact__digest", "reference_at_sandbox")
    exclude = ("context",)

    @display(description="Verdict", label=VERDICT_COLOURS)
    def verdict_badge(self, obj: Analysis) -> str:
        return obj.get_verdict_display()


@admin.register(Event)
class EventAdmin(Record):
    """Everything that happened, in its order."""

    list_display = ("at", "subject", "kind", "words", "actor")
    list_filter = ("kind",)
    search_fields = ("subject", "reference", "words", "actor")
