"""Where anybody can publish, hide a target or expose a computer, and words that phishing links use."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FREE_HOSTING = _words(
    "000webhostapp.com weebly.com weeblysite.com wixsite.com wix.com blogspot.com wordpress.com webflow.io netlify.app"
    " vercel.app github.io gitlab.io pages.dev workers.dev r2.dev web.app firebaseapp.com herokuapp.com onrender.com"
    " glitch.me repl.co replit.app surge.sh fly.dev myportfolio.com godaddysites.com square.site jimdosite.com"
    " jimdofree.com strikingly.com mystrikingly.com ukit.me tilda.ws carrd.co notion.site framer.app framer.website"
    " bubbleapps.io azurewebsites.net azurestaticapps.net blob.core.windows.net web.core.windows.net"
    " storage.googleapis.com appspot.com amplifyapp.com s3.amazonaws.com 16mb.com hostingerapp.com byethost.com"
    " infinityfreeapp.com epizy.com rf.gd duckduckdns.org yolasite.com site123.me webador.com canva.site gitbook.io"
    " typedream.app zapier.app softr.app backblazeb2.com digitaloceanspaces.com ondigitalocean.app cprapid.com"
    " plesk.page translate.goog on.fleek.co 4everland.app lovable.app"
)
FORMS = _words("forms.gle docs.google.com/forms forms.office.com jotform.com typeform.com formstack.com wufoo.com")
TUNNELS = _words(
    "ngrok.io ngrok.app ngrok-free.app ngrok.dev trycloudflare.com loca.lt serveo.net localhost.run duckdns.org"
    " no-ip.org no-ip.biz ddns.net hopto.org zapto.org sytes.net servebeer.com myftp.org redirectme.net dynu.net"
    " freeddns.org dyndns.org dynv6.net afraid.org mooo.com portmap.io playit.gg pagekite.me devtunnels.ms"
    " tunnelmole.net bore.pub"
)
IPFS = _words("ipfs.io dweb.link cf-ipfs.com gateway.pinata.cloud nftstorage.link w3s.link infura-ipfs.io fleek.co")
RARE_ENDINGS = _words(
    "tk ml ga cf gq top xyz icu cyou buzz monster sbs rest click cam work surf bar zip mov quest lol cfd bond hair"
    " skin makeup beauty autos boats motorcycles yachts shop live lat su kim gdn loan men win bid download stream"
    " racing review date faith accountant science party trade webcam country cricket"
)
CREDENTIAL_WORDS = _words(
    "login logon signin sign-in log-in verify verification validate account accounts password passwd webmail secure"
    " security update-account unlock suspended confirm authenticate auth credential credentials wallet billing owa"
    " recover reactivate 2fa mfa onlinebanking ebanking identity microsoftonline office365 outlook365 webaccess"
)
KIT_PATHS = (
    r"/wp-(?:includes|content/(?:plugins|uploads|themes))/[^?#]*\.(?:php|html?)\b",
    r"/\.well-known/(?!acme-challenge|apple-app|assetlinks|security\.txt|openid|change-password)[^?#]*\.(?:php|html?)\b",
    r"/cgi-sys/|/~\w+/[^?#]*(?:login|verify|secure|account)",
    r"/(?:office365|o365|owa|dhl|docusign|paypal|netflix|chase|wellsfargo|onedrive|adobe)/[^?#]*\.(?:php|html?)\b",
)
# Handlers that start programs with what the link gives them.
DANGEROUS_HANDLERS = _words(
    "ms-msdt search-ms search ms-officecmd ms-appinstaller ms-cxh ms-cxh-full ms-excel ms-word ms-powerpoint ms-access"
    " ms-project ms-publisher ms-visio vnd.ms.radio ms-search shell hcp mk vbscript javascript ms-its its res jar"
    " ms-settings ms-windows-store ms-gamingoverlay ms-quick-assist rdp file"
)
FREE_MAIL = _words(
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com msn.com yahoo.com yahoo.co.uk yahoo.de"
    " ymail.com aol.com gmx.de gmx.net gmx.com gmx.ch gmx.at web.de mail.com mail.ru yandex.ru yandex.com bk.ru list.ru"
    " inbox.ru proton.me protonmail.com pm.me tutanota.com tuta.io icloud.com me.com zoho.com qq.com 163.com 126.com"
    " fastmail.com hushmail.com laposte.net orange.fr libero.it seznam.cz wp.pl o2.pl rediffmail.com consultant.com"
)
