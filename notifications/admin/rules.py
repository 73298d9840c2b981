"""Outgoing servers, languages by reporter, and muted addresses in admin."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin as UnfoldAdmin
from unfold.widgets import UnfoldAdminPasswordWidget

from notifications.addresses import counted, domain_of
from notifications.models import LanguageRule, Mute, OutgoingServer
from notifications.relays import probe, relay_of
from notifications.smtp import SmtpError, relay

if TYPE_CHECKING:
    ServerForm = forms.ModelForm[OutgoingServer]
    ServerModelAdmin = admin.ModelAdmin[OutgoingServer]
    LanguageForm = forms.ModelForm[LanguageRule]
    LanguageModelAdmin = admin.ModelAdmin[LanguageRule]
    MuteModelAdmin = admin.ModelAdmin[Mute]
else:
    ServerForm = LanguageForm = forms.ModelForm
    ServerModelAdmin = LanguageModelAdmin = MuteModelAdmin = UnfoldAdmin


class OutgoingServerForm(ServerForm):
    """The address holds a password, so it is taken and never given back."""

    url = forms.CharField(
        label="Address",
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}, render_value=False),
        help_text="smtp+tls://user:password@host:587, smtps://…, smtp://127.0.0.1:25, or with a sign-in "
        "graph://address@graph.microsoft.com. Empty keeps what is stored.",
    )

    class Meta:
        model = OutgoingServer
        fields = ("name", "url", "sender", "grant")

    def clean_url(self) -> str:
        url = self.cleaned_data["url"] or self.instance.url
        try:
            relay(url)
        except SmtpError as error:
            raise ValidationError(str(error).replace("EMAIL_URL", "The address")) from error
        return str(url)


@admin.register(OutgoingServer)
class OutgoingServerAdmin(ServerModelAdmin):
    """Relays beside that of EMAIL_URL; a mailbox may name one for its answers."""

    form = OutgoingServerForm
    list_display = ("name", "sender")
    actions = ("test_connection",)

    @admin.action(description="Test the connection", permissions=["change"])
    def test_connection(self, request: HttpRequest, rows: QuerySet[OutgoingServer]) -> None:
        """Greets the server and logs in; sends nothing."""
        for row in rows:
            try:
                messages.success(request, f"{row}: {probe(relay_of(row))}")
            except SmtpError as error:
                messages.error(request, f"{row}: {error}")

    def save_model(self, request: HttpRequest, obj: OutgoingServer, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.test_connection(request, OutgoingServer.objects.filter(pk=obj.pk))


class LanguageRuleForm(LanguageForm):
    """An address is kept as limits count it, a domain in its ASCII form."""

    class Meta:
        model = LanguageRule
        fields = ("whom", "language")

    def clean_whom(self) -> str:
        whom = str(self.cleaned_data["whom"]).strip()
        kept = counted(whom) if "@" in whom else domain_of(whom)
        if not kept:
            raise ValidationError("Neither an address nor a domain.")
        return kept


@admin.register(LanguageRule)
class LanguageRuleAdmin(LanguageModelAdmin):
    """The first thing that decides the language of an answer."""

    form = LanguageRuleForm
    list_display = ("whom", "language")
    list_filter = ("language",)
    search_fields = ("whom",)


@admin.register(Mute)
class MuteAdmin(MuteModelAdmin):
    """Deleting a line lets the address have mails again."""

    list_display = ("address", "reason", "began_at", "until")
    search_fields = ("address",)
    fields = ("address", "reason", "until")
