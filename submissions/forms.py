"""The forms of the analyst pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from submissions.models import WhitelistRule
from submissions.verdicts import Verdict
from submissions.words import VERDICTS

LINKS_AT_MOST = 500
MAIL_BYTES = 25 * 1024 * 1024
SHEET_BYTES = 500_000


class LinksForm(forms.Form):
    """Links to try, one a line, or a mail that holds them."""

    links = forms.CharField(
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 5, "class": "mono", "placeholder": "https://www.corp.example/news"}),
        label=_("Links, one a line"),
    )
    mail = forms.FileField(required=False, label=_("or a mail (.eml)"))

    def clean_links(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["links"].splitlines() if line.strip()]
        if len(lines) > LINKS_AT_MOST:
            raise forms.ValidationError(f"At most {LINKS_AT_MOST} links at a time.")
        return lines

    def clean_mail(self) -> bytes:
        file = self.cleaned_data["mail"]
        if file is None:
            return b""
        if file.size > MAIL_BYTES:
            raise forms.ValidationError("The mail is larger than 25 MB.")
        return bytes(file.read())


class RuleTrialForm(forms.Form):
    """A rule that is only thought of."""

    kind = forms.ChoiceField(
        choices=[(kind.value, _(kind.label)) for kind in WhitelistRule.Kind],
        initial=WhitelistRule.Kind.DOMAIN,
        label=_("Kind"),
    )
    pattern = forms.CharField(max_length=500, label=_("Pattern"))


class RulesForm(forms.Form):
    """Whitelist rules as CSV, typed or from a file; nothing is kept before they were looked at."""

    rules = forms.CharField(
        required=False,
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 8, "class": "mono", "placeholder": "kind,pattern,owner,expires,enabled,note"}
        ),
        label=_("Rules as CSV"),
    )
    file = forms.FileField(required=False, label=_("or a file (.csv)"))
    confirmed = forms.BooleanField(required=False, label=_("I want these rules in spite of the warnings"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if file := values.get("file"):
            try:
                values["rules"] = file.read(SHEET_BYTES).decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("The file is not in UTF-8."))
        if not values.get("rules", "").strip() and not self.errors:
            self.add_error("rules", _("There is nothing to import."))
        return values


class OverrideForm(forms.Form):
    """A verdict by a person; the reason goes to the reporter."""

    verdict = forms.ChoiceField(
        choices=[(verdict.value, _(VERDICTS[verdict])) for verdict in Verdict], label=_("New verdict")
    )
    reason = forms.CharField(max_length=1000, strip=True, widget=forms.Textarea(attrs={"rows": 3}), label=_("Reason"))
    notify = forms.BooleanField(required=False, initial=True, label=_("Tell the reporter"))
    everyone = forms.BooleanField(required=False, label=_("The same for the other reports of it"))


class CampaignForm(forms.Form):
    """One decision on a whole campaign. Without a verdict its mails are marked as reviewed."""

    verdict = forms.ChoiceField(
        required=False,
        choices=[("", _("as they are")), *((verdict.value, _(VERDICTS[verdict])) for verdict in Verdict)],
        label=_("Verdict"),
    )
    reason = forms.CharField(
        required=False, max_length=1000, strip=True, widget=forms.Textarea(attrs={"rows": 2}), label=_("Reason")
    )
    notify = forms.BooleanField(required=False, initial=True, label=_("Tell the reporters of a changed verdict"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("verdict") and not values.get("reason"):
            self.add_error("reason", _("A verdict of yours needs a reason: the reporters read it."))
        return values
