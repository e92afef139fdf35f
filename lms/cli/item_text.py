"""What answers say about a module's questions, as the command line prints it: text and JSON."""

from typing import Any

from lms.item_analysis.intervals import Interval
from lms.item_analysis.items import Estimate
from lms.item_analysis.languages import Difference
from lms.item_analysis.oddities import Odd, Oddity
from lms.item_analysis.thirds import OptionFigures, letter
from lms.reporting.item_figures import ModuleFigures, QuestionFigures

_SENTENCES = {
    Odd.PASSED_CHOSE_WRONG: "most who passed chose {option}",
    Odd.BELOW_CHANCE: "fewer were right than by guessing",
    Odd.BEST_MISSED: "those who did best missed it more often",
    Odd.LANGUAGES_DIFFER: "French and English differ: it is harder in {language}",
    Odd.NOBODY_CHOSE: "nobody chose {option}",
}


def module_document(figures: ModuleFigures) -> dict[str, Any]:
    """Give all that the page shows, for a program."""
    told = figures.reliability
    return {
        "module": figures.module_id,
        "revision": figures.edition.number,
        "revisions_pooled": not figures.chosen.revision,
        "language": figures.chosen.language or "all",
        "first_attempts": figures.n,
        "later_attempts": figures.later,
        "waiting": figures.waiting,
        "passed": estimate_document(figures.passed),
        "scores": [
            {"from": one.low, "to": one.high, "n": one.n, "passed": one.passed}
            for one in figures.scores
        ],
        "reliability": {
            "method": told.method,
            "estimate": estimate_document(told.estimate),
            "why_not": told.why,
        },
        "look_first": [one.item for one in figures.first_looks],
        "questions": [_question_document(one) for one in figures.questions],
    }


def estimate_document(found: Estimate | None) -> dict[str, Any] | None:
    """Give a figure with its interval and on how many people it rests."""
    if found is None:
        return None
    return {"value": found.value, "interval": _interval(found.interval), "n": found.n}


def _question_document(one: QuestionFigures) -> dict[str, Any]:
    return {
        "place": one.place,
        "item": one.item.id,
        "kind": one.item.kind.value,
        "n": one.n,
        "too_few": one.is_too_few,
        "facility": estimate_document(one.facility),
        "discrimination": estimate_document(one.discrimination),
        "options": [_option_document(each) for each in one.options],
        "unanswered": one.unanswered,
        "french_and_english": _difference_document(one.difference),
        "odd": None if one.oddity is None else one.oddity.odd.value,
        "sentence": sentence(one.oddity, one) or None,
    }


def _option_document(one: OptionFigures) -> dict[str, Any]:
    return {
        "option": letter(one.position),
        "right": one.is_right,
        "n": one.n,
        "all": estimate_document(one.everybody),
        "lower_third": estimate_document(one.lower),
        "upper_third": estimate_document(one.upper),
    }


def _difference_document(found: Difference | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "odds_ratio": found.ratio,
        "interval": _interval(found.interval),
        "delta": found.delta,
        "class": found.size.value,
    }


def _interval(found: Interval | None) -> list[float] | None:
    return None if found is None else [found.low, found.high]


def sentence(found: Oddity | None, figures: QuestionFigures) -> str:
    """Say in one sentence what is odd about a question; empty where nothing is."""
    if found is None:
        return ""
    easier = figures.difference is not None and figures.difference.ratio > 1
    language = "English" if easier else "French"
    return _SENTENCES[found.odd].format(option=letter(found.position or 0), language=language)


def module_text(figures: ModuleFigures) -> str:
    """Give the same for people, a line a question and a line an option."""
    places = {one.item.id: one for one in figures.questions}
    reliability = figure_text(figures.reliability.estimate) or figures.reliability.why
    lines = [
        f"module {figures.module_id}, edition {figures.edition.number}"
        + ("" if figures.chosen.revision else ", answers of all editions with the same question"),
        f"first attempts {figures.n}, later {figures.later}, not counted yet {figures.waiting}",
        f"passed at the first attempt: {figure_text(figures.passed) or 'too few to judge'}",
        f"reliability: {reliability} {figures.reliability.method or ''}".rstrip(),
        "look first at:",
        *(f"  {places[one.item].place}. {one.item}: {sentence(one, places[one.item])}"
          for one in figures.first_looks),
        f"{'question':28} {'n':>7}  {'facility':24}{'discrimination':24}odd",
        *(line for one in figures.questions for line in _question_lines(one)),
    ]  # fmt: skip
    return "\n".join(line.rstrip() for line in lines)


def _question_lines(one: QuestionFigures) -> list[str]:
    name = f"{one.place}. {one.item.id}"
    if one.is_too_few:
        return [f"{name:28} {one.n or 0:7}  too few to judge"]
    sorts = figure_text(one.discrimination) or "nobody differs"
    head = f"{name:28} {one.n:7}  {figure_text(one.facility):24}{sorts:24}"
    return [
        f"{head}{sentence(one.oddity, one)}",
        *(f"     {letter(each.position)}{'*' if each.is_right else ' '} {each.n:7}  "
          f"all {figure_text(each.everybody)}; lower third {figure_text(each.lower) or 'too few'}; "
          f"upper third {figure_text(each.upper) or 'too few'}"
          for each in one.options),
    ]  # fmt: skip


def figure_text(found: Estimate | None) -> str:
    """Write a figure with its interval; empty for none."""
    if found is None:
        return ""
    if found.interval is None:
        return f"{found.value:z.2f}"
    return f"{found.value:z.2f} ({found.interval.low:z.2f} to {found.interval.high:z.2f})"
