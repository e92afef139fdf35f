"""What the editor's helpers insert: Markdown in the language of the file, to be filled in.

What is left to be written says so in words that the check knows (`to-write`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from lms.web.words import _

_STATED = re.compile(r"\{#([a-z0-9-]+)\}")
_QUIZ = {"fr": "Questionnaire", "en": "Quiz"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "write": "À ÉCRIRE :",
        "question": "la question?",
        "true_question": "une affirmation, vraie ou fausse.",
        "yes": "Vrai",
        "no": "Faux",
        "right": "une bonne réponse",
        "wrong": "une mauvaise réponse",
        "feedback_right": "pourquoi c’est juste.",
        "feedback_wrong": "pourquoi ce n’est pas juste.",
        "explanation": "Explication :",
        "why": "ce qu’il faut retenir.",
        "word": "le mot attendu",
        "left": "un mot",
        "meaning": "son sens",
        "step": "une étape",
        "title": "le titre",
        "text": "le texte.",
        "link": "les mots du lien",
        "picture": "ce que montre l’image",
        "column": "colonne",
        "cell": "case",
    },
    "en": {
        "write": "TO WRITE:",
        "question": "the question?",
        "true_question": "a statement, true or false.",
        "yes": "True",
        "no": "False",
        "right": "a right answer",
        "wrong": "a wrong answer",
        "feedback_right": "why this is right.",
        "feedback_wrong": "why this is not right.",
        "explanation": "Explanation:",
        "why": "what to remember.",
        "word": "the expected word",
        "left": "a word",
        "meaning": "its meaning",
        "step": "a step",
        "title": "the title",
        "text": "the text.",
        "link": "the words of the link",
        "picture": "what the picture shows",
        "column": "column",
        "cell": "cell",
    },
}
_ROUND = """\
- (x) {write} {right}
  > {write} {feedback_right}
- ( ) {write} {wrong}
  > {write} {feedback_wrong}
- ( ) {write} {wrong} (2)
  > {write} {feedback_wrong}
"""
_SQUARE = """\
- [x] {write} {right}
  > {write} {feedback_right}
- [x] {write} {right} (2)
  > {write} {feedback_right}
- [ ] {write} {wrong}
  > {write} {feedback_wrong}
"""
_TWO = """\
- (x) {yes}
  > {write} {feedback_right}
- ( ) {no}
  > {write} {feedback_wrong}
"""
_TYPED = "- = {write} {word}\n"
_NUMBER = "- = 10 +- 1\n"
_MATCH = """\
- {write} {left} (1) -> {write} {meaning} (1)
- {write} {left} (2) -> {write} {meaning} (2)
- {write} {left} (3) -> {write} {meaning} (3)
"""
_ORDER = """\
1. {write} {step} (1)
2. {write} {step} (2)
3. {write} {step} (3)
"""
_OPEN = "____\n"


class Where(StrEnum):
    """Where a helper puts what it inserts."""

    BLOCK = "block"  # at the caret, on lines of its own
    QUIZ = "quiz"  # among the questions of the quiz
    INLINE = "inline"  # at the caret, in the line


@dataclass(frozen=True, slots=True)
class Snippet:
    """One helper: its name for the page, what its button says, what it types, and where."""

    name: str
    label: str
    markdown: str
    where: Where


@dataclass(frozen=True, slots=True)
class Reference:
    """One thing that a text can refer to: what is typed for it, and what it is."""

    markdown: str
    label: str


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """All things of one sort that a text can refer to."""

    name: str
    label: str
    entries: tuple[Reference, ...]
    where: Where = Where.INLINE


def words_of(language: str) -> Mapping[str, str]:
    """Give the words of the helpers in the language of a file."""
    return _WORDS.get(language, _WORDS["fr"])


def snippets(text: str, language: str) -> tuple[Snippet, ...]:
    """Give the helpers for a module in its language; ids are new in this text."""
    words = {**words_of(language), "id": new_name(text, "question")}
    sections = _STATED.findall(text)
    words["section"] = f", section: {sections[0]}" if sections else ""
    words["section_id"] = new_name(text, "section")
    return (
        Snippet("section", _("Section"), _filled("## {write} {title} {{#{section_id}}}\n\n{write} "
                "{text}\n", words), Where.BLOCK),
        *(_question(name, label, answers, words) for name, label, answers in _kinds()),
        Snippet("practice", _("Practice question"), _practice(words), Where.BLOCK),
        *_alerts(words),
        Snippet("table", _("Table"), _filled("| {column} A | {column} B |\n|---|---|\n"
                "| {cell} | {cell} |\n| {cell} | {cell} |\n", words), Where.BLOCK),
    )  # fmt: skip


def testimony_snippets(language: str) -> tuple[Snippet, ...]:
    """Give the helpers for a testimony: it has neither sections nor questions."""
    return tuple(_alerts(words_of(language)))


def quiz_heading(language: str) -> str:
    """Give the heading under which the questions stand, for a module that has none yet."""
    return f"## {_QUIZ.get(language, _QUIZ['fr'])}\n"


def new_name(text: str, stem: str) -> str:
    """Give an id that the text does not hold yet, such as question-2."""
    taken = set(re.findall(rf"{stem}-([0-9]{{1,6}})", text))
    free = (str(number) for number in count(1))
    return f"{stem}-{next(number for number in free if number not in taken)}"


def _kinds() -> tuple[tuple[str, str, str], ...]:
    return (
        ("true-false", _("True or false"), _TWO),
        ("single", _("One right answer"), _ROUND),
        ("multiple", _("Several right answers"), _SQUARE),
        ("text", _("Typed word"), _TYPED),
        ("number", _("A number"), _NUMBER),
        ("match", _("Match"), _MATCH),
        ("order", _("Put in order"), _ORDER),
        ("open", _("Free text"), _OPEN),
    )


def _question(name: str, label: str, answers: str, words: Mapping[str, str]) -> Snippet:
    prompt = "{true_question}" if name == "true-false" else "{question}"
    settings = ", graded: no, min_words: 15" if name == "open" else "{section}"
    whole = f"### {{write}} {prompt}\n<!-- id: {{id}}{settings} -->\n\n{answers}"
    if name != "open":
        whole += "\n> {explanation} {write} {why}\n"
    return Snippet(name, label, _filled(whole, words), Where.QUIZ)


def _practice(words: Mapping[str, str]) -> str:
    whole = "### {write} {question}\n<!-- id: {id}, practice: yes -->\n\n" + _ROUND
    return _filled(whole + "\n> {explanation} {write} {why}\n", words)


def _alerts(words: Mapping[str, str]) -> tuple[Snippet, ...]:
    return tuple(
        Snippet(kind.lower(), label, _filled(f"> [!{kind}]\n> {{write}} {{text}}\n", words),
                Where.BLOCK)
        for kind, label in (
            ("NOTE", _("Note")),
            ("TIP", _("Tip")),
            ("IMPORTANT", _("Important")),
            ("WARNING", _("Warning")),
            ("CAUTION", _("Caution")),
        )
    )  # fmt: skip


def _filled(template: str, words: Mapping[str, str]) -> str:
    return template.format(**words)
