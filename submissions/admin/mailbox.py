"""Mailboxes: where mails come from and how their reporters are answered."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from mailmonitor.models import now
from submissions.admin.answers import ANSWER_FIELDS, FIELDSET, LIMIT, quiet_fault, sentence, told_verdicts
from submissions.admin.profile import StepInline
from submissions.models import Mailbox

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Mailbox]
else:
    ModelForm = forms.ModelForm

CONNECTION = ("address", "host", "port", "security", "username", "password", "folder")
HEALTH = ("health", "last_success_at", "failing_since", "error", "error_fix")
SHOWN_INSTEAD = {"password": "password_state"}


class MailboxForm(ModelForm):
    """The password is taken and never given back."""

    password = forms.CharField(
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}, render_value=False),
    )

    told_verdicts = told_verdicts()

    class Meta:
        model = Mailbox
        fields = ("name", "state", *CONNECTION, "processed_folder", *ANSWER_FIELDS)
        help_texts = {"receipts_an_hour": LIMIT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password" in self.fields:
            self.fields["password"].help_text = password_words(self.instance)

    def clean_password(self) -> str:
        """An empty field keeps what is stored."""
        return self.cleaned_data["password"] or self.instance.password

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if fault := quiet_fault(values):
            self.add_error("quiet_until", fault)
        return values

    def has_changed(self) -> bool:
        return bool(self.changed_data)


def password_words(mailbox: Mailbox | None) -> str:
    if mailbox is None or not mailbox.password:
        return "Not set. It is kept encrypted and never shown again."
    return "Set. Leave this empty to keep it; it is never shown."


@admin.register(Mailbox)
class MailboxAdmin(ModelAdmin):
    """One mailbox by task. One that was made from the environment shows where its values come from."""

    form = MailboxForm
    inlines = (StepInline,)
    list_display = ("name", "address", "health_badge", "last_success_at", "answer", "receipt")
    search_fields = ("name", "address", "host")
    warn_unsaved_form = True
    compressed_fields = True
    readonly_fields = (*HEALTH, "consequence", "password_state")

    def get_fieldsets(
        self, request: HttpRequest, obj: Mailbox | None = None
    ) -> list[tuple[str | None, dict[str, Any]]]:
        """Connection, answers, health; each with a sentence on what it is for."""
        connection = [SHOWN_INSTEAD.get(name, name) if environment(obj) else name for name in CONNECTION]
        where = (
            "These values come from the setting MAILBOX_URL of the environment and are changed there."
            if environment(obj)
            else "How Mail Monitor reads the mailbox by IMAP. Try a change with: manage.py doctor --only mailbox"
        )
        sets: list[tuple[str | None, dict[str, Any]]] = [
            (None, {"fields": ["name", "state"]}),
            ("Connection", {"fields": [*connection, "processed_folder"], "description": where}),
            FIELDSET,
        ]
        health = ("Health", {"fields": list(HEALTH), "description": "What the last visits to the mailbox showed."})
        return [*sets, health] if obj else sets

    def get_readonly_fields(self, request: HttpRequest, obj: Mailbox | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *CONNECTION, "reporter_domains") if environment(obj) else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Mailbox | None = None) -> bool:
        """The mailbox of the environment would come back at once, and one with reports holds their history."""
        if obj is not None and (environment(obj) or obj.submissions.exists()):
            return False
        return bool(super().has_delete_permission(request, obj))

    def save_model(self, request: HttpRequest, obj: Mailbox, form: "forms.ModelForm[Mailbox]", change: bool) -> None:
        """Write the changed columns alone: a worker may be moving the others on at this moment."""
        obj.due_at = now() if obj.state == Mailbox.State.ACTIVE else None
        obj.token = obj.lease_ends_at = None
        if not change:
            obj.save()
        elif form.changed_data:
            obj.save(update_fields=[*form.changed_data, "due_at", "token", "lease_ends_at"])
        if form.changed_data:
            obj.tell("changed", ", ".join(form.changed_data), actor=request.user.get_username())

    @display(description="Password")
    def password_state(self, obj: Mailbox) -> str:
        return "Set, never shown" if obj.password else "Not set"

    @display(description="A mail with three items")
    def consequence(self, obj: Mailbox | None) -> str:
        return sentence(obj)

    @display(description="State", label={"Works": "success", "Fails": "danger", "Disabled": "info", "New": "warning"})
    def health_badge(self, obj: Mailbox) -> str:
        return health_word(obj)

    @display(description="State")
    def health(self, obj: Mailbox) -> str:
        words = {
            "Works": "The mailbox is read without fault.",
            "Fails": "The mailbox cannot be read; it is tried again and again.",
            "Disabled": "The mailbox is not read.",
            "New": "The mailbox has not been read yet.",
        }
        return format_html("<strong>{}</strong>. {}", health_word(obj), words[health_word(obj)])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mailbox]:
        return super().get_queryset(request).order_by("name")  # type: ignore[no-any-return]


def environment(obj: Mailbox | None) -> bool:
    return obj is not None and obj.from_environment


def health_word(obj: Mailbox) -> str:
    if obj.state == Mailbox.State.DISABLED:
        return "Disabled"
    if obj.failing_since:
        return "Fails"
    return "Works" if obj.last_success_at else "New"
