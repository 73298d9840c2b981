"""The outbox in admin."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin as UnfoldAdmin
from unfold.decorators import display

from notifications.delivery import cancel, resend
from notifications.models import Notification

if TYPE_CHECKING:
    NotificationModelAdmin = admin.ModelAdmin[Notification]
else:
    NotificationModelAdmin = UnfoldAdmin


@admin.register(Notification)
class NotificationAdmin(NotificationModelAdmin):
    """The outbox: what went to whom, what the relay said, and why something did not go out."""

    list_display = ("created_at", "kind", "to", "subject", "state_badge", "reason", "reply", "bounced_at")
    list_filter = ("state", "kind", ("bounced_at", admin.EmptyFieldListFilter))
    search_fields = ("to", "subject", "message_id", "thread")
    date_hierarchy = "created_at"
    show_full_result_count = False
    actions = ("send_again", "cancel_sending")
    exclude = ("message", "token")
    fields = (
        "state", "reason", "reply", "kind", "language", "to", "subject", "thread", "about", "generation", "message_id",
        "created_at", "sent_at", "bounced_at", "dot_sent_at", "due_at", "tries", "unknown_outcomes", "plain_text",
    )  # fmt: skip
    readonly_fields = fields

    @display(
        description="state",
        ordering="state",
        label={
            Notification.State.SENT.label: "success",
            Notification.State.FAILED.label: "danger",
            Notification.State.UNKNOWN.label: "warning",
            Notification.State.DEFERRED.label: "warning",
        },
    )
    def state_badge(self, row: Notification) -> str:
        return str(row.get_state_display())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        return super().get_queryset(request).defer("message")

    @admin.display(description="plain text")
    def plain_text(self, row: Notification) -> str:
        return row.plain_text

    @admin.action(description="Send again", permissions=["change"])
    def send_again(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        done = [resend(row.pk, actor=request.user.get_username()) for row in rows]
        self.say(request, done, "are queued again")

    @admin.action(description="Cancel", permissions=["change"])
    def cancel_sending(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        done = [cancel(row.pk, actor=request.user.get_username()) for row in rows]
        self.say(request, done, "are cancelled")

    def say(self, request: HttpRequest, done: list[bool], words: str) -> None:
        left = f", {done.count(False)} were in no state for that" if False in done else ""
        self.message_user(request, f"{done.count(True)} mails {words}{left}.")
