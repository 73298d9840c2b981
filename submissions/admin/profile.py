"""Sandbox profiles: accounts, parameters, and how the accounts do."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from mailmonitor.hosts import may_be_plain
from submissions import quotas, sandboxes
from submissions.models import MailboxStep, SandboxProfile

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[SandboxProfile]
else:
    ModelForm = forms.ModelForm

SECRETS = ("key", "document_password", "archive_password")
ACCOUNT = ("url", "user", "key", "web_url", "accept_tac")
REUSE = ("reuse_files_days", "reuse_urls_days")
ANALYSIS = ("systems", "tags", "comment", "document_password", "archive_password", "internet_access", "report_cache")
PLACE = ("url_reputation", "priority", "delete_after_days", "language_and_locale", "localized_internet")
TOLD = ("online", "quota", "known_systems", "asked_at", "error")
DECIDED = (("unknown", "The server decides"), ("true", "Yes"), ("false", "No"))
WHOLE_MAIL = (
    "The whole mail only where the sandbox takes mails apart itself (Joe Sandbox). The whitelist then only marks: "
    "it keeps nothing of the mail from the sandbox."
)


def secret() -> forms.CharField:
    widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}, render_value=False)
    return forms.CharField(required=False, strip=False, widget=widget)


class ProfileForm(ModelForm):
    """Secrets are taken and never given back; analysis systems are checked against those the sandbox has."""

    key = secret()
    document_password = secret()
    archive_password = secret()

    class Meta:
        model = SandboxProfile
        fields = ("kind", "name", "mode", *ACCOUNT, *REUSE, *ANALYSIS, *PLACE, "upload")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unchecked = ""
        for name in ("internet_access", "report_cache"):
            if name in self.fields:
                self.fields[name].widget.choices = DECIDED
        if "mode" in self.fields:
            self.fields["mode"].help_text = WHOLE_MAIL
        for name in SECRETS:
            if name in self.fields:
                stored = "Set. Leave this empty to keep it." if getattr(self.instance, name) else "Not set."
                self.fields[name].help_text = f"{stored} It is kept encrypted and never shown."

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in SECRETS:
            if name in values:
                values[name] = values[name] or getattr(self.instance, name)
        self._check_mode(values)
        self._check_address(values)
        if values.get("systems") and values.get("kind", self.instance.kind) == SandboxProfile.Kind.JOE:
            self._check_systems(values)
        return values

    def _check_mode(self, values: dict[str, Any]) -> None:
        whole = values.get("mode") == SandboxProfile.Mode.MAIL
        if whole and values.get("kind", self.instance.kind) != SandboxProfile.Kind.JOE:
            self.add_error("mode", "Only Joe Sandbox tells what it found in a whole mail.")

    def _check_address(self, values: dict[str, Any]) -> None:
        parts = urlsplit(values.get("url") or "")
        if parts.scheme == "https" or not values.get("url"):
            return
        if parts.scheme != "http" or not may_be_plain(parts.hostname or "", settings.INSECURE_HOSTS):
            self.add_error("url", "Use https://; http:// is for this machine and for hosts that INSECURE_HOSTS names.")

    def _check_systems(self, values: dict[str, Any]) -> None:
        """Against `server/systems`; where the sandbox cannot be asked now the page says so and saves."""
        tried = SandboxProfile(from_environment=self.instance.from_environment, **values)
        tried.kind = values.get("kind", self.instance.kind)
        known, self.unchecked = quotas.systems(sandboxes.completed(tried))
        unknown = [name for name in sandboxes.listed(values["systems"]) if known and name not in known]
        if unknown:
            self.add_error("systems", f"Joe Sandbox has no {', '.join(unknown)}. It has: {', '.join(known)}.")


@admin.register(SandboxProfile)
class SandboxProfileAdmin(ModelAdmin):
    """What the environment sets is shown with the name of its setting and changed there."""

    form = ProfileForm
    list_display = ("name", "kind", "mode", "source", "online", "quota", "asked_at")
    list_filter = ("kind",)
    warn_unsaved_form = True
    compressed_fields = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[SandboxProfile]:
        sandboxes.from_environment()
        return super().get_queryset(request)  # type: ignore[no-any-return]

    def get_fieldsets(
        self, request: HttpRequest, obj: SandboxProfile | None = None
    ) -> list[tuple[str | None, dict[str, Any]]]:
        account = ["key_state" if name == "key" and name in fixed(obj) else name for name in ACCOUNT]
        told = "How long a word, of ours or of the sandbox, saves a submission."
        sets: list[tuple[str | None, dict[str, Any]]] = [
            (None, {"fields": ["kind", "name", "mode"]}),
            ("Account", {"fields": account, "description": source_words(obj)}),
            ("Reuse", {"fields": list(REUSE), "description": told}),
            ("Joe Sandbox", {"fields": [*ANALYSIS, *PLACE], "description": "Empty: the server decides."}),
            ("VirusTotal", {"fields": ["upload"], "description": "It is asked what it knows; nothing is uploaded."}),
        ]
        return [*sets, ("As last told", {"fields": list(TOLD)})] if obj else sets

    def get_readonly_fields(self, request: HttpRequest, obj: SandboxProfile | None = None) -> tuple[str, ...]:
        named = ("kind", "name") if obj is not None else ()
        return (*TOLD, "key_state", *named, *fixed(obj))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> SandboxProfile | None:
        """With the environment's values, which are shown and never stored."""
        row: SandboxProfile | None = super().get_object(request, object_id, from_field)
        return sandboxes.completed(row) if row and row.from_environment else row

    def has_delete_permission(self, request: HttpRequest, obj: SandboxProfile | None = None) -> bool:
        """The environment's would come back at once; one with analyses under way is still needed."""
        if obj is not None and (obj.from_environment or quotas.in_use(obj)):
            return False
        return bool(super().has_delete_permission(request, obj))

    def save_model(
        self, request: HttpRequest, obj: SandboxProfile, form: "forms.ModelForm[SandboxProfile]", change: bool
    ) -> None:
        if change:
            obj.save(update_fields=form.changed_data)
        else:
            obj.save()
        if form.changed_data:
            obj.tell("changed", ", ".join(form.changed_data), actor=request.user.get_username())
        if isinstance(form, ProfileForm) and form.unchecked:
            messages.warning(request, f"The systems could not be checked: {form.unchecked}")
        if obj.upload:
            messages.warning(request, "Uploads to VirusTotal are on: its other customers can read what is reported.")

    @display(description="Account from")
    def source(self, obj: SandboxProfile) -> str:
        return "environment" if obj.from_environment or not obj.url else "this table"

    @display(description="API key")
    def key_state(self, obj: SandboxProfile) -> str:
        return "Set in the environment, never shown"

    @display(description="State")
    def online(self, obj: SandboxProfile) -> str:
        return quotas.words(obj)

    @display(description="Quota and queue")
    def quota(self, obj: SandboxProfile) -> str:
        return quotas.quota_words(obj.account) or "–"

    @display(description="Systems it has")
    def known_systems(self, obj: SandboxProfile) -> str:
        return ", ".join(obj.account.get("systems", ())) or "–"


def fixed(obj: SandboxProfile | None) -> tuple[str, ...]:
    """The fields that the environment sets."""
    if obj is None or not obj.from_environment:
        return ()
    return tuple(field for field, value in sandboxes.given(obj.kind).items() if value)


def source_words(obj: SandboxProfile | None) -> str:
    if not fixed(obj) or obj is None:
        return "Left empty, address and key are those of the environment."
    names = ", ".join(sandboxes.ENVIRONMENT[obj.kind][field] for field in fixed(obj))
    return f"What cannot be changed here comes from the environment: {names}."


class StepInline(TabularInline):
    """The sandboxes of a mailbox in their order."""

    model = MailboxStep
    extra = 0
    fields = ("position", "profile", "files", "links", "required")
    verbose_name_plural = (
        "Sandboxes, in this order; without any, all goes to the sandbox of the environment. "
        "The next is asked unless one has said malicious."
    )
