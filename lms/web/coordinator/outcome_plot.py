"""The curve of those who are not known again: steps downwards, with the same figures as a table."""

from flask_babel import format_percent

from lms.outcomes.figures import CurveFigures
from lms.web.plots.steps import StepPlot, step_plot
from lms.web.words import _, plural

_SQUARE = 1000  # as the steps of `lms.web.plots`


def curve_path(curve: CurveFigures) -> str:
    """Give the line: from everybody at the top left, down at each step, on to the last month."""
    path = "M0 0"
    for step in curve.steps:
        across = round(_SQUARE * step.months / curve.until)
        path += f"H{across}V{round(_SQUARE * (1 - step.share))}"
    return f"{path}H{_SQUARE}"


def curve_words(curve: CurveFigures) -> tuple[str, tuple[str, str, str]]:
    """Say the curve in a sentence; and what stands under its ends and over the last one."""
    left = curve.steps[-1].share if curve.steps else 1.0
    months = plural("%(num)s month", "%(num)s months", round(curve.until))
    share = format_percent(left)
    text = _("Of %(n)s people, %(share)s were not known again after %(months)s.",
             n=curve.n, share=share, months=months)  # fmt: skip
    return text, (_("Completion"), months, share)


def curve_plot(curve: CurveFigures) -> StepPlot:
    """Draw the curve for a page."""
    text, ends = curve_words(curve)
    return step_plot("curve", (_("Not known again, by month"), text), curve_path(curve), ends)
