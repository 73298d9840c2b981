"""The addresses of the analyst pages, each with the right that it needs."""

from collections.abc import Callable

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from submissions import roles
from submissions.views import (
    artifacts,
    bulk,
    campaigns,
    dashboard,
    decisions,
    detail,
    evidence,
    listing,
    mailboxes,
    manual,
    outbox,
    preview,
    reports,
    sample,
    saved,
    status,
    unlocking,
    whitelist,
)

app_name = "submissions"
View = Callable[..., HttpResponseBase]
READ = roles.READ[0]


def page(address: str, view: View, right: str, name: str) -> URLPattern:
    """A page for those who hold the right; others are told 403."""
    guarded: View = permission_required(right, raise_exception=True)(view)
    return path(address, guarded, name=name)


urlpatterns = [
    page("submissions/", listing.submissions, READ, "list"),
    page("submissions/live/", listing.live, READ, "live"),
    page("submissions/arrivals/", listing.arrivals, READ, "arrivals"),
    page("submissions/sample/", sample.send, READ, "sample"),
    page("submissions/bulk/", bulk.bulk, roles.DECIDE, "bulk"),
    page("submissions/bulk/<int:pk>/", bulk.progress, roles.DECIDE, "bulk-progress"),
    page("submissions/export/csv/", bulk.export_csv, roles.EXPORT, "export-csv"),
    page("submissions/export/json/", bulk.export_json, roles.EXPORT, "export-json"),
    page("submissions/export/misp/", bulk.export_misp, roles.EXPORT, "export-misp"),
    page("submissions/export/stix/", bulk.export_stix, roles.EXPORT, "export-stix"),
    page("submissions/views/", saved.views, READ, "save-view"),
    page("submissions/views/<int:pk>/subscribe/", saved.subscribe, READ, "subscribe-view"),
    page("submissions/views/<int:pk>/forget/", saved.forget, READ, "forget-view"),
    page("submissions/views/<int:pk>/open/", saved.open_with, READ, "open-view"),
    page("submissions/<int:pk>/", detail.submission, READ, "detail"),
    page("submissions/<int:pk>/live/", detail.live, READ, "detail-live"),
    page("submissions/<int:pk>/indicators/<str:form>/", detail.blocklist, READ, "indicators"),
    page("submissions/<int:pk>/decide/", decisions.decide, roles.DECIDE, "decide"),
    page("submissions/<int:pk>/override/", decisions.override, roles.DECIDE, "override"),
    page("submissions/<int:pk>/unlock/", unlocking.unlock, roles.DECIDE, "unlock"),
    page("submissions/<int:pk>/original/", decisions.original, roles.DOWNLOAD, "original"),
    page("submissions/<int:pk>/mail/", preview.mail, READ, "mail"),
    page("submissions/<int:pk>/mail/frame/", preview.frame, READ, "mail-frame"),
    page("campaigns/", campaigns.campaigns, READ, "campaigns"),
    page("campaigns/<int:pk>/", campaigns.campaign, READ, "campaign"),
    page("campaigns/<int:pk>/live/", campaigns.live, READ, "campaign-live"),
    page("campaigns/<int:pk>/decide/", campaigns.decide, roles.DECIDE, "campaign-decide"),
    page("campaigns/<int:pk>/keys/<int:key>/", campaigns.set_apart, roles.DECIDE, "campaign-key"),
    page("dashboard/", dashboard.show, READ, "dashboard"),
    page("dashboard/export/<str:name>/", dashboard.export, roles.EXPORT, "dashboard-export"),
    page("dashboard/picture/<str:name>/", dashboard.picture, roles.EXPORT, "dashboard-picture"),
    page("reports/<int:pk>/evidence/", evidence.fetch, READ, "evidence"),
    page("reports/<int:pk>/indicators/", evidence.blocklist, READ, "evidence-indicators"),
    page("reports/<int:pk>/screenshots/<int:number>/", evidence.screenshot, READ, "screenshot"),
    page("reports/<int:pk>/<str:name>/", reports.report, READ, "report"),
    page("artifacts/<str:digest>/", artifacts.artifact, READ, "artifact"),
    page("artifacts/<str:digest>/again/", artifacts.again, roles.DECIDE, "artifact-again"),
    page("artifacts/<str:digest>/decide/", artifacts.decide, roles.DECIDE, "artifact-decide"),
    page("mailboxes/", mailboxes.mailboxes, roles.SET_UP, "mailboxes"),
    page("mailboxes/new/", mailboxes.new, roles.SET_UP, "mailbox-new"),
    page("mailboxes/<int:pk>/", mailboxes.mailbox, roles.SET_UP, "mailbox"),
    page("mailboxes/<int:pk>/live/", mailboxes.live, roles.SET_UP, "mailbox-live"),
    page("status/", status.status, roles.STATUS, "status"),
    page("api/v1/status", status.api, roles.STATUS, "api-status"),
    page("manual/", manual.manual, roles.STATUS, "manual"),
    page("whitelist/", whitelist.tester, READ, "whitelist"),
    page("whitelist/export/", whitelist.export, READ, "whitelist-export"),
    page("whitelist/import/", whitelist.bring_in, roles.RULES, "whitelist-import"),
    page("outbox/", outbox.outbox, READ, "outbox"),
    page("outbox/<str:name>/", outbox.mail, READ, "outbox-mail"),
    page("outbox/<str:name>/html/", outbox.html, READ, "outbox-html"),
]
