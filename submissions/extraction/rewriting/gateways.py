"""Mail security products that send every click through themselves."""

import base64
import binascii
import re
from html import unescape
from itertools import islice
from urllib.parse import unquote

from submissions.extraction.rewriting.rule import (
    Rule,
    base64_parameter,
    base64_segment,
    parameter,
    parameters,
    path_match,
    whole_path,
)
from submissions.extraction.url_parts import Parts

RUN_LENGTHS = {
    letter: count
    for count, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", start=2)
}
URLDEFENSE_3 = re.compile(r"/v3/__(.+?)__;(.*?)!", re.DOTALL)
GAP = re.compile(r"\*(?:\*(.))?")
SINGLE_SLASH = re.compile(r"^([a-z][a-z0-9+.\-]*:/)(?=[^/])", re.IGNORECASE)


def urldefense_1(parts: Parts) -> str:
    return unescape(parameters(parts).get("u", ""))


def urldefense_2(parts: Parts) -> str:
    """`-` stands for `%` and `_` for `/`."""
    return unescape(unquote(parameters(parts).get("u", "").replace("-", "%").replace("_", "/")))


def urldefense_3(parts: Parts) -> str:
    """Each `*` is one character, each `**X` a run of them, taken in turn from the base64 behind `__;`."""
    fragment = "" if parts.fragment is None else "#" + parts.fragment
    found = URLDEFENSE_3.search(whole_path(parts) + fragment)
    if found is None:
        return ""
    characters = iter(_restored(found[2]))

    def fill(gap: re.Match[str]) -> str:
        count = RUN_LENGTHS.get(gap[1], 1) if gap[1] else 1
        return "".join(islice(characters, count)) or gap[0]

    return GAP.sub(fill, SINGLE_SLASH.sub(r"\1/", unquote(found[1])))


def _restored(tail: str) -> str:
    try:
        return base64.urlsafe_b64decode(tail.rstrip("=") + "=" * (-len(tail.rstrip("=")) % 4)).decode(
            "utf-8", "replace"
        )
    except (binascii.Error, ValueError):
        return ""


SAFELINKS = r"(?:.+\.)?safelinks\.protection\.(?:.+\.)?"
BETWEEN_UNDERSCORES = path_match(r"/v[0-9]/(?:r[0-9]+/)?_{2,3}([a-z]+:.+?)_{2,3}\.")

GATEWAYS = (
    Rule("outlook.com", parameter("url"), host=SAFELINKS + r"outlook\.com"),
    Rule("outlook.cn", parameter("url"), host=SAFELINKS + r"outlook\.cn"),
    Rule("outlook.de", parameter("url"), host=SAFELINKS + r"outlook\.de"),
    Rule("office365.us", parameter("url"), host=SAFELINKS + r"office365\.us"),
    Rule("office.net", parameter("url"), host=r"statics\.teams\.cdn\.office\.net", path=r".*safelinks"),
    Rule("microsoft.com", parameter("url"), host=r"statics\.teams\.microsoft\.com", path=r".*safelinks"),
    Rule("office.com", parameter("url"), path=r"/mail/(?:.*/)?safelink\.html"),
    Rule("proofpoint.com", urldefense_1, host=r"urldefense\.proofpoint\.com", path=r"/v1/url"),
    Rule("proofpoint.com", urldefense_2, host=r"urldefense\.proofpoint\.com", path=r"/v2/url"),
    Rule("proofpoint.com", urldefense_3, host=r"urldefense\.proofpoint\.com", path=r"/v3/"),
    Rule("urldefense.com", urldefense_1, path=r"/v1/url"),
    Rule("urldefense.com", urldefense_2, path=r"/v2/url"),
    Rule("urldefense.com", urldefense_3, path=r"/v3/"),
    Rule("urldefense.us", urldefense_2, path=r"/v2/url"),
    Rule("urldefense.us", urldefense_3, path=r"/v3/"),
    Rule("cudasvc.com", parameter("a"), host=r"linkprotect\.cudasvc\.com"),
    Rule("cisco.com", path_match(r"/((?:https?|ftp)(?::|%3a).+)$"), host=r"secure-web\.cisco\.com"),
    Rule("fireeye.com", parameter("u"), path=r"/(?:v[0-9]+/)?url"),
    Rule("trellix.com", parameter("u"), path=r"/(?:v[0-9]+/)?url"),
    Rule("sophos.com", base64_parameter("u"), host=r"(?:.+\.)?protection\.sophos\.com"),
    Rule("trendmicro.com", parameter("url"), host=r".+-ctp\.trendmicro\.com|ctp\.trendmicro\.com"),
    Rule("trendmicro.com", parameter("url"), path=r"/wis/clicktime/"),
    Rule("mimecast.com", base64_segment, host=r"(?:.*protect|url).*\.mimecast\.com", path=r"/(?:s|r|redirect)/"),
    Rule("mimecastprotect.com", base64_segment),
    Rule("symantec.com", parameter("u"), host=r"clicktime\.symantec\.com"),
    Rule("postoffice.net", parameter("u", "url"), host=r"clicktime\.cloud\.postoffice\.net"),
    Rule("checkpoint.com", BETWEEN_UNDERSCORES, host=r"protect\.checkpoint\.com"),
    Rule("avanan.click", BETWEEN_UNDERSCORES),
    Rule("url-protection.com", parameter("o"), host=r"avanan\.url-protection\.com"),
    Rule("trustwave.com", parameter("u"), host=r"scanmail\.trustwave\.com"),
    Rule("edgepilot.com", parameter("u"), host=r"link\.edgepilot\.com"),
    Rule("zixcentral.com", parameter("u"), host=r"link\.zixcentral\.com"),
    Rule("esvalabs.com", parameter("u"), host=r"urlsand\.esvalabs\.com"),
    Rule("urlsand.com", parameter("u")),
    Rule("zscaler.com", parameter("url"), host=r".*isolation.*\.zscaler\.com"),
    Rule("menlosecurity.com", path_match(r"^/+((?:https?)(?::|%3a)/+.+)$"), host=r"safe\.menlosecurity\.com"),
    Rule("linkscan.io", base64_segment, path=r"/scan/"),
    Rule("inky.com", base64_segment, path=r"/link"),
    Rule("emailprotection.link"),
    Rule("antigena.com", path=r"/l/"),
    Rule("mailanyone.net"),
    Rule("hornetsecurity.com", parameter("url"), host=r"(?:.*\.)?atpscan.*\.hornetsecurity\.com"),
)
