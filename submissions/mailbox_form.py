"""The form of the mailbox page: the fields that its preset asks for, with secrets that are taken and never shown."""

from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mailmonitor.hosts import may_be_plain
from mailmonitor.models import Grant
from mailmonitor.oauth import usual_scopes
from submissions.models import Mailbox
from submissions.presets import CLOUDS, Preset, cloud_of

SECRETS = ("password", "client_secret", "key", "refresh_token")
LABELS = {
    "name": _("Name"),
    "address": _("Address"),
    "host": _("Host"),
    "port": _("Port"),
    "security": _("Encryption"),
    "username": _("User name (the mailbox's address)"),
    "password": _("Password"),
    "folder": _("Folder"),
    "processed_folder": _("Folder for processed mails"),
    "cloud": _("Cloud"),
    "tenant": _("Tenant (directory ID or domain)"),
    "client_id": _("Client ID"),
    "client_secret": _("Client secret"),
    "key": _("Key (PEM, or Google's JSON)"),
    "refresh_token": _("Refresh token"),
    "login_url": _("Token URL"),
    "scopes": _("Scopes"),
    "reporter_domains": _("Domains that may report"),
    "receipt": _("Send a receipt"),
    "answer": _("Answer"),
}


def secret(*, lines: int = 0) -> forms.CharField:
    """Taken, never given back; an empty field keeps what is stored."""
    attributes: dict[str, Any] = {"autocomplete": "off", "spellcheck": "false"}
    widget: forms.Widget = forms.PasswordInput(attrs={**attributes, "autocomplete": "new-password"})
    if lines:
        widget = forms.Textarea(attrs={**attributes, "rows": lines, "class": "mono"})
    return forms.CharField(required=False, strip=False, widget=widget, max_length=20_000)


class MailboxSetup(forms.ModelForm):  # type: ignore[type-arg]
    """One mailbox and its sign-in together."""

    cloud = forms.ChoiceField(required=False, choices=[(key, cloud.title) for key, cloud in CLOUDS.items()])
    password = secret()
    tenant = forms.CharField(required=False, max_length=255)
    client_id = forms.CharField(required=False, max_length=255)
    client_secret = secret()
    key = secret(lines=4)
    refresh_token = secret()
    login_url = forms.CharField(required=False, max_length=255)
    scopes = forms.CharField(required=False, max_length=500)

    class Meta:
        model = Mailbox
        fields = ("name", "address", "host", "port", "security", "username", "folder", "processed_folder",
                  "reporter_domains", "receipt", "answer")  # fmt: skip
        widgets = {"reporter_domains": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, preset: Preset, *args: Any, **kwargs: Any) -> None:
        row: Mailbox = kwargs["instance"]
        grant = row.grant
        stored = (
            {name: getattr(grant, name) for name in ("tenant", "client_id", "login_url", "scopes")} if grant else {}
        )
        kwargs["initial"] = {**stored, "cloud": cloud_of(row), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.preset = preset
        shown = {"name", "address", *preset.ask, *preset.sign_in, "reporter_domains", "receipt", "answer"}
        if preset.has_password:
            shown.add("password")
        for name in set(self.fields) - shown:
            del self.fields[name]
        for name in SECRETS:
            self.explain(name, row)
        for name, label in LABELS.items():
            if name in self.fields:
                self.fields[name].label = label
        for field in self.fields.values():
            field.help_text = gettext(str(field.help_text)) if field.help_text else ""
            if isinstance(field.widget, forms.Select):
                field.widget.choices = [(value, gettext(str(words))) for value, words in field.widget.choices]

    def explain(self, name: str, row: Mailbox) -> None:
        if name in self.fields:
            kept = getattr(row if name == "password" else row.grant, name, "")
            self.fields[name].help_text = (
                gettext("Set; empty keeps it.") if kept else gettext("Kept encrypted, never shown again.")
            )

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings, in the order in which they are asked."""
        where = [*self.preset.ask, *(["password"] if self.preset.has_password else [])]
        answers = ["receipt", "answer", "reporter_domains"]
        named = (
            (gettext("Mailbox"), ["name", "address"]),
            (gettext("Where it is"), where),
            (gettext("Sign-in"), list(self.preset.sign_in)),
            (gettext("Answers"), answers),
        )
        return [(title, [self[name] for name in names]) for title, names in named if names]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("security") == Mailbox.Security.PLAIN and not may_be_plain(
            values.get("host", ""), settings.INSECURE_HOSTS
        ):
            self.add_error("security", gettext("Passwords would go unencrypted: choose TLS or STARTTLS."))
        if self.preset.protocol in Mailbox.DOORS and not may_be_plain(values.get("host", ""), settings.INSECURE_HOSTS):
            self.add_error(
                "host", gettext("A door listens at this machine only, unless INSECURE_HOSTS names the address.")
            )
        for name in ("host", "username", "folder", "tenant", "client_id", "login_url"):
            optional = name == "client_id" and self.preset.way == Grant.Way.GOOGLE_SERVICE
            if name in self.fields and not values.get(name) and name not in self.errors and not optional:
                self.add_error(name, gettext("This is needed."))
        return values

    def kept(self, name: str, source: object) -> str:
        """What was entered, else what is stored."""
        return str(self.cleaned_data.get(name) or getattr(source, name, "") or "")

    @transaction.atomic
    def store(self) -> Mailbox:
        """Both rows; the mailbox stays or becomes disabled until its test has passed or somebody enables it."""
        row: Mailbox = self.instance
        preset, values = self.preset, self.cleaned_data
        row.protocol = preset.protocol
        for name in ("host", "port", "security"):
            setattr(row, name, values.get(name) or getattr(preset, name))
        if "cloud" in self.fields:
            cloud = CLOUDS[values["cloud"]]
            row.host = cloud.graph if preset.protocol == Mailbox.Protocol.GRAPH else cloud.imap
        if "password" in self.fields:
            row.password = values["password"] or (self.stored.password if self.stored else "")
        if preset.way:
            row.grant = self.store_grant(row)
        row.state, row.due_at, row.token, row.lease_ends_at = Mailbox.State.DISABLED, None, None, None
        row.save()
        return row

    @property
    def stored(self) -> Mailbox | None:
        return Mailbox.objects.filter(pk=self.instance.pk).first()

    def store_grant(self, row: Mailbox) -> Grant:
        values = self.cleaned_data
        grant = row.grant or Grant(name=f"{row.name}"[:100])
        grant.way = self.preset.way
        grant.username = row.username
        for name in ("client_secret", "key", "refresh_token"):
            setattr(grant, name, self.kept(name, grant))
        for name in ("tenant", "client_id"):
            setattr(grant, name, values.get(name, ""))
        cloud = CLOUDS[values["cloud"]].login if values.get("cloud") else ""
        grant.login_url = values.get("login_url") or cloud
        grant.scopes = values.get("scopes") or usual_scopes(grant.way, row.host)
        grant.expires_at = grant.failing_since = grant.token = grant.lease_ends_at = None
        grant.state, grant.error, grant.due_at = Grant.State.ACTIVE, "", Now()
        grant.save()
        return grant
