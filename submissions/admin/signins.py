"""Sign-ins by OAuth2: made with a mailbox, and chosen by other mailboxes and outgoing servers."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin as UnfoldAdmin
from unfold.widgets import UnfoldAdminPasswordWidget

from mailmonitor.grants import NAME
from mailmonitor.models import Grant, now

if TYPE_CHECKING:
    GrantForm = forms.ModelForm[Grant]
    GrantModelAdmin = admin.ModelAdmin[Grant]
else:
    GrantForm, GrantModelAdmin = forms.ModelForm, UnfoldAdmin

SECRETS = ("client_secret", "key", "refresh_token")
HEALTH = ("renewed_at", "expires_at", "failing_since", "error", "error_fix")


def secret(label: str) -> forms.CharField:
    widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}, render_value=False)
    return forms.CharField(label=label, required=False, strip=False, widget=widget, help_text="Empty keeps it.")


class SignInForm(GrantForm):
    """Secrets are taken and never given back."""

    client_secret = secret("Client secret")
    key = secret("Key (PEM, or Google's JSON)")
    refresh_token = secret("Refresh token")

    class Meta:
        model = Grant
        fields = ("name", "state", "way", "tenant", "client_id", *SECRETS, "username", "login_url", "scopes")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        return {**values, **{name: values.get(name) or getattr(self.instance, name) for name in SECRETS}}


@admin.register(Grant)
class SignInAdmin(GrantModelAdmin):
    """How accounts are entered without a password."""

    form = SignInForm
    list_display = ("name", "way", "expires_at", "failing_since")
    readonly_fields = HEALTH

    def has_change_permission(self, request: HttpRequest, obj: Grant | None = None) -> bool:
        """That of the environment is changed there."""
        return bool(super().has_change_permission(request, obj)) and (obj is None or obj.name != NAME)

    def save_model(self, request: HttpRequest, obj: Grant, form: Any, change: bool) -> None:
        """A changed sign-in asks for a new token at once."""
        obj.due_at = now() if obj.state == Grant.State.ACTIVE else None
        obj.token = obj.lease_ends_at = obj.expires_at = None
        super().save_model(request, obj, form, change)
        obj.tell("changed", ", ".join(form.changed_data), actor=request.user.get_username())
