"""One module as one page: its sections, its questions, and what the script needs of both."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from lxml.html import HtmlElement

from lms.interchange.packages.markup import Setting, Shelf, add, element, page_source
from lms.interchange.packages.question import QuestionMaker
from lms.interchange.packages.source import Block, PackagedItem, PackagedModule, PackagedSection
from lms.interchange.packages.words import PackageWords
from lms.publishing.links import section_reference

SCRIPTS = ("grading.js", "questions.js", "player.js")
STYLE = "player.css"
_STAYS = frozenset({"kind", "points", "must", "pool", "shuffle", "partial", "graded", "min_words"})


@dataclass(frozen=True, slots=True)
class ModulePage:
    """A module's page, and how many of its links became plain text."""

    source: bytes
    cut_links: int


def module_page(
    module: PackagedModule, words: PackageWords, shelf: Shelf, reporter: str
) -> ModulePage:
    """Make the page of a module; `reporter` is the script that speaks to the learning system."""
    setting = Setting(shelf, _places(module))
    maker = _Maker(module, words, setting, QuestionMaker(setting, words))
    body = element(
        "body",
        element("header", element("p", words.module.format(number=module.number))),
        maker.main(),
        _footer(words),
        maker.data(),
    )  # fmt: skip
    head = page_head(words.title.format(number=module.number), "../player/")
    for name in (reporter, *SCRIPTS):
        head.append(element("script", src=f"../player/{name}", defer=True))
    page = element("html", head, body, lang=module.language)
    return ModulePage(page_source(page), setting.cut_links)


def _footer(words: PackageWords) -> HtmlElement:
    """Give what stands under every page: help first; each opens beside the module."""
    links = [("../help.html", words.help)] if words.help_lines else []
    links.append(("../notice.html", words.about))
    made = (
        element("p", element("a", text, href=url, target="_blank", rel="noopener"))
        for url, text in links
    )
    return element("footer", *made)


def help_page(words: PackageWords, language: str) -> bytes:
    """Give the page of help lines, each number one tap away."""
    entries = [
        element(
            "li",
            element("h2", one.name, lang=one.lang or False),
            element("p", element("a", one.phone, href=f"tel:{one.tel}")),
            element("p", f"{one.hours}. {one.note}"),
        )
        for one in words.help_lines
    ]
    checked = element("p", words.help_checked, class_="hint")
    main = element("main", element("h1", words.help), element("ul", *entries), checked)
    page = element("html", page_head(words.help, "player/"), element("body", main), lang=language)
    return page_source(page)


def page_head(title: str, player: str) -> HtmlElement:
    """Give the head of a page of the package; titles say nothing of what it is about."""
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("link", rel="stylesheet", href=f"{player}{STYLE}"),
    )


