"""What the pages of the register show: facts in rows, and all that rests on one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from lms.content.facts_register import (
    Use,
    UseKind,
    dial_by,
    due_facts,
    facts_of,
    phones_of,
    to_dial,
    uses,
)
from lms.content.model import Fact, Module
from lms.content.outside_links import web_address
from lms.web.author.folder import Folder
from lms.web.author.pages import State, printable
from lms.web.frame import NATIVE_NAMES
from lms.web.request import LANGUAGES, actor, language
from lms.web.words import _, day_text, plural

MOST_FACTS = 40  # on one page
Uses = Mapping[str, tuple[Use, ...]]


@dataclass(frozen=True, slots=True)
class Text:
    """Words with the language they are in, and that language's own name."""

    text: str
    lang: str
    name: str


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact in the list."""

    id: str
    url: str
    statement: Text
    source: str
    checked: str
    review_by: str
    states: tuple[State, ...]
    used: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A way to look at the register: a link with how many facts it shows."""

    label: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class FactList:
    """One page of the register."""

    rows: tuple[FactRow, ...]
    filters: tuple[Filter, ...]
    number: int
    total: int
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class UseRow:
    """One place that rests on a fact; `url` leads to its preview, if it has one."""

    where: str
    text: str
    lang: str
    url: str


@dataclass(frozen=True, slots=True)
class FactPage:
    """All that the register says of one fact, and all that rests on it."""

    id: str
    statements: tuple[Text, ...]
    source: str
    address: str
    address_url: str
    checked: str
    review_by: str
    owner: str
    phones: tuple[str, ...]
    dialled: str
    states: tuple[State, ...]
    uses: tuple[UseRow, ...]


@dataclass(frozen=True, slots=True)
class DueRow:
    """A fact that is due, as a warning above a preview says it."""

    text: str
    url: str


