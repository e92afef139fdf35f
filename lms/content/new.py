"""Templates: files that pass the check except for what their author has to write."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from lms.content.model import TestimonyKind
from lms.content.words import as_id

_WORDS = {
    "fr": {
        "section": "Première page",
        "text": "À ÉCRIRE : le texte de cette page.",
        "quiz": "Questionnaire",
        "question": "À ÉCRIRE : une question?",
        "right": "À ÉCRIRE : la bonne réponse",
        "wrong": "À ÉCRIRE : une mauvaise réponse",
        "other": "À ÉCRIRE : une autre mauvaise réponse",
        "explanation": "Explication",
        "why": "À ÉCRIRE : pourquoi.",
        "testimony": "À ÉCRIRE : le témoignage.",
    },
    "en": {
        "section": "First page",
        "text": "TO WRITE: the text of this page.",
        "quiz": "Quiz",
        "question": "TO WRITE: a question?",
        "right": "TO WRITE: the right answer",
        "wrong": "TO WRITE: a wrong answer",
        "other": "TO WRITE: another wrong answer",
        "explanation": "Explanation",
        "why": "TO WRITE: why.",
        "testimony": "TO WRITE: the testimony.",
    },
}
_MODULE = """---
id: {id}
title: {title}
language: {language}
minutes: 1
reviewed: {today}
review_by: {next_year}
---

# {heading}

## {section} {{#first-page}}

{text}

## {quiz}

### {question}
<!-- id: first-question, points: 1, section: first-page -->

- (x) {right}
- ( ) {wrong}
- ( ) {other}

> {explanation}: {why}
"""
_TESTIMONY = """---
id: {id}
language: {language}
kind: {kind}
{ground}
---

{testimony}
"""
_GROUNDS = {
    TestimonyKind.COMPOSITE: "sources: []",
    TestimonyKind.PARAPHRASE: "sources: []",
    TestimonyKind.ORIGINAL: "consent: {given: , until: , scope: [], contact: }",
}


def new_module(
    folder: Path, module_id: str, titles: Mapping[str, str], today: date
) -> dict[Path, str]:
    """Return the files of a new module by path, one for each language of `titles`.

    The folder's name begins with the number after the highest one there is. Nothing is written
    to the disk. An id that is not one raises ValueError.
    """
    _refuse(module_id)
    modules = folder / "modules"
    names = [path.name for path in modules.iterdir()] if modules.is_dir() else []
    numbers = [int(name[:2]) for name in names if name[:2].isascii() and name[:2].isdecimal()]
    home = modules / f"{max(numbers, default=0) + 1:02}-{module_id}"
    next_year = date(today.year + 1, today.month, min(today.day, 28))
    return {
        home / f"{language}.md": _MODULE.format(
            id=module_id,
            title=quoted(title),
            heading=title,
            language=language,
            today=today,
            next_year=next_year,
            **_WORDS.get(language, _WORDS["en"]),
        )
        for language, title in titles.items()
    }


def new_testimony(
    folder: Path,
    testimony_id: str,
    languages: Sequence[str],
    kind: TestimonyKind = TestimonyKind.COMPOSITE,
) -> dict[Path, str]:
    """Return the files of a new testimony by path; nothing is written to the disk.

    Its sources or its consent are left empty, and the check asks for them.
    """
    _refuse(testimony_id)
    home = folder / "testimonies" / testimony_id
    return {
        home / f"{language}.md": _TESTIMONY.format(
            id=testimony_id,
            language=language,
            kind=kind,
            ground=_GROUNDS[kind],
            **_WORDS.get(language, _WORDS["en"]),
        )
        for language in languages
    }


def quoted(title: str) -> str:
    """Return a text as a YAML value: as it is, or in quotes where YAML would misread it."""
    flat = " ".join(title.split())
    if flat.replace(" ", "").isalnum():
        return flat
    return "'" + flat.replace("'", "''") + "'"


def _refuse(name: str) -> None:
    """Raise ValueError for a name that is not an id: it becomes the name of a folder."""
    if as_id(name) is None:
        raise ValueError(name)
