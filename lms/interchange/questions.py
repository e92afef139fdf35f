"""Questions on their way in: what a format's reader found, and what it becomes here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from lms.content.kinds import as_number
from lms.content.model import Choice, Item, ItemKind, Partial, Problem
from lms.content.settings import Settings, read_settings
from lms.content.words import as_id, slug
from lms.interchange.escape import escape, escape_lines
from lms.interchange.loss import Fate, Loss, RefusedError, Report, Sheet, Way
from lms.interchange.write_markdown import NOWHERE, read_back, write_item

_SHARED = frozenset({ItemKind.MULTIPLE, ItemKind.MATCH, ItemKind.ORDER})
_LONGEST = 50  # of an id that gets a number behind it
_TWO = 2
_MOST_ANSWERS = 200
# What is told in other words, or does no harm.
_NOT_YET = frozenset({"setting-idle", "practice-in-quiz"})


@dataclass(frozen=True, slots=True)
class Found:
    """One question of a file: its number and title there, and its item unless it is refused."""

    number: int
    title: str
    item: Item | None
    refused: str = ""
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All questions of a file in order, and what was lost of the file as a whole."""

    found: tuple[Found, ...]
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """Questions as they are written here, with the report of what became of each."""

    markdown: str
    items: tuple[Item, ...]
    report: Report


@dataclass(frozen=True, slots=True)
class Home:
    """The quiz that questions are brought to: its language, its questions, those of its twin."""

    language: str
    taken: frozenset[str] = frozenset()
    twins: tuple[Item, ...] = ()
    count: int = 0  # how many questions of the twin are there already


def found(sheet: Sheet, item: Item) -> Found:
    """Return a question that was read."""
    return Found(sheet.number, sheet.title, item, losses=sheet.losses)


def refused(sheet: Sheet, why: str) -> Found:
    """Return a question that was not taken."""
    return Found(sheet.number, sheet.title, None, why or "it cannot be read", sheet.losses)


def choice_kind(choices: Sequence[Choice], *, several: bool) -> ItemKind:
    """Return the kind that options make."""
    if several:
        return ItemKind.MULTIPLE
    return ItemKind.TRUE_FALSE if len(choices) == _TWO else ItemKind.SINGLE


def typed_item(item: Item, accepted: Iterable[str], sheet: Sheet) -> Item:
    """Return a question that is answered in words, or in a number where all words are numbers."""
    texts = tuple(dict.fromkeys(text for text in accepted if text))
    if not texts:
        raise RefusedError("it has no right answer")
    numbers = tuple(number for text in texts if (number := as_number(text)) is not None)
    if len(numbers) < len(texts):
        return replace(item, kind=ItemKind.TEXT, accepted=texts)
    sheet.lose("typed answer", "its words are numbers: here they are compared as numbers")
    return replace(item, kind=ItemKind.NUMBER, numbers=numbers)


def with_settings(item: Item, words: Mapping[str, str], sheet: Sheet) -> Item:
    """Return the question with settings as an author types them; each bad one is a loss."""
    values: dict[str, object] = {}
    if item.kind in _SHARED:
        values["partial"] = Partial.EACH
    if item.kind is ItemKind.OPEN:
        values["graded"] = False
    if item.kind is ItemKind.TRUE_FALSE:
        values["shuffle"] = False
    for key, word in words.items():
        settings, problems = read_settings(f"<!-- {key}: {word} -->", NOWHERE)
        for problem in problems:
            sheet.lose(f"setting {key}", problem.message)
        values |= _given(settings)
    return replace(item, **values)  # type: ignore[arg-type]  # the names are those of Item


def _given(settings: Settings) -> dict[str, object]:
    names = {one.name for one in fields(Item)}
    given = {name: getattr(settings, name) for name in settings.given & names}
    return {name: value for name, value in given.items() if value is not None and value != ""}


