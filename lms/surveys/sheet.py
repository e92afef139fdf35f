"""A survey as it is shown, a sheet as it is kept, and the mark that pairs two sheets. Pure."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from lms.publishing.safe_html import SafeHtml


class Wave(StrEnum):
    """When a survey is asked: before the course, and once all is passed."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Question:
    """One statement with its scale; on a reversed one, to agree is to disagree with the rest."""

    id: str
    prompt: SafeHtml
    body: SafeHtml
    choices: tuple[SafeHtml, ...]
    is_reversed: bool

    def score(self, position: int) -> int:
        """Give the place on the scale that counts, from 0."""
        return len(self.choices) - 1 - position if self.is_reversed else position


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """One published edition of a survey, in one language."""

    survey_id: str
    language: str
    number: int
    title: str
    intro: SafeHtml
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One anonymous sheet: `answers` maps the id of a question to a position, from 0."""

    survey_id: str
    wave: Wave
    token: str
    language: str
    day: date
    answers: Mapping[str, int]


def survey_token(person_key: bytes, survey_id: str) -> str:
    """Give the mark that pairs one person's sheets; without his key nobody can make it."""
    return hmac.digest(person_key, f"survey:{survey_id}".encode(), "sha256").hex()


def page_of(survey_id: str, language: str, number: int, document: Mapping[str, Any]) -> SurveyPage:
    """Read the document of a survey's revision."""
    return SurveyPage(
        survey_id=survey_id,
        language=language,
        number=number,
        title=document["title"],
        intro=document["intro"],
        questions=tuple(
            Question(
                id=one["id"],
                prompt=one["prompt"],
                body=one["body"],
                choices=tuple(one["choices"]),
                is_reversed=one["reverse"],
            )
            for one in document["questions"]
        ),
    )


def scores_of(page: SurveyPage, answers: Mapping[str, int]) -> dict[str, int] | None:
    """Give the score of each question; None for a sheet that does not answer them all.

    Only whole sheets are counted, so that every figure is about the same people.
    """
    scores = {}
    for question in page.questions:
        position = answers.get(question.id)
        if position is None or not 0 <= position < len(question.choices):
            return None
        scores[question.id] = question.score(position)
    return scores