def fact_list(folder: Folder, wanted: str, number: int) -> FactList:
    """Give one page of the register, as it is looked at: all of it, or a part by its name."""
    used = uses(folder.content)
    shown = _VIEWS.get(wanted, _VIEWS[""])(folder, used)
    pages = max(-(-len(shown) // MOST_FACTS), 1)
    here = min(max(number, 1), pages)
    cut = shown[(here - 1) * MOST_FACTS : here * MOST_FACTS]
    labels = {
        "": _("All"),
        "due": _("Due"),
        "mine": _("Mine"),
        "dial": _("To dial"),
        "unused": _("Not used"),
    }
    return FactList(
        rows=tuple(_fact_row(one, used, folder.today) for one in cut),
        filters=tuple(
            Filter(labels[name], len(view(folder, used)), _list_url(name, 1), name == wanted)
            for name, view in _VIEWS.items()
        ),
        number=here,
        total=pages,
        previous=_list_url(wanted, here - 1) if here > 1 else "",
        next=_list_url(wanted, here + 1) if here < pages else "",
    )


def _list_url(wanted: str, number: int) -> str:
    given: dict[str, Any] = {wanted: 1} if wanted else {}
    if number > 1:
        given["page"] = number
    return url_for("author.facts", **given)


def _mine(folder: Folder, _used: Uses) -> Sequence[Fact]:
    return [fact for fact in folder.content.facts.values() if fact.owner == actor().login]


_VIEWS: Mapping[str, Callable[[Folder, Uses], Sequence[Fact]]] = {
    "": lambda folder, _used: list(folder.content.facts.values()),
    "due": lambda folder, _used: due_facts(folder.content, folder.today),
    "mine": _mine,
    "dial": lambda folder, _used: to_dial(folder.content, folder.today),
    "unused": lambda folder, used: [
        fact for fact in folder.content.facts.values() if fact.id not in used
    ],
}
VIEWS = tuple(name for name in _VIEWS if name)


def _fact_row(fact: Fact, used: Uses, today: date) -> FactRow:
    return FactRow(
        id=fact.id,
        url=url_for("author.fact", fact_id=fact.id),
        statement=_statement(fact),
        source=fact.source,
        checked=day_text(fact.checked),
        review_by=day_text(fact.review_by),
        states=_states(fact, used, today),
        used=_used_text(used.get(fact.id, ())),
    )


def _statement(fact: Fact) -> Text:
    """Give the statement in the language of the page, or else in any that it has."""
    lang = next((one for one in (language(), *LANGUAGES) if one in fact.statement), "")
    lang = lang or next(iter(fact.statement))
    return Text(fact.statement[lang], lang, NATIVE_NAMES.get(lang, lang))


def _states(fact: Fact, used: Uses, today: date) -> tuple[State, ...]:
    found = []
    if fact.review_by < today:
        found.append(State(_("Past its review"), "stop"))
    elif fact.review_by == today:
        found.append(State(_("Due today"), "wait"))
    if phones_of(fact) and fact.dialled is None:
        found.append(State(_("Never dialled"), "wait"))
    elif phones_of(fact) and dial_by(fact, today) <= today:
        found.append(State(_("To dial again"), "wait"))
    if fact.id not in used:
        found.append(State(_("Not used"), "neutral"))
    return tuple(found)


def _used_text(found: Sequence[Use]) -> str:
    """Say how much rests on a fact."""
    counts = {kind: sum(use.kind is kind for use in found) for kind in UseKind}
    sentences, questions = counts[UseKind.SENTENCE], counts[UseKind.QUESTION]
    parts = []
    if sentences:
        parts.append(plural("%(num)s sentence", "%(num)s sentences", sentences))
    if questions:
        parts.append(plural("%(num)s question", "%(num)s questions", questions))
    if told := counts[UseKind.TESTIMONY]:
        parts.append(plural("%(num)s testimony", "%(num)s testimonies", told))
    return ", ".join(parts) or _("Nothing rests on it")


def fact_page(folder: Folder, fact: Fact) -> FactPage:
    """Give all that a page shows of one fact."""
    used = uses(folder.content)
    names = sorted(fact.statement, key=lambda one: (one not in LANGUAGES, one != "fr", one))
    return FactPage(
        id=fact.id,
        statements=tuple(
            Text(fact.statement[one], one, NATIVE_NAMES.get(one, one)) for one in names
        ),
        source=fact.source,
        address=fact.address,
        address_url=web_address(fact.address),
        checked=day_text(fact.checked),
        review_by=day_text(fact.review_by),
        owner=fact.owner,
        phones=phones_of(fact),
        dialled=day_text(fact.dialled),
        states=_states(fact, used, folder.today),
        uses=tuple(_use_row(folder, use) for use in used.get(fact.id, ())),
    )


def _use_row(folder: Folder, use: Use) -> UseRow:
    kinds = {
        UseKind.SENTENCE: _("Sentence"),
        UseKind.QUESTION: _("Question"),
        UseKind.TESTIMONY: _("Testimony"),
    }
    return UseRow(
        where=_("%(what)s: %(where)s", what=kinds[use.kind], where=_where(folder, use)),
        text=printable(use.text),
        lang=use.language,
        url=_use_url(folder, use),
    )


def _where(folder: Folder, use: Use) -> str:
    """Say where something stands: module, page, file and line."""
    number = folder.numbers.get(use.place.path)
    name = NATIVE_NAMES.get(use.language, use.language)
    line = printable(f"{use.place.path}:{use.place.line}")
    if number is None:
        return f"{name}, {line}"
    if use.page:
        return _("module %(number)s, page %(page)s, %(language)s, %(file)s",
                 number=number, page=use.page, language=name, file=line)  # fmt: skip
    return _("module %(number)s, questions, %(language)s, %(file)s",
             number=number, language=name, file=line)  # fmt: skip


def _use_url(folder: Folder, use: Use) -> str:
    number = folder.numbers.get(use.place.path)
    if number is None or use.language not in LANGUAGES:
        return ""
    if use.page:
        return url_for("author.preview_section", lang=use.language, number=number, page=use.page)
    return url_for("author.preview_quiz", lang=use.language, number=number)


def due_on_page(folder: Folder, module: Module, page: int | None = None) -> tuple[DueRow, ...]:
    """Give the facts of a page that are due, for whoever previews it; 0 is the quiz."""
    here = facts_of(folder.content, module, page)
    return tuple(
        DueRow(
            _("%(id)s, by %(day)s", id=fact.id, day=day_text(fact.review_by)),
            url_for("author.fact", fact_id=fact.id),
        )
        for fact in due_facts(folder.content, folder.today)
        if fact.id in here
    )