def _places(module: PackagedModule) -> dict[str, str]:
    """Map each address that leads to a page of this module to the anchor of that page."""
    here = f"/{module.language}/to/"
    places = {f"{here}{section_reference(module.id)}": "page-0"}
    for section in module.sections:
        places[f"{here}{section_reference(module.id, section.id)}"] = f"page-{section.position}"
    return places


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the parts of one module's page."""

    module: PackagedModule
    words: PackageWords
    setting: Setting
    questions: QuestionMaker

    def main(self) -> HtmlElement:
        module, words = self.module, self.words
        notices = element("p", class_="note", role="status", id="message", hidden=True)
        bar = element(
            "nav",
            _button(words.previous, "previous"),
            _button(words.following, "following", "primary"),
            _button(words.leave, "leave"),
            aria_label=words.pages,
            id="bar",
            hidden=True,
        )
        pages = [self._page(section) for section in module.sections]
        script = element("noscript", element("p", words.no_script, class_="note"))
        return element("main", notices, script, self._start(), *pages, self._quiz(), bar)

    def _start(self) -> HtmlElement:
        head, words = self.module.head, self.words
        links = [
            element("li", element("a", section.title, href=f"#page-{section.position}"))
            for section in self.module.sections
        ]
        last = f"#page-{len(links) + 1}"
        links.append(element("li", element("a", words.questions, href=last)))
        goals = [element("li", text) for text in head["objectives"]]
        return element(
            "section",
            _title(str(head["title"])),
            element("p", str(head["warning"]), class_="note") if head["warning"] else None,
            element("h2", words.objectives) if goals else None,
            element("ul", *goals) if goals else None,
            element("p", words.minutes.format(minutes=head["minutes"]), class_="hint"),
            element("h2", words.pages),
            element("ol", *links),
            id="page-0",
            data_page=0,
        )

    def _page(self, section: PackagedSection) -> HtmlElement:
        number, total = section.position, len(self.module.sections)
        made = element(
            "section",
            element("p", self.words.page.format(number=number, total=total), class_="hint"),
            _title(section.title),
            id=f"page-{number}",
            data_page=number,
        )
        place = 0
        for order, block in enumerate(section.blocks):
            prefix = f"s{number}-{order}-" if block["kind"] == "practice" else f"s{number}-"
            if block["kind"] == "practice":
                place += 1
                made.append(self._practice(str(block["item"]), f"t{number}-{place}", place))
            else:
                add(made, *self._block(block, prefix))
        return made

    def _block(self, block: Block, prefix: str) -> list[HtmlElement]:
        match block["kind"]:
            case "testimony":
                return [self._testimony(block, prefix)]
            case "film" | "sound":
                return self._film(block, prefix)
            case _:
                made = self.setting.put(str(block["html"]), prefix)
                made.set("class", "prose")
                return [made]

    def _testimony(self, block: Block, prefix: str) -> HtmlElement:
        label = self.words.labels.get(str(block["label"]), "")
        if block["label"] == "withdrawn":
            return element("p", label, class_="note")
        parts = block.get("parts") or [{"kind": "html", "html": block["html"]}]
        inner = [one for part in parts for one in self._block(part, prefix)]
        warning = str(block.get("warning") or "")
        return element(
            "section",
            element("p", label, class_="hint") if label else None,
            element("p", warning, class_="note") if warning else None,
            *inner,
            element("p", label, class_="hint") if label else None,
            class_="testimony",
            aria_label=self.words.account,
        )

    def _film(self, block: Block, prefix: str) -> list[HtmlElement]:
        """Give a film with its captions, then the same in words; it never starts by itself."""
        words, caption = self.words, str(block["caption"])
        # Both are asked for: nothing is taken of a film whose captions must stay behind.
        film, captions = (self.setting.shelf.take(str(block[k])) for k in ("url", "captions"))
        summary = words.read_film if block["kind"] == "film" else words.read_sound
        transcript = element(
            "details",
            element("summary", summary),
            self.setting.put(str(block["transcript"]), prefix),
        )
        if not film or not captions:
            transcript.set("open", "")
            return [element("p", caption), transcript]
        track = element("track", kind="captions", src=captions, srclang=self.module.language,
                        label=words.captions, default=True)  # fmt: skip
        size = format_decimal(block["megabytes"], locale=f"{self.module.language}_CA")
        hint = element("span", f" ({words.size.format(size=size)})", class_="hint")
        # A sound too: an audio element would not show its captions.
        video = element("video", track, src=film, controls=True, preload="none",
                        playsinline=True, aria_label=caption)  # fmt: skip
        return [element("figure", video, element("figcaption", caption, hint)), transcript]

    def _practice(self, item_id: str, name: str, place: int) -> HtmlElement:
        heading = element("h2", self.words.practice.format(place=place))
        question = self.questions.question(self.module.practice[item_id], name, heading)
        question.insert(1, element("p", self.words.practice_hint, class_="hint"))
        button = _button(self.words.see, "see")
        question.insert(len(question) - 1, element("p", button))
        question.set("data-practice", item_id)
        return question

    def _quiz(self) -> HtmlElement:
        words, number = self.words, len(self.module.sections) + 1
        asked = []
        for place, item in enumerate(self.module.items):
            heading = element("h2", class_="place")
            asked.append(self.questions.question(item, f"q{place}", heading))
        locked = element("p", words.locked, class_="note", id="locked", hidden=True)
        verdict = element("div", id="verdict", role="status", tabindex="-1", hidden=True)
        missing = element("div", id="missing", role="alert", tabindex="-1", hidden=True)
        form = element(
            "form",
            element("div", *asked, id="questions"),
            element("p", _button(words.hand_in, "hand-in", "primary"),
                    _button(words.try_again, "try-again", "primary")),
            id="quiz",
            novalidate=True,
            hidden=True,
        )  # fmt: skip
        return element("section", _title(words.questions), locked, missing, verdict, form,
                       id=f"page-{number}", data_page=number)  # fmt: skip

    def data(self) -> HtmlElement:
        """Give what the script reads, as JSON that cannot end its element."""
        module, words = self.module, self.words
        document = {
            "edition": module.digest[:12],
            "number": module.number,
            "language": module.language,
            "sections": [{"id": section.id, "title": section.title} for section in module.sections],
            "passing": module.passing_percent,
            "draw": module.quiz["draw"],
            "shuffle": module.quiz["shuffle"],
            "items": [_graded(item) for item in module.items],
            "practice": {name: _graded(item) for name, item in module.practice.items()},
            "words": words.player.as_document()
            | {"min_words": words.min_words, "saved": words.saved},
        }
        text = json.dumps(document, ensure_ascii=False, sort_keys=True)
        made = element("script", type="application/json", id="module")
        made.text = text.replace("<", "\\u003c")
        return made


def _graded(item: PackagedItem) -> Mapping[str, Any]:
    """Give what the draw and the grading need of an item, keys and all."""
    document = item.document
    stays = {name: document[name] for name in _STAYS}
    return stays | {
        "section": document["section"],
        "size": document["size"],
        "correct": list(document["correct"]),
        "accepted": list(document["accepted"]),
        "numbers": [list(pair) for pair in document["numbers"]],
    }


def _title(text: str) -> HtmlElement:
    return element("h1", text, tabindex="-1")


def _button(text: str, name: str, kind: str = "secondary") -> HtmlElement:
    return element("button", text, type="button", class_=kind, data_do=name)
