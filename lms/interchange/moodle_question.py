"""One question of Moodle XML: its texts, its settings, and what has no place here."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from xml.etree.ElementTree import Element

from lms.content.front_matter import short
from lms.content.model import Item, ItemKind
from lms.interchange.escape import one_line
from lms.interchange.loss import Sheet
from lms.interchange.numbers import as_fraction
from lms.interchange.prompts import Form, flow, line, put_prompt
from lms.interchange.safe_xml import below, child, children, local, text_of
from lms.interchange.words import read_points, read_tags
from lms.interchange.write_markdown import NOWHERE

_FORMS = {"html": Form.HTML, "markdown": Form.MARKDOWN, "plain_text": Form.PLAIN,
          "moodle_auto_format": Form.MOODLE}  # fmt: skip
# What a question may hold that is read, or that says nothing to a reader.
_READ = frozenset(
    [
        "name",
        "questiontext",
        "generalfeedback",
        "defaultgrade",
        "penalty",
        "hidden",
        "idnumber",
        "tags",
        "answer",
        "single",
        "shuffleanswers",
        "answernumbering",
        "hint",
        "subquestion",
        "minwordlimit",
        "correctfeedback",
        "partiallycorrectfeedback",
        "incorrectfeedback",
        "shownumcorrect",
        "showstandardinstruction",
        "usecase",
        "unitgradingtype",
        "unitpenalty",
        "showunits",
        "unitsleft",
        "responseformat",
        "responserequired",
        "responsefieldlines",
        "attachments",
        "attachmentsrequired",
        "maxbytes",
        "filetypeslist",
        "graderinfo",
        "responsetemplate",
        "layouttype",
        "selecttype",
        "selectcount",
        "gradingtype",
        "showgrading",
        "numberingstyle",
        "answercount",
        "length",
        "version",
        "stamp",
        "questionid",
        "maxwordlimit",
        "units",
        "unit",
        "file",
    ]
)


def raw_text(element: Element | None) -> str:
    """Return the text of an element as it is written."""
    return text_of(child(element, "text")) if element is not None else ""


@dataclass(frozen=True, slots=True)
class MoodleQuestion:
    """One <question>, and where its losses are noted."""

    element: Element
    sheet: Sheet
    language: str

    @property
    def form(self) -> Form:
        """How the question's text is written; other texts that do not say are written so too."""
        return self._form(child(self.element, "questiontext"), Form.HTML)

    def _form(self, element: Element | None, standing: Form) -> Form:
        word = element.get("format") if element is not None else None
        return _FORMS.get(word or "", standing)

    def flow(self, element: Element | None) -> str:
        """Return the text of an element as Markdown."""
        self._files(element)
        text, form = raw_text(element), self._form(element, self.form)
        return flow(text if form is Form.MARKDOWN else text.strip(), form, self.sheet)

    def line(self, element: Element | None, standing: Form | None = None) -> str:
        """Return the text of an element as Markdown on one line."""
        self._files(element)
        form = self._form(element, standing or self.form)
        return line(raw_text(element).strip(), form, self.sheet)

    def _files(self, element: Element | None) -> None:
        for file in children(element, "file") if element is not None else ():
            name = one_line(file.get("name") or "")
            self.sheet.lose(f"file {name}", "it does not come along: put it in media/ by hand")

    def value(self, name: str) -> str:
        """Return the text of a child; empty without one."""
        return text_of(child(self.element, name)).strip()

    def common(self) -> Item:
        """Return the item with what questions of all types have."""
        asked = child(self.element, "questiontext")
        self._files(asked)
        hints = [self.flow(one) for one in children(self.element, "hint")]
        for extra in hints[1:]:
            self.sheet.lose("a further hint", f"a question has one: {one_line(extra)}")
        item = Item(
            id=self.value("idnumber"),
            kind=ItemKind.OPEN,
            prompt="",
            place=NOWHERE,
            hint=hints[0] if hints else "",
            explanation=self.flow(child(self.element, "generalfeedback")),
        )
        text = raw_text(asked)
        text = text if self.form is Form.MARKDOWN else text.strip()
        return put_prompt(item, text, self.form, self.sheet, name=self.sheet.title)

    def settings(self, item: Item) -> dict[str, str]:
        """Return the settings that the question's own fields and tags say."""
        settings = read_points(self.value("defaultgrade") or "1", self.sheet)
        if self.value("shuffleanswers") in {"0", "false"} and item.choices:
            settings["shuffle"] = "no"
        if item.kind is ItemKind.OPEN and self.value("minwordlimit").isdigit():
            settings["min_words"] = self.value("minwordlimit")
        tags = (raw_text(tag) for tag in below(self.element, "tag"))
        return settings | read_tags(tags, self.sheet)

    def answers(self) -> Iterator[tuple[Element, Fraction]]:
        """Yield the answers with their weights in percent."""
        for element in children(self.element, "answer"):
            yield element, as_fraction(element.get("fraction") or "0")

    def feedback(self, element: Element) -> str:
        """Return the feedback to an answer."""
        return self.flow(child(element, "feedback"))

    def lose_feedback(self, element: Element, to: str) -> None:
        """Note the feedback to an answer that has no place for it."""
        words = one_line(self.feedback(element))
        if words:
            self.sheet.lose(f"feedback to {short(to)}", f"a typed answer has none here: {words}")

    def lose_rest(self, item: Item) -> None:
        """Note all that was not read."""
        when = {"correctfeedback": "right", "partiallycorrectfeedback": "partly right",
                "incorrectfeedback": "wrong"}  # fmt: skip
        for name, word in when.items():
            said = one_line(self.flow(child(self.element, name)))
            if said:
                self.sheet.lose(f"feedback if {word}", f"only options have feedback: {said}")
        if self.value("usecase") == "1":
            self.sheet.lose("usecase", "capital letters never count here")
        if item.kind is not ItemKind.NUMBER and list(below(self.element, "unit")):
            self.sheet.lose("units", "a number has none here")
        for one in self.element:
            if local(one) not in _READ and text_of(one).strip():
                self.sheet.lose(f"<{local(one)}>", "not known here")
