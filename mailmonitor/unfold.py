"""The admin in the colours of the analyst pages."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponseBase
from django.templatetags.static import static
from django.urls import reverse_lazy

BASE = [
    "#f5f7fa",
    "#ebeef3",
    "#d3d9e2",
    "#b4bfcc",
    "#a4afbd",
    "#7a8594",
    "#515c6b",
    "#303945",
    "#1d242d",
    "#161b22",
    "#0e1217",
]
PRIMARY = [
    "#eef4fc",
    "#dcebfc",
    "#c3defb",
    "#a0cbff",
    "#79b8ff",
    "#2f7fd6",
    "#0b57b0",
    "#0a4b97",
    "#16304c",
    "#12294a",
    "#0c1c33",
]
STEPS = ["50", "100", "200", "300", "400", "500", "600", "700", "800", "900", "950"]


def page(title: str, icon: str, model: str) -> dict[str, Any]:
    """A line of the side bar; it is absent for who may not see it."""
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": f"/admin/{app}/{name}/",
        "permission": lambda request: request.user.has_perm(f"{app}.view_{name}"),
    }


UNFOLD = {
    "SITE_TITLE": "Mail Monitor",
    "SITE_HEADER": "Mail Monitor",
    "SITE_SUBHEADER": "Administration",
    "SITE_URL": reverse_lazy("submissions:list"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
    "SITE_ICON": lambda request: static("favicon.svg"),
    "STYLES": [lambda request: static("admin.css")],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "base": dict(zip(STEPS, BASE, strict=True)),
        "primary": dict(zip(STEPS, PRIMARY, strict=True)),
        "font": {
            "subtle-light": "var(--color-base-600)",
            "subtle-dark": "var(--color-base-400)",
            "default-light": "var(--color-base-700)",
            "default-dark": "var(--color-base-200)",
            "important-light": "var(--color-base-950)",
            "important-dark": "var(--color-base-50)",
        },
    },
    "SIDEBAR": {
        "navigation": [
            {
                "items": [
                    {
                        "title": "Back to the submissions",
                        "icon": "arrow_back",
                        "link": reverse_lazy("submissions:list"),
                        "active": False,
                    },
                ]
            },
            {
                "title": "Set up",
                "separator": True,
                "items": [
                    page("Mailboxes", "inbox", "submissions.mailbox"),
                    page("Sign-ins", "key", "mailmonitor.grant"),
                    page("Mail texts", "edit_note", "notifications.template"),
                    page("Look of the mails", "palette", "notifications.appearance"),
                    page("Languages", "translate", "notifications.languagerule"),
                    page("Outgoing servers", "outgoing_mail", "notifications.outgoingserver"),
                    page("Muted addresses", "notifications_off", "notifications.mute"),
                    page("Phishing tests", "phishing", "submissions.simulation"),
                    page("Whitelist", "playlist_add_check", "submissions.whitelistrule"),
                    page("Deny list", "block", "submissions.denyrule"),
                    page("Sandboxes", "science", "submissions.sandboxprofile"),
                ],
            },
            {
                "title": "Records",
                "separator": True,
                "items": [
                    page("Submissions", "mail", "submissions.submission"),
                    page("Artifacts", "draft", "submissions.artifact"),
                    page("Analyses", "biotech", "submissions.analysis"),
                    page("Mails sent", "send", "notifications.notification"),
                    page("Events", "history", "mailmonitor.event"),
                ],
            },
            {
                "title": "People",
                "separator": True,
                "items": [page("Users", "person", "auth.user"), page("Groups", "group", "auth.group")],
            },
        ]
    },
}

# Unfold's Alpine evaluates its attributes and styles elements in place; the analyst pages stay strict.
RELAXED = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
}


def relax_admin(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the Content-Security-Policy that django-unfold needs, under /admin/ alone."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith("/admin/") and not hasattr(response, "_csp_replace"):
            response._csp_replace = RELAXED  # type: ignore[attr-defined]
        return response

    return middleware
