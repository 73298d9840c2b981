"""The texts of the mails in admin."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin as UnfoldAdmin
from unfold.decorators import display

from notifications import editing, files
from notifications.addresses import domain_of
from notifications.forms import TemplateForm
from notifications.kinds import KINDS, SAMPLES, TABLE
from notifications.models import Template, TemplateVersion
from notifications.overview import overview
from notifications.preview import preview, recent
from notifications.replies import is_allowed
from notifications.sample_mail import send_sample
from notifications.smtp import SmtpError
from notifications.texts import Text, default, text_of

if TYPE_CHECKING:
    TemplateModelAdmin = admin.ModelAdmin[Template]
else:
    TemplateModelAdmin = UnfoldAdmin

LARGEST_IMPORT = 4 * 1024 * 1024
MOST_FAULTS = 20
LONGEST_DRAFT = 65536


@admin.register(Template)
class TemplateAdmin(TemplateModelAdmin):
    """Texts are neither added nor deleted: each kind has one in each language, and a switch."""

    form = TemplateForm
    list_display = ("title", "language", "badge", "enabled", "changed_at")
    list_filter = ("language", "enabled")
    list_editable = ("enabled",)
    search_fields = ("kind", "subject", "body_text")
    list_before_template = "notifications/overview.html"
    change_form_outer_after_template = "notifications/template_tools.html"
    warn_unsaved_form = True

    class Media:
        css = {"all": ("notifications/template_editor.css",)}
        js = (Script("notifications/template_editor.js", defer=True),)

    @admin.display(description="mail", ordering="kind")
    def title(self, row: Template) -> str:
        return KINDS[row.kind].title if row.kind in KINDS else row.kind

    @display(
        description="state",
        label={
            editing.Badge.DEFAULT: "info",
            editing.Badge.CUSTOMISED: "success",
            editing.Badge.OUTDATED: "warning",
            editing.Badge.INVALID: "danger",
        },
    )
    def badge(self, row: Template) -> str:
        return editing.badge(row)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Template | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Template, form: Any, change: bool) -> None:
        editing.save(obj, request.user.get_username())
        if getattr(form, "removed", ()):
            messages.warning(request, f"Taken out of the HTML: {', '.join(form.removed)}")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:pk>/restore/<int:version>/", self.own(self.restore), name="notifications_template_restore"),
            path("<int:pk>/preview/", self.own(self.preview), name="notifications_template_preview"),
            path("<int:pk>/test/", self.own(self.send_test), name="notifications_template_test"),
            path("<int:pk>/draft/", self.own(self.save_draft), name="notifications_template_draft"),
            path("<int:pk>/reset/", self.own(self.reset), name="notifications_template_reset"),
        ]
        whole = [
            path("export/", self.admin_site.admin_view(self.export), name="notifications_template_export"),
            path("import/", self.admin_site.admin_view(require_POST(self.take)), name="notifications_template_import"),
        ]
        return own + whole + super().get_urls()

    def export(self, request: HttpRequest) -> HttpResponse:
        """All texts as a zip of files."""
        if not self.has_view_permission(request):
            return HttpResponse("You may not see texts.", status=403)
        answer = HttpResponse(files.exported(), content_type="application/zip")
        answer["Content-Disposition"] = 'attachment; filename="mail-texts.zip"'
        return answer

    def take(self, request: HttpRequest) -> HttpResponse:
        """Texts from such a zip; each that is taken over keeps a version of what it said before."""
        if not self.has_change_permission(request):
            return HttpResponse("You may not change texts.", status=403)
        upload = request.FILES.get("texts")
        if upload is None or (upload.size or 0) > LARGEST_IMPORT:
            messages.error(request, "Choose a zip with texts, not larger than 4 MB.")
        else:
            tell_of_import(request, upload.read())
        return HttpResponseRedirect(reverse("admin:notifications_template_changelist"))

    def own(self, view: Any) -> Any:
        """A page that changes something: by POST, in admin's session, with the right to change texts."""

        def guarded(request: HttpRequest, pk: int, **keys: Any) -> HttpResponse:
            row = get_object_or_404(Template, pk=pk)
            if not self.has_change_permission(request, row):
                return HttpResponse("You may not change texts.", status=403)
            answer: HttpResponse | None = view(request, row, **keys)
            return answer or HttpResponseRedirect(reverse("admin:notifications_template_change", args=(pk,)))

        return self.admin_site.admin_view(require_POST(guarded))

    def restore(self, request: HttpRequest, row: Template, version: int) -> None:
        chosen = get_object_or_404(TemplateVersion, pk=version, template=row)
        editing.restore(chosen, request.user.get_username())
        messages.success(request, f"The text of {chosen.saved_at:%d %b %Y %H:%M} is in use again.")

    def reset(self, request: HttpRequest, row: Template) -> None:
        editing.reset(row, request.user.get_username())
        messages.success(request, "The default text is in use again.")

    def preview(self, request: HttpRequest, row: Template) -> HttpResponse:
        return JsonResponse(preview(row, {name: str(value) for name, value in request.POST.items()}))

    def send_test(self, request: HttpRequest, row: Template) -> None:
        to = request.POST.get("to", "")
        if not may_be_tested(to, own=getattr(request.user, "email", "")):
            messages.error(request, f"{to} is neither your own address nor of a reporter domain.")
            return
        try:
            reply = send_sample(row.kind, text_of(row), to=to)
        except (SmtpError, ValueError) as error:
            messages.error(request, f"Not sent: {error}")
        else:
            messages.success(request, f"Sent to {to}: {reply}")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "overview": overview()})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Template | None:
        """The text; for `?draft=` with what stands in that draft of it, to be gone on with."""
        row = super().get_object(request, object_id, from_field)
        wanted = request.GET.get("draft", "") if request.method == "GET" else ""
        draft = row.drafts.filter(pk=wanted).first() if row and wanted.isascii() and wanted.isdecimal() else None
        if row and draft:
            row.subject, row.body_text, row.body_html = draft.subject, draft.body_text, draft.body_html
        return row

    def save_draft(self, request: HttpRequest, row: Template) -> None:
        written = (request.POST.get(name, "").replace("\r\n", "\n") for name in ("subject", "body_text", "body_html"))
        editing.save_draft(row, Text(*(part[:LONGEST_DRAFT] for part in written)), request.user.get_username())
        messages.success(request, "Kept as a draft. The text in use stays as it was.")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        tools = template_tools(row) if row else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **tools})


