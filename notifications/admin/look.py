"""The look of the mails in admin: one page, nothing to add and nothing to delete."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin as UnfoldAdmin
from unfold.widgets import UnfoldAdminColorInputWidget, UnfoldAdminFileFieldWidget, UnfoldBooleanSwitchWidget

from notifications.looks import LEAST_CONTRAST, NoLogo, as_logo, contrast_on_white
from notifications.models import Appearance

if TYPE_CHECKING:
    AppearanceForm = forms.ModelForm[Appearance]
    AppearanceModelAdmin = admin.ModelAdmin[Appearance]
else:
    AppearanceForm, AppearanceModelAdmin = forms.ModelForm, UnfoldAdmin


class LookForm(AppearanceForm):
    """Which design, and what the organisation puts into it."""

    upload = forms.FileField(
        label="Logo",
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text="PNG, JPEG, GIF or WebP. It travels inside each mail.",
    )
    without_logo = forms.BooleanField(label="Remove the logo", required=False, widget=UnfoldBooleanSwitchWidget)

    class Meta:
        model = Appearance
        fields = ("design", "logo_words", "colour", "footer")
        widgets = {"colour": UnfoldAdminColorInputWidget}

    def clean_colour(self) -> str:
        colour = str(self.cleaned_data["colour"]).upper()
        if not re.fullmatch(r"#[0-9A-F]{6}", colour):
            raise forms.ValidationError("Write the colour as #RRGGBB.")
        if contrast_on_white(colour) < LEAST_CONTRAST:
            raise forms.ValidationError("This colour can hardly be seen on white: choose a darker one.")
        return colour

    def clean_upload(self) -> bytes:
        upload = self.cleaned_data.get("upload")
        try:
            return as_logo(upload.read()) if upload else b""
        except NoLogo as error:
            raise forms.ValidationError(str(error)) from error


@admin.register(Appearance)
class AppearanceAdmin(AppearanceModelAdmin):
    """Opens its one row directly and makes it when it is missing."""

    form = LookForm
    fields = ("design", "logo_words", "upload", "without_logo", "colour", "footer")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Appearance | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        row, _ = Appearance.objects.get_or_create(only=True)
        return HttpResponseRedirect(reverse("admin:notifications_appearance_change", args=(row.pk,)))

    def save_model(self, request: HttpRequest, obj: Appearance, form: Any, change: bool) -> None:
        if form.cleaned_data["without_logo"]:
            obj.logo = b""
        elif form.cleaned_data["upload"]:
            obj.logo = form.cleaned_data["upload"]
        super().save_model(request, obj, form, change)
