"""What answers say about questions, in the words of the page: figures, reasons, what is odd."""

from typing import assert_never

from flask_babel import format_decimal

from lms.assessment.statistics import MOST_COUNTED
from lms.item_analysis.items import FEWEST, Estimate
from lms.item_analysis.languages import Difference, Size
from lms.item_analysis.oddities import Odd, Oddity
from lms.item_analysis.reliability import Method, Reliability, Why
from lms.item_analysis.thirds import letter
from lms.reporting.item_figures import ModuleFigures, QuestionFigures
from lms.web.words import _, plural


def percent_text(found: Estimate | None) -> str:
    """Write a share in percent with its interval."""
    if found is None:
        return _("Too few to judge")
    value = _whole(found.value)
    if found.interval is None:
        return _("%(percent)s%%", percent=value)
    low, high = _whole(found.interval.low), _whole(found.interval.high)
    return _("%(percent)s%% (%(low)s to %(high)s)", percent=value, low=low, high=high)


def number_text(found: Estimate) -> str:
    """Write a correlation or a reliability with its interval."""
    value = _two(found.value)
    if found.interval is None:
        return value
    low, high = _two(found.interval.low), _two(found.interval.high)
    return _("%(value)s (%(low)s to %(high)s)", value=value, low=low, high=high)


def asked_text(figures: QuestionFigures) -> str:
    """Say how many were asked; where that may not be told, that they are few."""
    if figures.n is None:
        return _("Fewer than %(count)s", count=FEWEST)
    return str(figures.n)


def sorts_text(figures: QuestionFigures) -> str:
    """Write how a question sorts those who know, or why that cannot be told."""
    if figures.is_too_few:
        return _("Too few to judge")
    if figures.discrimination is None:
        return _("Nobody differs")
    return number_text(figures.discrimination)


def difference_text(found: Difference | None) -> str:
    """Say how French and English differ, with the interval."""
    if found is None:
        return _("Too few to judge")
    words = {
        Size.NEGLIGIBLE: _("Class A, none to speak of"),
        Size.MODERATE: _("Class B, some"),
        Size.LARGE: _("Class C, large"),
    }[found.size]
    return _("%(words)s: odds ratio %(ratio)s (%(low)s to %(high)s)", words=words,
             ratio=_two(found.ratio), low=_two(found.interval.low),
             high=_two(found.interval.high))  # fmt: skip


def oddity_text(found: Oddity | None, figures: QuestionFigures) -> str:
    """Say in one sentence what is odd about a question; empty where nothing is."""
    if found is None:
        return ""
    match found.odd:
        case Odd.PASSED_CHOSE_WRONG:
            return _("Most who passed chose %(option)s.", option=_letter(found))
        case Odd.BELOW_CHANCE:
            return _("Fewer were right than by guessing.")
        case Odd.BEST_MISSED:
            return _("Those who did best missed it more often.")
        case Odd.LANGUAGES_DIFFER:
            return _languages_text(figures.difference)
        case Odd.NOBODY_CHOSE:
            return _("Nobody chose %(option)s.", option=_letter(found))
        case _:
            assert_never(found.odd)


def _languages_text(found: Difference | None) -> str:
    if found is not None and found.ratio > 1:
        return _("French and English differ: it is harder in English.")
    return _("French and English differ: it is harder in French.")


def reliability_text(found: Reliability) -> str:
    """Write a reliability with its method, or why there is none."""
    if found.estimate is not None:
        figure = number_text(found.estimate)
        if found.method is Method.KR21:
            return _("%(figure)s, formula 21 of Kuder and Richardson: questions are drawn",
                     figure=figure)  # fmt: skip
        return _("%(figure)s, Cronbach’s alpha", figure=figure)
    return {
        Why.TOO_FEW: _("Too few to judge"),
        Why.ONE_QUESTION: _("Cannot be told: one question only"),
        Why.NOBODY_DIFFERS: _("Cannot be told: nobody differs"),
        Why.SOME_LEFT_OUT: _("Cannot be told: not every question counted in every try"),
        Why.DRAWN_UNEVEN: _("Cannot be told: questions are drawn and not all worth the same"),
        Why.EDITIONS_DIFFER: _("Cannot be told over several editions: choose one"),
    }[found.why or Why.TOO_FEW]


def module_facts(figures: ModuleFigures) -> list[dict[str, str]]:
    """Give the summary of a quiz, as the list of the components takes it."""
    few = _("Fewer than %(count)s", count=FEWEST)
    facts = [
        (_("First tries counted"), few if figures.n is None else str(figures.n)),
        (_("Passed at the first try"), percent_text(figures.passed)),
        (_("Reliability"), reliability_text(figures.reliability)),
    ]
    if figures.later:
        facts.append((_("Later tries, left out"), str(figures.later)))
    if figures.waiting:
        facts.append((_("Not counted yet"), _waiting_text(figures.waiting)))
    return [{"key": key, "value": value} for key, value in facts]


def _waiting_text(waiting: int) -> str:
    if waiting > MOST_COUNTED:
        return _("More than %(count)s tries of the whole site", count=MOST_COUNTED)
    return plural("%(num)s try of the whole site", "%(num)s tries of the whole site", waiting)


def _letter(found: Oddity) -> str:
    return letter(found.position or 0)


def _whole(share: float) -> str:
    return str(round(share * 100))


def _two(value: float) -> str:
    return str(format_decimal(round(value, 2) + 0.0, "0.00"))  # what is nearly 0 has no sign