def tell_of_import(request: HttpRequest, upload: bytes) -> None:
    try:
        done = files.imported(upload, request.user.get_username())
    except files.NoTexts as error:
        messages.error(request, str(error))
        return
    messages.success(request, f"{done.changed} texts are changed.")
    for fault in done.faults[:MOST_FAULTS]:
        messages.error(request, fault)


def may_be_tested(to: str, *, own: str) -> bool:
    """Whether a test may be sent there: nobody outside is written to by a click in admin."""
    return bool(to) and (to == own or is_allowed(domain_of(to), settings.REPORTER_DOMAINS))


def template_tools(row: Template) -> dict[str, Any]:
    """What the page shows below the form: real mails to preview, placeholders, versions, how far the default is."""
    shipped = default(row.kind, row.language)
    names = KINDS[row.kind].placeholders if row.kind in KINDS else ()
    return {
        "title": str(row),
        "badge": editing.badge(row),
        "placeholders": [(name, "the table of items" if name == TABLE else SAMPLES[name]) for name in names],
        "versions": versions(row),
        "drafts": row.drafts.all(),
        "mails": recent(row.kind),
        "difference": editing.difference(shipped, text_of(row)) if shipped else "",
    }


def versions(row: Template) -> list[tuple[TemplateVersion, str]]:
    """Each version, the newest first, with what it changed."""
    found = list(row.versions.all()[:50])
    texts = [editing.text_of_version(version) for version in found]
    older = [*texts[1:], texts[-1]] if texts else []
    return [
        (version, editing.difference(before, after)) for version, before, after in zip(found, older, texts, strict=True)
    ]
