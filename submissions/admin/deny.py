"""The deny list: what is known to be bad."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from submissions.models import DenyRule

if TYPE_CHECKING:
    from django import forms


@admin.register(DenyRule)
class DenyRuleAdmin(ModelAdmin):
    """Each rule with who made it and where it is known from."""

    list_display = ("pattern", "kind", "enabled", "note", "created_by", "created_at")
    list_filter = ("kind", "enabled")
    list_select_related = ("created_by",)
    search_fields = ("pattern", "note")
    readonly_fields = ("created_by", "created_at")
    fieldsets = (
        (
            None,
            {
                "fields": ("kind", "pattern", "enabled"),
                "description": "What matches is malicious at once, in mails that arrive from now on; no sandbox is "
                "asked. It comes before the whitelist.",
            },
        ),
        ("Why", {"fields": ("note", "created_by", "created_at")}),
    )

    def save_model(self, request: HttpRequest, obj: DenyRule, form: "forms.ModelForm[DenyRule]", change: bool) -> None:
        if not change:
            obj.created_by = request.user if request.user.is_authenticated else None
        super().save_model(request, obj, form, change)
