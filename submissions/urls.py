"""The addresses of the analyst pages."""

from django.urls import path

from submissions.views import artifacts, detail, listing, outbox, preview, sample, whitelist

app_name = "submissions"
urlpatterns = [
    path("submissions/", listing.submissions, name="list"),
    path("submissions/live/", listing.live, name="live"),
    path("submissions/arrivals/", listing.arrivals, name="arrivals"),
    path("submissions/sample/", sample.send, name="sample"),
    path("submissions/<int:pk>/", detail.submission, name="detail"),
    path("submissions/<int:pk>/live/", detail.live, name="detail-live"),
    path("submissions/<int:pk>/mail/", preview.mail, name="mail"),
    path("submissions/<int:pk>/mail/frame/", preview.frame, name="mail-frame"),
    path("artifacts/<str:digest>/", artifacts.artifact, name="artifact"),
    path("whitelist/", whitelist.tester, name="whitelist"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<str:name>/", outbox.mail, name="outbox-mail"),
    path("outbox/<str:name>/html/", outbox.html, name="outbox-html"),
]
