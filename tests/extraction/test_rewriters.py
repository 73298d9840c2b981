"""Links taken back from those who rewrote them."""

import base64
import zlib

import pytest

from submissions.extraction.rewriters import LAYERS_AT_MOST, unwrap

ORIGINAL = "https://example.com/path?a=b&c=d"
QUOTED = "https%3A%2F%2Fexample.com%2Fpath%3Fa%3Db%26c%3Dd"
IN_BASE64 = base64.urlsafe_b64encode(ORIGINAL.encode()).decode().rstrip("=")
PACKED = base64.urlsafe_b64encode(zlib.compress(f'{{"h":"x","url":"{ORIGINAL}"}}'.encode())).decode().rstrip("=")
MANDRILL = base64.b64encode(
    b'{"s":"k","v":1,"p":"{\\"u\\":1,\\"url\\":\\"https:\\\\/\\\\/example.com\\\\/path?a=b&c=d\\"}"}'
).decode()

GATEWAYS = {
    "SafeLinks": f"https://nam02.safelinks.protection.outlook.com/?url={QUOTED}&data=05%7C01%7Ca%40b.example&reserved=0",
    "SafeLinks with entities": f"https://eur01.safelinks.protection.outlook.com/?url={QUOTED}&amp;data=04%7C01",
    "SafeLinks for applications": f"https://gbr01.safelinks.protection.outlook.com/ap/b-59584e83/?url={QUOTED}&data=05",
    "SafeLinks of the US government": f"https://usg02.safelinks.protection.office365.us/?url={QUOTED}&data=05",
    "SafeLinks of China": f"https://chn01.safelinks.protection.partner.outlook.cn/?url={QUOTED}&data=05",
    "SafeLinks of Teams": "https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html"
    f"?url={QUOTED}&locale=en-us&dest={QUOTED}&pc=x",
    "URLDefense 1": f"https://urldefense.proofpoint.com/v1/url?u={QUOTED}&k=oIvRg1%2BdGAgOoM1BIlLLqw%3D%3D%0A&r=x",
    "URLDefense 2": "https://urldefense.proofpoint.com/v2/url?u=https-3A__example.com_path-3Fa-3Db-26c-3Dd&d=DwMFAg&c=x&r=y",
    "URLDefense 3": "https://urldefense.com/v3/__https://example.com/path?a=b&c=d__;!!Eh6p8Q!AbC_x$",
    "URLDefense 3 with a lost slash": "https://urldefense.com/v3/__https:/example.com/path?a=b&c=d__;!!Eh6p8Q!AbC_x$",
    "URLDefense 3 with single characters": "https://urldefense.us/v3/__https://example.com/path*a=b*c=d__;PyY!!Eh6p8Q!x$",
    "URLDefense 3 with a run": "https://urldefense.com/v3/__https://example.com/path**Aa=b&c=d__;Pw!!Eh6p8Q!x$",
    "Barracuda": f"https://linkprotect.cudasvc.com/url?a={QUOTED}&c=E,1,abc,&typo=1",
    "Cisco": f"https://secure-web.cisco.com/1aBcD-eF_g/{QUOTED}",
    "FireEye": f"https://protect2.fireeye.com/v1/url?k=1f-2e&q=1&e=a-b&u={QUOTED}",
    "Trellix": f"https://us.protect.trellix.com/v1/url?k=1f-2e&q=1&u={QUOTED}",
    "Sophos": f"https://eu-central-1.protection.sophos.com/?d=example.com&u={IN_BASE64}&i=NWY&t=x&h=y&s=z",
    "Sophos in plain": f"https://eu-west-1.protection.sophos.com?d=example.com&u={QUOTED}&i=NWY",
    "Trend Micro": f"https://ca-1801-ctp.trendmicro.com/wis/clicktime/v1/query?url={QUOTED}&umid=1&auth=2",
    "Mimecast, packed": f"https://protect-us.mimecast.com/redirect/{PACKED}",
    "Symantec": f"https://clicktime.symantec.com/3AbC?u={QUOTED}",
    "Symantec for hosters": f"https://clicktime.cloud.postoffice.net/clicktime.php?U={QUOTED}&E=x",
    "Check Point": f"https://protect.checkpoint.com/v2/___{ORIGINAL}___.YXA6dTplOm86",
    "Check Point, routed": f"https://protect.checkpoint.com/v2/r02/___{ORIGINAL}___.YXA6dTplOm86",
    "Avanan": f"https://url.avanan.click/v2/___{ORIGINAL}___.YXA6dTplOm86",
    "Avanan, older": f"https://avanan.url-protection.com/v1/url?o={QUOTED}&g=x&s=y",
    "Trustwave": f"https://scanmail.trustwave.com/?c=1&d=x&s=5&u={QUOTED}",
    "EdgePilot": f"https://link.edgepilot.com/s/1a2b/3c4d?u={QUOTED}",
    "Zix": f"https://link.zixcentral.com/u/1a2b/3c4d?u={QUOTED}",
    "Libraesva": f"https://urlsand.esvalabs.com/?u={QUOTED}&e=1",
    "Menlo": f"https://safe.menlosecurity.com/{ORIGINAL}",
    "INKY": f"https://shared.outlook.inky.com/link?domain=example.com&t=h.{PACKED}".replace("h.", ""),
}

