"""Senders of bulk mail that count clicks. Few put the target in the link; the others are noted as trackers."""

from urllib.parse import unquote

from submissions.extraction.rewriting.rule import Decoder, Rule, base64_segment, parameter, path_match
from submissions.extraction.url_parts import Parts


def postmark(parts: Parts) -> str:
    """`click.pstmrk.it/3s/www.example.com%2Fpath/token`: the target without its scheme."""
    segments = parts.path.split("/")
    return "https://" + unquote(segments[2]) if len(segments) > 3 and "." in segments[2] else ""


def _tracker(domain: str, decode: Decoder | None = None, *, host: str = "", path: str = "") -> Rule:
    return Rule(domain, decode, host=host, path=path, opaque="tracker")


TRACKERS = (
    _tracker("awstrack.me", path_match(r"/L0/((?:https?)(?::|%3a).+?)/[0-9]+/")),
    _tracker("pstmrk.it", postmark),
    _tracker("mandrillapp.com", base64_segment, path=r"/track/click"),
    _tracker("customeriomail.com", base64_segment),
    _tracker("mjt.lu", base64_segment, path=r"/lnk/"),
    _tracker("mailgun.org", base64_segment, path=r"/c/"),
    _tracker("sendgrid.net", parameter("url"), path=r"/(?:ls|wf)/click|/uni/|/ss/"),
    _tracker("emltrk.com", parameter("d")),
    _tracker("list-manage.com", parameter("url"), path=r"/track/click"),
    _tracker("mailchi.mp"),
    _tracker("rs6.net", path=r"/tn\.jsp"),
    _tracker("constantcontact.com", path=r"/.*(?:tn\.jsp|click)"),
    _tracker("hubspotlinks.com"),
    _tracker("hubspotlinksfree.com"),
    _tracker("hubspotemail.net"),
    _tracker("hs-sales-engage.com"),
    _tracker("klclick.com"),
    _tracker("klclick1.com"),
    _tracker("klclick2.com"),
    _tracker("klclick3.com"),
    _tracker("klaviyomail.com"),
    _tracker("sparkpostmail.com"),
    _tracker("sparkpostmail1.com"),
    _tracker("sparkpostmail2.com"),
    _tracker("exacttarget.com"),
    _tracker("exct.net"),
    _tracker("cmail19.com"),
    _tracker("cmail20.com"),
    _tracker("createsend1.com"),
    _tracker("createsend.com", path=r"/t/"),
    _tracker("activehosted.com"),
    _tracker("acemlna.com"),
    _tracker("acemlnb.com"),
    _tracker("acemlnc.com"),
    _tracker("getresponse.com", path=r"/click"),
    _tracker("sendibm1.com"),
    _tracker("sendibm2.com"),
    _tracker("sendibm3.com"),
    _tracker("sendinblue.com", path=r"/mk/"),
    _tracker("mailerlite.com", path=r"/link/"),
    _tracker("mlsend.com"),
    _tracker("convertkit-mail.com"),
    _tracker("convertkit-mail2.com"),
    _tracker("iterable.com", host=r"links\..+"),
    _tracker("braze.com", path=r"/ls/click"),
    _tracker("mktoweb.com"),
    _tracker("pardot.com"),
    _tracker("eloqua.com"),
    _tracker("mixmax.com", host=r"track\.mixmax\.com"),
    _tracker("yesware.com", host=r"t\.yesware\.com"),
    _tracker("substack.com", path=r"/redirect/"),
    _tracker("beehiiv.com", host=r"link\..+"),
)
