"""Rules for links that need no analysis."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from submissions.models import WhitelistRule


@admin.register(WhitelistRule)
class WhitelistRuleAdmin(ModelAdmin):
    """Each rule with who made it and why."""

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
                "description": "Links under this rule are not analysed. They stay visible, with this rule.",
            },
        ),
        ("Why", {"fields": ("note", "created_by", "created_at")}),
    )

    def save_model(
        self, request: HttpRequest, obj: WhitelistRule, form: "forms.ModelForm[WhitelistRule]", change: bool
    ) -> None:
        if not change:
            obj.created_by = request.user if request.user.is_authenticated else None
        super().save_model(request, obj, form, change)