REDIRECTORS = {
    "Google": f"https://www.google.com/url?sa=t&rct=j&url={QUOTED}&usg=x",
    "Google with q": f"https://www.google.co.uk/url?q={QUOTED}&sa=D",
    "Google advertisement": f"https://www.googleadservices.com/pagead/aclk?sa=L&adurl={QUOTED}",
    "Google AMP": "https://www.google.com/amp/s/example.com/path?a=b&c=d",
    "AMP cache": "https://example-com.cdn.ampproject.org/c/s/example.com/path?a=b&c=d",
    "Google Translate": "https://example-com.translate.goog/path?a=b&c=d&_x_tr_sl=auto&_x_tr_tl=en",
    "Google Translate, older": f"https://translate.google.com/translate?sl=auto&u={QUOTED}",
    "Bing": f"https://www.bing.com/ck/a?!&&p=1f&ptn=3&hsh=3&u=a1{IN_BASE64}&ntb=1",
    "Facebook": f"https://l.facebook.com/l.php?u={QUOTED}&h=AT0",
    "Instagram": f"https://l.instagram.com/?u={QUOTED}&e=AT0",
    "LinkedIn": f"https://www.linkedin.com/redir/redirect?url={QUOTED}&urlhash=x",
    "YouTube": f"https://www.youtube.com/redirect?event=video&q={QUOTED}",
    "Slack": f"https://slack-redir.net/link?url={QUOTED}",
    "DuckDuckGo": f"https://duckduckgo.com/l/?uddg={QUOTED}&rut=x",
    "Yahoo": f"https://r.search.yahoo.com/_ylt=Awr/RV=2/RE=17/RO=10/RU={QUOTED}/RK=2/RS=x-",
    "Reddit": f"https://out.reddit.com/t3_abc?url={QUOTED}&token=x",
    "Steam": f"https://steamcommunity.com/linkfilter/?url={QUOTED}",
    "VK": f"https://vk.com/away.php?to={QUOTED}&cc_key=",
    "Web archive": f"https://web.archive.org/web/20240101000000/{ORIGINAL}",
    "href.li": f"https://href.li/?{ORIGINAL}",
}

TRACKERS = {
    "Amazon SES": f"https://abc12.r.us-east-1.awstrack.me/L0/{QUOTED}/1/0100018-abc-000000/x=310",
    "Postmark": "https://click.pstmrk.it/3s/example.com%2Fpath%3Fa%3Db%26c%3Dd/abc/def/x",
    "Mandrill": f"https://mandrillapp.com/track/click/3045/example.com?p={MANDRILL}",
    "Mailjet": f"https://abc.mjt.lu/lnk/AAAA/1/xyz/{IN_BASE64}",
    "customer.io": f"https://e.customeriomail.com/e/c/{PACKED}/abc",
}


