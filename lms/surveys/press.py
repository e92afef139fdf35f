"""From the surveys of checked content to what their revisions hold: safe HTML, scales."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.content.model import Content, Item, Survey
from lms.publishing.markdown.request import RenderRequest
from lms.publishing.safe_html import SafeHtml

COMPILER = 1  # raise it when the same source compiles to something else
Render = Callable[[Sequence[RenderRequest]], Sequence[SafeHtml]]
Key = tuple[str, str]  # survey id, language


@dataclass(frozen=True, slots=True)
class SurveyEdition:
    """A survey in one language, rendered; `digest` is of all that it was made from."""

    survey_id: str
    language: str
    digest: str
    document: Mapping[str, Any]


def survey_digest(survey: Survey) -> str:
    """Give the SHA-256, in hex, of everything that a reader sees and that is counted."""
    questions = [
        [one.id, one.prompt, one.body, one.reverse, [choice.text for choice in one.choices]]
        for one in survey.items
    ]
    whole = json.dumps([COMPILER, survey.title, survey.intro, questions])
    return hashlib.sha256(whole.encode()).hexdigest()


def compile_surveys(
    content: Content, published: Mapping[Key, str], render: Render
) -> tuple[SurveyEdition, ...]:
    """Render the surveys whose digest is not the one published; all in one go."""
    changed = [
        survey
        for key, survey in sorted(content.surveys.items())
        if published.get(key) != survey_digest(survey)
    ]
    html = iter(render([one for survey in changed for one in _requests(survey)]))
    return tuple(
        SurveyEdition(
            survey_id=survey.id,
            language=survey.language,
            digest=survey_digest(survey),
            document={
                "title": survey.title,
                "intro": next(html),
                "questions": [_question(item, html) for item in survey.items],
            },
        )
        for survey in changed
    )


def _requests(survey: Survey) -> Iterator[RenderRequest]:
    name = survey.place.path
    yield RenderRequest(text=survey.intro, name=f"{name}: intro", scope="intro")
    for item in survey.items:
        for part, text in enumerate([item.prompt, item.body, *_choices(item)]):
            scope = f"{item.id}-{part}"
            yield RenderRequest(text=text, name=f"{name}: question {item.id}", scope=scope)


def _choices(item: Item) -> list[str]:
    return [choice.text for choice in item.choices]


def _question(item: Item, html: Iterator[SafeHtml]) -> dict[str, Any]:
    return {
        "id": item.id,
        "prompt": _inline(next(html)),
        "body": next(html),
        "choices": [_inline(next(html)) for _ in item.choices],
        "reverse": item.reverse,
    }


def _inline(html: str) -> str:
    """Take a lone paragraph out of its `<p>`: it will stand in a label or a legend."""
    text = html.strip()
    if text.startswith("<p>") and text.endswith("</p>") and text.count("<p>") == 1:
        return text.removeprefix("<p>").removesuffix("</p>")
    return text
