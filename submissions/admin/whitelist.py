"""Rules for links that need no analysis."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldBooleanWidget

from submissions.models import WhitelistRule
from submissions.selectors.whitelist import doubts

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[WhitelistRule]
else:
    ModelForm = forms.ModelForm


class RuleForm(ModelForm):
    """A rule against which something speaks has to be wanted explicitly."""

    confirmed = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="I want this rule in spite of the warnings",
        help_text="Only asked for when something speaks against the rule.",
    )

    class Meta:
        model = WhitelistRule
        fields = ("kind", "pattern", "enabled", "owner", "expires_at", "note")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("enabled") and not values.get("confirmed") and {"kind", "pattern"} <= set(values):
            for doubt in self.doubts(values["kind"], values["pattern"]):
                self.add_error("confirmed", doubt)
        return values

    def doubts(self, kind: str, pattern: str) -> list[str]:
        """A pattern that is none is refused by the model itself, with the reason."""
        try:
            return doubts(kind, pattern)
        except ValueError:
            return []


@admin.register(WhitelistRule)
class WhitelistRuleAdmin(ModelAdmin):
    """Each rule with who made it and why."""

    form = RuleForm
    list_display = ("pattern", "kind", "enabled", "hits", "last_hit_at", "expires_at", "owner")
    list_filter = ("kind", "enabled")
    search_fields = ("pattern", "note")
    readonly_fields = ("created_by", "created_at", "hits", "last_hit_at")
    fieldsets = (
        (
            None,
            {
                "fields": ("kind", "pattern", "enabled", "confirmed"),
                "description": "Links under this rule are not analysed. They stay visible, with this rule.",
            },
        ),
        ("Why", {"fields": ("note", "owner", "expires_at", "created_by", "created_at", "hits", "last_hit_at")}),
    )

    def save_model(
        self, request: HttpRequest, obj: WhitelistRule, form: "forms.ModelForm[WhitelistRule]", change: bool
    ) -> None:
        if not change:
            obj.created_by = request.user if request.user.is_authenticated else None
        super().save_model(request, obj, form, change)
        obj.tell("changed" if change else "added", request.user.get_username())

    def delete_model(self, request: HttpRequest, obj: WhitelistRule) -> None:
        obj.tell("deleted", request.user.get_username())
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[WhitelistRule]") -> None:
        for rule in queryset:
            rule.tell("deleted", request.user.get_username())
        super().delete_queryset(request, queryset)
