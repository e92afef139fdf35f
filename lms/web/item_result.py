"""One question of a closed attempt as a row of a result: as shown, as answered, as scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import format_decimal
from markupsafe import Markup

from lms.assessment.queries import ItemOutcome
from lms.assessment.values import BLANK, Answer, Score
from lms.content.model import ItemKind
from lms.web.html import shown as safe
from lms.web.item_form import Question
from lms.web.words import _


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What `result_list` shows of one question."""

    number: int
    title: Markup
    status: str
    kind: str  # right, partly or wrong
    answer: Markup
    correct: Markup
    feedback: Markup
    section: str
    review_url: str = ""
    review_title: str = ""

    def with_review(self, url: str, title: str) -> "ResultRow":
        """Give the same row with the section to read again."""
        return replace(self, review_url=url, review_title=title)


def result_row(
    number: int, outcome: ItemOutcome, texts: tuple[Mapping[str, Any], Mapping[str, Any]],
    *, reveal: bool,
) -> ResultRow:  # fmt: skip
    """Make a row; key and explanation are in it only when they may be revealed.

    `texts` are what the item shows and its key, in the language of the page.
    """
    shown, key = texts
    question = Question.from_shown(shown, outcome.asked.order)
    kind, status = _judge(outcome)
    if question.is_withheld:
        nothing = Markup("")
        place = outcome.item.section
        return ResultRow(number, question.prompt, status, kind, nothing, nothing, nothing, place)
    return ResultRow(
        number=number,
        title=question.prompt,
        status=status,
        kind=kind,
        answer=answer_text(question, outcome.answer, is_kept=outcome.is_kept),
        correct=_correct_text(question, outcome, key) if reveal else Markup(""),
        feedback=_feedback(question, outcome, key, reveal=reveal),
        section=outcome.item.section,
    )


def _judge(outcome: ItemOutcome) -> tuple[str, str]:
    if not outcome.item.graded:
        return "right", _("Done: not scored")
    score = outcome.score
    if not score.maximum:
        return "right", _("Dropped: it does not count")
    if score.raw == score.maximum:
        return "right", _("Right: %(points)s", points=points_text(score))
    if score.raw > 0:
        return "partly", _("Partly right: %(points)s", points=points_text(score))
    return "wrong", _("Not right: %(points)s", points=points_text(score))


def points_text(score: Score) -> str:
    """Say a score in words, with two decimals at the most."""
    raw = format_decimal(round(float(score.raw), 2))
    return _("%(raw)s of %(maximum)s", raw=raw, maximum=score.maximum)


def answer_text(question: Question, answer: Answer, *, is_kept: bool = True) -> Markup:
    """Write an answer as it stood on the page, or that it is no longer kept."""
    if not is_kept:
        return Markup("<em>{}</em>").format(_("No longer kept"))
    if not answer:
        return Markup("<em>{}</em>").format(_("No answer"))
    match question.kind:
        case ItemKind.TEXT | ItemKind.NUMBER | ItemKind.OPEN:
            return Markup("{}").format(answer[0])
        case ItemKind.MATCH:
            pairs = zip(question.lefts, answer, strict=False)
            return _lines([left + " → " + _shown(question.rights, right) for left, right in pairs])
        case _:
            return _lines([_shown(question.options, position) for position in answer])


def _shown(texts: Sequence[Markup], position: str | int) -> Markup:
    """Give the text at a position; a line without an answer yet shows dots."""
    return Markup("…") if position == BLANK else texts[int(position)]


def _lines(texts: list[Markup]) -> Markup:
    if len(texts) == 1:
        return texts[0]
    items = Markup("").join(Markup("<li>{}</li>").format(text) for text in texts)
    return Markup("<ol>{}</ol>").format(items)


def _correct_text(question: Question, outcome: ItemOutcome, key: Mapping[str, Any]) -> Markup:
    match question.kind:
        case ItemKind.OPEN:
            return Markup("")
        case ItemKind.TEXT | ItemKind.NUMBER:
            return Markup("{}").format(next(iter(key["accepted"]), ""))
        case ItemKind.MATCH | ItemKind.ORDER:
            return answer_text(question, tuple(range(outcome.item.size)))
        case _:
            return answer_text(question, outcome.item.correct)


def _feedback(
    question: Question, outcome: ItemOutcome, key: Mapping[str, Any], *, reveal: bool
) -> Markup:
    """Give the feedback of the options that he chose; the explanation once it may be seen."""
    answer, right = outcome.answer, len(outcome.item.correct)
    parts: list[str] = []
    # Whoever ticks everything would read here which options are wrong, before he has passed.
    all_ticked = question.kind is ItemKind.MULTIPLE and len(answer) > right
    feedback = key["feedback"]  # one for each choice; other kinds have none
    if feedback and (reveal or not all_ticked):
        parts += [feedback[int(position)] for position in answer if feedback[int(position)]]
    if reveal:
        parts += key["explanation"]
    return Markup("").join(
        safe(part) if part.startswith("<") else Markup("<p>{}</p>").format(safe(part))
        for part in parts
    )
