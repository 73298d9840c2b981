"""The form in which an administrator writes a text: every fault is shown at its field, with line and column."""

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from notifications.markup import cleaned
from notifications.models import Template
from notifications.placeholders import Where, validate
from notifications.values import one_line

TAG = re.compile(r"<\s*/?\s*([a-zA-Z!][\w-]*)|\s(on[a-z]+|src|srcset|style|class|id|target|background)\s*=", re.ASCII)


if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Template]
else:
    ModelForm = forms.ModelForm


class TemplateForm(ModelForm):
    """Subject, plain text and HTML of one kind in one language."""

    removed: tuple[str, ...] = ()

    class Meta:
        model = Template
        fields = ("enabled", "subject", "body_text", "body_html")
        labels = {"body_text": "Plain text", "body_html": "HTML"}
        help_texts = {
            "enabled": "Switched off, this kind of mail is not sent; the outbox shows it as suppressed.",
            "subject": "One line, 200 characters at most.",
            "body_text": "The complete mail. Blank lines part paragraphs, lines such as “1. …” become a list.",
            "body_html": "Leave it empty: the HTML part is then made from the plain text.",
        }
        widgets = {
            "subject": UnfoldAdminTextInputWidget,
            "body_text": UnfoldAdminTextareaWidget(attrs={"rows": 22, "dir": "auto"}),
            "body_html": UnfoldAdminTextareaWidget(attrs={"rows": 8, "dir": "auto"}),
        }

    def clean_subject(self) -> str:
        subject = str(self.cleaned_data["subject"])
        self.refuse("subject", subject, "subject")
        if one_line(subject, 1000) != " ".join(subject.split()):
            self.add_error("subject", "The subject holds control characters or marks that change its direction.")
        return subject

    def clean_body_text(self) -> str:
        text = str(self.cleaned_data["body_text"]).replace("\r\n", "\n")
        self.refuse("body_text", text, "text")
        return text

    def clean_body_html(self) -> str:
        """The HTML as bleach leaves it; what was taken out stands in `removed`."""
        html = str(self.cleaned_data.get("body_html") or "").replace("\r\n", "\n")
        self.refuse("body_html", html, "html")
        if self.errors.get("body_html") or not html.strip():
            return html
        clean = cleaned(html)
        self.removed = taken_out(html, clean)
        self.refuse("body_html", clean, "html")
        return clean

    def refuse(self, field: str, text: str, where: Where) -> None:
        for fault in validate(self.instance.kind, text, where):
            self.add_error(field, str(fault))


def taken_out(before: str, after: str) -> tuple[str, ...]:
    """The names of the tags and attributes that are in `before` and not, or less often, in `after`."""
    gone = names(before) - names(after)
    return tuple(sorted(gone))


def names(html: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for match in TAG.finditer(html):
        found[f"<{match[1].lower()}>" if match[1] else str(match[2]).lower()] += 1
    return found


def as_json(form: TemplateForm) -> dict[str, Any]:
    """The faults by field, for the page that shows them while one types."""
    return {field: [str(error) for error in errors] for field, errors in form.errors.items()}