def bring(reading: Reading, form: str, home: Home) -> Brought:
    """Return the questions as Markdown of this quiz: with ids, read back as what they are."""
    taken = set(home.taken)
    items: list[Item] = []
    texts: list[str] = []
    fates: list[Fate] = []
    for one in reading.found:
        sheet = Sheet(one.number, one.title, dict.fromkeys(one.losses))
        why = one.refused
        item = None
        if one.item is not None:
            try:
                item, text = _written(_named(one.item, home, taken, len(items), sheet), home, sheet)
            except RefusedError as error:
                why = str(error)
        if item is not None:
            taken.add(item.id)
            items.append(item)
            texts.append(text)
        item_id = item.id if item else ""
        fates.append(Fate(one.number, one.title, item_id, why, sheet.losses))
    report = Report(form, Way.IN, tuple(fates), reading.losses)
    return Brought("\n".join(texts), tuple(items), report)


def _named(item: Item, home: Home, taken: set[str], at: int, sheet: Sheet) -> Item:
    """Return the question with an id that nothing else in this quiz has."""
    wanted = as_id(item.id)
    if item.id and wanted is None:
        wanted = slug(item.id.replace("_", "-"))
        sheet.lose(f"id {item.id}", "an id has small letters, digits and hyphens here")
    if wanted is None:
        wanted = _of_twin(item, home, taken, at) or slug(item.prompt)
    name = wanted
    number = _TWO
    while name in taken:
        name = f"{wanted[:_LONGEST].strip('-')}-{number}"
        number += 1
    if item.id and wanted != name:
        sheet.lose(f"id {wanted}", f"another question has it: this one is {name}")
    return replace(item, id=name)


def _of_twin(item: Item, home: Home, taken: set[str], at: int) -> str:
    """Return the id of the question in the same place of the other language, if it fits."""
    place = home.count + at
    twin = home.twins[place] if place < len(home.twins) else None
    fits = twin is not None and twin.kind is item.kind and twin.id not in taken
    return twin.id if twin is not None and fits else ""


def _written(item: Item, home: Home, sheet: Sheet) -> tuple[Item, str]:
    """Return the question as it is read here, and its Markdown; RefusedError where none says it.

    What the check would say of it is noted.
    """
    if len(item.choices) + len(item.pairs) + len(item.steps) + len(item.accepted) > _MOST_ANSWERS:
        raise RefusedError(f"it has more than {_MOST_ANSWERS} answers")
    if item.practice:
        sheet.lose("practice", "it stands under ## Quiz now: move it into its section by hand")
    try:
        text = write_item(_normal(item), home.language)
    except RefusedError:
        sheet.lose("Markdown", "it would be read as something else here: kept as plain text")
        text = write_item(_normal(_plain(item)), home.language)
    again, problems = read_back(text, practice=item.practice)
    if again is None:
        raise RefusedError("its text would be read as something else here")
    for problem in problems:
        if problem.rule not in _NOT_YET:
            sheet.lose("the check", _said(problem))
    return again, text


def _said(problem: Problem) -> str:
    return f"{problem.message}: {problem.help}" if problem.help else problem.message


def _normal(item: Item) -> Item:
    """Return the question with its texts trimmed as the parser does."""
    choices = tuple(
        replace(one, text=_trimmed(one.text), feedback=_ends(one.feedback)) for one in item.choices
    )
    pairs = tuple(
        replace(one, left=_trimmed(one.left), right=_trimmed(one.right)) for one in item.pairs
    )
    return replace(
        item,
        prompt=" ".join(item.prompt.split("\n")).strip(),
        body=_ends(item.body),
        hint=_trimmed(item.hint),
        explanation=_trimmed(item.explanation),
        choices=choices,
        pairs=pairs,
        accepted=tuple(" ".join(text.split()) for text in item.accepted),
        steps=tuple(map(_trimmed, item.steps)),
    )


def _ends(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def _trimmed(text: str) -> str:
    first, *more = _ends(text).strip().split("\n")
    return "\n".join([first, *(line.strip() for line in more)])


def _plain(item: Item) -> Item:
    """Return the question with all its Markdown shown as it is typed."""
    return replace(
        item,
        prompt=escape(item.prompt),
        body=escape_lines(item.body),
        hint=escape_lines(item.hint),
        explanation=escape_lines(item.explanation),
        choices=tuple(
            replace(one, text=escape(one.text), feedback=escape_lines(one.feedback))
            for one in item.choices
        ),
        pairs=tuple(
            replace(one, left=escape(one.left), right=escape(one.right)) for one in item.pairs
        ),
        steps=tuple(escape(step) for step in item.steps),
    )
