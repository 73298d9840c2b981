"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static


def page(request: HttpRequest) -> dict[str, object]:
    return {"EMBEDDED": settings.EMBEDDED, "htmx": static("django_htmx/htmx-2.min.js")}
