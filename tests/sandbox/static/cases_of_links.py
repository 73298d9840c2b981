"""For each rule on links: a link that it fits, and one that is close but that it does not fit."""

from submissions.sandbox.base import Sample
from tests.sandbox.static.samples import link

Case = tuple[Sample, Sample]

ORDINARY = link("https://www.example.org/news/2026/report.html?id=4")

CASES: dict[str, Case] = {
    "link-ip-host": (link("http://198.51.100.7/a"), link("http://a198.example.org/51.100.7")),
    "link-disguised-ip": (link("http://0x7f.1/a", "disguised-ip"), link("http://198.51.100.7/a")),
    "link-user-name": (link("https://www.paypal.com@evil.example/"), link("https://www.example.org/@user")),
    "link-look-alike": (link("https://paypa1.com/"), link("https://www.paypal.com/")),
    "link-own-look-alike": (link("https://c0rp-intranet.example/"), link("https://intranet.corp-intranet.example/")),
    "link-brand-elsewhere": (link("https://paypal.support.example.net/"), link("https://anna-lang.github.io/slides/")),
    "link-host-in-host": (link("https://bank.com.evil.example/"), link("https://com.example.org/")),
    "link-mixed-script": (link("https://аpple-shop.example/"), link("https://apple-shop.example/")),
    "link-punycode": (link("https://xn--mller-kva.example/"), link("https://mueller.example/")),
    "link-encoded-host": (link("https://%65vil.example/"), link("https://www.example.org/%65vil")),
    "link-odd-port": (link("http://www.example.org:4444/"), link("https://www.example.org:8443/")),
    "link-free-hosting": (link("https://abc.weebly.com/"), link("https://notweebly.example.com/")),
    "link-tunnel": (link("https://1a2b.ngrok-free.app/"), link("https://ngrok.example.org/")),
    "link-ipfs": (link("https://ipfs.io/ipfs/Qm1"), link("https://www.example.org/ipfs/Qm1")),
    "link-shortener": (link("https://bit.ly/3abc"), link("https://rabbit.ly/3abc")),
    "link-text-differs": (link("https://evil.example/", "text-mismatch"), ORDINARY),
    "link-redirects": (link("https://www.example.org/r?u=https%3A%2F%2Fevil.example%2F"), ORDINARY),
    "link-double-slash": (link("https://www.example.org/a//b"), ORDINARY),
    "link-credential-words": (link("https://www.example.org/login/verify"), link("https://www.example.org/logistics")),
    "link-deep-host": (link("https://a.b.c.d.e.f.example.org/"), link("https://a.b.example.org/")),
    "link-program": (link("https://www.example.org/invoice.exe"), link("https://www.example.org/invoice.pdf")),
    "link-file-share": (link("file://198.51.100.7/share/a"), link("https://198.51.100.7/share/a")),
    "link-starts-program": (link("search-ms:query=a&crumb=location:\\\\x"), link("webcal://example.org/a.ics")),
    "link-app": (link("webcal://example.org/a.ics"), link("mailto:info@example.org")),
    "link-names-reader": (link("https://www.example.org/?to=anna@corp.example"), ORDINARY),
    "link-address-in-fragment": (
        link("https://www.example.org/#anna@corp.example"),
        link("https://www.example.org/#top"),
    ),
    "link-rare-ending": (link("https://parcel.top/"), link("https://top.parcel.org/")),
    "link-random-host": (link("https://x7k2m9q4zt1v8w.com/"), link("https://international-news.com/")),
    "link-many-hyphens": (link("https://your-parcel-is-waiting.com/"), link("https://my-parcel.com/")),
    "link-smuggles-file": (link("data:text/html;base64,PGh0bWw+"), ORDINARY),
    "link-kit-path": (
        link("https://www.example.org/wp-content/plugins/x/index.php"),
        link("https://www.example.org/wp-content/uploads/2026/photo.jpg"),
    ),
}
ALSO: tuple[tuple[str, Sample], ...] = (
    ("link-look-alike", link("https://micrsoft.com/")),
    ("link-look-alike", link("https://www.netfl1x.com/")),
    ("link-file-share", link("\\\\198.51.100.7\\share\\a")),
    ("link-program", link("https://www.example.org/update.hta?x=1")),
    ("link-address-in-fragment", link("https://www.example.org/#YW5uYUBjb3JwLmV4YW1wbGU=")),
    ("link-free-hosting", link("https://storage.googleapis.com/bucket/index.html")),
)