@pytest.mark.parametrize("name", GATEWAYS)
def test_it_takes_a_link_back_from_a_gateway(name: str) -> None:
    unwrapped = unwrap(GATEWAYS[name])

    assert (unwrapped.url, unwrapped.seen_as, unwrapped.notes) == (ORIGINAL, (GATEWAYS[name],), ())


@pytest.mark.parametrize("name", REDIRECTORS)
def test_it_takes_a_link_back_from_a_redirector(name: str) -> None:
    unwrapped = unwrap(REDIRECTORS[name])

    assert (unwrapped.url, unwrapped.seen_as, unwrapped.notes) == (ORIGINAL, (REDIRECTORS[name],), ())


@pytest.mark.parametrize("name", TRACKERS)
def test_it_takes_a_link_back_from_a_tracker_and_says_so(name: str) -> None:
    unwrapped = unwrap(TRACKERS[name])

    assert (unwrapped.url, unwrapped.notes) == (ORIGINAL, ("tracker",))


@pytest.mark.parametrize(
    "url",
    [
        "https://protect-us.mimecast.com/s/AbCdEfGhIjK?domain=example.com",
        "https://url.us.m.mimecastprotect.com/s/AbCdEfG?domain=example.com",
        "https://us01.z.antigena.com/l/AbCdEf",
        "https://url.emailprotection.link/?bAbCdEf",
        "https://www.linkedin.com/slink?code=abc",
        "https://nam02.safelinks.protection.outlook.com/?url=&data=05",
        "https://www.bing.com/ck/a?!&u=a1%%%&ntb=1",
    ],
)
def test_a_link_that_hides_its_target_stays_and_is_marked(url: str) -> None:
    unwrapped = unwrap(url)

    assert (unwrapped.url, unwrapped.seen_as, unwrapped.notes) == (url, (), ("opaque-rewrite",))


@pytest.mark.parametrize(
    "url",
    ["https://u123.ct.sendgrid.net/ls/click?upn=u001.AbC", "https://x.us1.list-manage.com/track/click?u=1&id=2&e=3"],
)
def test_a_link_of_a_bulk_sender_is_marked_a_tracker(url: str) -> None:
    unwrapped = unwrap(url)

    assert (unwrapped.url, unwrapped.notes) == (url, ("tracker",))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/?url=https%3A%2F%2Fother.example%2F",
        "https://safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fother.example%2F",
        "https://urldefense.com.evil.example/v3/__https://other.example/__;!!x!y$",
        "https://evil-google.com/url?q=https%3A%2F%2Fother.example%2F",
        "https://www.google.com/search?q=https%3A%2F%2Fother.example%2F",
        "mailto:someone@example.com",
        "",
    ],
)
def test_a_link_of_anybody_else_is_left_alone(url: str) -> None:
    unwrapped = unwrap(url)

    assert (unwrapped.url, unwrapped.seen_as, unwrapped.notes) == (url, (), ())


def test_runs_of_characters_of_urldefense_3_come_back() -> None:
    unwrapped = unwrap("https://urldefense.com/v3/__https://example.com/a**Bb*c__;w6TDtsO8Lw!!Eh6p8Q!x$")

    assert unwrapped.url == "https://example.com/aäöüb/c"


def test_it_peels_layer_after_layer_and_keeps_each() -> None:
    inner = "https://urldefense.com/v3/__https://example.com/x__;!!a!b$"
    outer = "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Furldefense.com%2Fv3%2F__https%3A%2F%2Fexample.com%2Fx__%3B!!a!b%24&data=1"

    unwrapped = unwrap(outer)

    assert (unwrapped.url, unwrapped.seen_as) == ("https://example.com/x", (outer, inner))


def test_more_layers_than_anybody_needs_are_marked() -> None:
    url = "https://href.li/?" * (LAYERS_AT_MOST + 3) + "https://example.com/"

    unwrapped = unwrap(url)

    assert len(unwrapped.seen_as) == LAYERS_AT_MOST
    assert unwrapped.notes == ("rewritten-too-often",)


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "//", "not a link"])
def test_what_is_no_link_does_not_come_out_of_one(target: str) -> None:
    assert unwrap(f"https://www.google.com/url?q={target}").notes == ("opaque-rewrite",)
