"""The measures of modules as text for people and as JSON for programs."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from lms.content.quality import Links, ModuleQuality, SectionQuality, grade_range


def quality_as_text(found: Iterable[ModuleQuality]) -> str:
    """Return a few lines a module and a line a section."""
    lines = [line for module in found for line in (*_module_lines(module), "")]
    return "".join(f"{line}\n" for line in lines)


def _module_lines(module: ModuleQuality) -> Iterator[str]:
    bias = module.bias
    yield f"{module.path}: {module.title}"
    yield (
        f"  minutes {module.minutes} (by its {module.words} words {module.word_minutes:.0f}); "
        f"grade {_grade(module.hardest, module.language)} at most; "
        f"{module.questions} questions"
    )
    yield (
        f"  longest option right in {bias.longest} of {bias.asked} (by chance {bias.chance:.1f}); "
        f"links {module.links.inside} inside, {module.links.dead} dead, "
        f"{len(module.links.outside)} to other sites; "
        f"pictures {module.pictures}, without words {module.bare_pictures}; "
        f"facts {module.facts}, past review {len(module.facts_due)}"
    )
    for pool in module.pools:
        yield f"  pool {pool.name}: {pool.drawn} of {pool.size}"
    for section in module.sections:
        yield (
            f"  {section.page:2} {section.id}: grade {_grade(section.grade, module.language)}, "
            f"{section.words} words, {section.word_minutes:.1f} min "
            f"(author {section.author_seconds / 60:.1f}), {section.questions} questions, "
            f"{section.practice} for practice, {section.facts} facts"
        )


def _grade(grade: float | None, language: str) -> str:
    if grade is None:
        return "unknown"
    low, high = grade_range(grade, language)
    return f"about {low}" if low == high else f"about {low}-{high}"


def quality_as_json(found: Iterable[ModuleQuality]) -> str:
    """Return one array with an object for each module and language."""
    return json.dumps([_module(one) for one in found], indent=2, ensure_ascii=True) + "\n"


def _module(module: ModuleQuality) -> dict[str, Any]:
    return {
        "path": module.path,
        "module": module.id,
        "language": module.language,
        "title": module.title,
        "minutes": module.minutes,
        "minutes_by_words": round(module.word_minutes, 1),
        "words": module.words,
        "grade_of_hardest_section": _grade_object(module.hardest, module.language),
        "questions": module.questions,
        "pools": [
            {
                "pool": pool.name,
                "size": pool.size,
                "drawn": pool.drawn,
                "enough_for_a_retake": pool.is_enough_for_retake,
            }
            for pool in module.pools
        ],
        "longest_option": {
            "asked": module.bias.asked,
            "longest_is_right": module.bias.longest,
            "by_chance": round(module.bias.chance, 2),
        },
        "links": _links(module.links),
        "pictures": module.pictures,
        "pictures_without_words": module.bare_pictures,
        "facts": module.facts,
        "facts_past_review": list(module.facts_due),
        "sections": [_section(section, module.language) for section in module.sections],
    }


def _section(section: SectionQuality, language: str) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "words": section.words,
        "minutes_by_words": round(section.word_minutes, 1),
        "minutes_by_author": round(section.author_seconds / 60, 1),
        "grade": _grade_object(section.grade, language),
        "practice": section.practice,
        "questions": section.questions,
        "links": _links(section.links),
        "pictures": section.pictures,
        "pictures_without_words": section.bare_pictures,
        "facts": section.facts,
        "facts_past_review": list(section.facts_due),
    }


def _grade_object(grade: float | None, language: str) -> dict[str, Any] | None:
    """Return a grade as the range that it stands for; None where too few words say."""
    if grade is None:
        return None
    low, high = grade_range(grade, language)
    return {
        "from": low,
        "to": high,
        "formula": "kandel-moles" if language == "fr" else "flesch-kincaid",
    }


def _links(links: Links) -> dict[str, Any]:
    return {
        "inside": links.inside,
        "dead": links.dead,
        "contacts": links.contacts,
        "outside": list(links.outside),
    }
