"""Sites that lead their visitors out through themselves: search engines, social networks, caches, translators."""

import re

from submissions.extraction.hosts import canonical
from submissions.extraction.rewriting.rule import Rule, base64_parameter, parameter, path_match, whole_path
from submissions.extraction.url_parts import Parts

TRANSLATED_LABEL = re.compile(r"--|-")
TRANSLATION_PARAMETER = re.compile(r"(?:^|&)_x_tr_[a-z]+=[^&]*")
AMP = r"/(s/)?([^/?]+\.[^/?]+(?:[/?].*)?)$"


def translated(parts: Parts) -> str:
    """`www-example-com.translate.goog/x?_x_tr_sl=de`: `-` is a dot, `--` a hyphen."""
    name = canonical(parts.host).removesuffix(".translate.goog")
    host = TRANSLATED_LABEL.sub(lambda found: "-" if found[0] == "--" else ".", name)
    query = TRANSLATION_PARAMETER.sub("", parts.query or "").lstrip("&")
    return f"https://{host}{parts.path}{'?' if query else ''}{query}"


def amp(parts: Parts) -> str:
    """`/amp/s/example.com/x` of Google and `/c/s/example.com/x` of its cache; `s/` stands for https."""
    found = re.match(r"/(?:amp|[civr]|wp|bp|mbv|ad|u)" + AMP, whole_path(parts), re.DOTALL)
    return f"http{'s' if found[1] else ''}://{found[2]}" if found else ""


def whole_query(parts: Parts) -> str:
    """`href.li/?https://example.com/?a=b`"""
    return parts.query or ""


REDIRECTORS = (
    Rule("google.*", parameter("q", "url"), path=r"/(?:url|interstitial|local_url)$"),
    Rule("google.*", parameter("adurl", "url"), path=r"/(?:aclk|pagead/aclk)$"),
    Rule("google.*", parameter("imgrefurl", "imgurl"), path=r"/imgres$"),
    Rule("google.*", parameter("u"), host=r"translate\.google\..+", path=r"/translate"),
    Rule("google.*", parameter("pcurl"), path=r"/travel/clk"),
    Rule("google.*", amp, path=r"/amp/"),
    Rule("googleadservices.com", parameter("adurl"), path=r"/pagead/aclk"),
    Rule("doubleclick.net", parameter("adurl", "url"), opaque="tracker"),
    Rule("googleweblight.com", parameter("u", "lite_url")),
    Rule("googleusercontent.com", path_match(r"[?&]q=cache:[^:]*:([^&+]+)"), host=r"webcache\.googleusercontent\.com"),
    Rule("ampproject.org", amp, host=r"(?:.+\.)?cdn\.ampproject\.org"),
    Rule("translate.goog", translated),
    Rule("bing.com", base64_parameter("u", prefix="a1"), path=r"/(?:ck/a|aclick|aclk)$"),
    Rule("bing.com", parameter("url"), path=r"/alink/link"),
    Rule("facebook.com", parameter("u"), path=r"/(?:l\.php|flx/warn)"),
    Rule("instagram.com", parameter("u"), host=r"l\.instagram\.com"),
    Rule("messenger.com", parameter("u"), path=r"/l\.php"),
    Rule("threads.net", parameter("u"), host=r"l\.threads\.net"),
    Rule("threads.com", parameter("u"), host=r"l\.threads\.com"),
    Rule("wl.co", parameter("u"), host=r"l\.wl\.co"),
    Rule("linkedin.com", parameter("url"), path=r"/(?:redir/redirect|redirect|safety/go|redir/general-malware-page)"),
    Rule("linkedin.com", path=r"/slink"),
    Rule("lnkd.in"),
    Rule("youtube.com", parameter("q"), path=r"/redirect$"),
    Rule("slack-redir.net", parameter("url")),
    Rule("duckduckgo.com", parameter("uddg"), path=r"/l/"),
    Rule("yahoo.*", path_match(r"/RU=(.+?)/R[KSVEO]="), host=r"(?:.+\.)?search\.yahoo\..+"),
    Rule("yandex.*", parameter("url", "u"), path=r"/(?:redir|clck/jsredir|safety)"),
    Rule("baidu.com", path=r"/link$"),
    Rule("ecosia.org", parameter("url"), path=r"/(?:redirect|link)"),
    Rule("reddit.com", parameter("url"), host=r"out\.reddit\.com"),
    Rule("steamcommunity.com", parameter("url", "u"), path=r"/linkfilter"),
    Rule("vk.com", parameter("to"), path=r"/away(?:\.php)?"),
    Rule("ok.ru", parameter("st.link"), path=r"/dk"),
    Rule("umblr.com", parameter("z"), host=r"t\.umblr\.com"),
    Rule("tumblr.com", parameter("z"), path=r"/redirect"),
    Rule("disq.us", path_match(r"[?&]url=((?:https?)(?::|%3a).+?)(?:(?::|%3a)[A-Za-z0-9_-]{10,}|&|$)"), path=r"/url"),
    Rule("medium.com", parameter("url"), path=r"/r/"),
    Rule("exit.sc", parameter("url")),
    Rule("gate.sc", parameter("url")),
    Rule("pinterest.*", parameter("url"), path=r"/offsite"),
    Rule("twitter.com", parameter("url"), path=r"/i/redirect"),
    Rule("x.com", parameter("url"), path=r"/i/redirect"),
    Rule("zhihu.com", parameter("target"), host=r"link\.zhihu\.com"),
    Rule("csdn.net", parameter("target"), host=r"link\.csdn\.net"),
    Rule("qq.com", parameter("pfurl", "url"), path=r"/middlem?\.html|/cgi-bin/readtemplate"),
    Rule("trello.com", parameter("url"), path=r"/redirect"),
    Rule("archive.org", path_match(r"^/web/[0-9a-z_*]+/(.+)$"), host=r"web\.archive\.org", path=r"/web/"),
    Rule("href.li", whole_query),
    Rule("anonym.to", whole_query),
    Rule("nullrefer.com", whole_query),
    Rule("dereferer.me", whole_query),
    Rule("via.hypothes.is", path_match(r"^/(https?:.+)$")),
)
