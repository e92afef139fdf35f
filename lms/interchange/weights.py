"""What options earn elsewhere, where here an option is right or wrong and no more."""

from collections.abc import Iterable
from fractions import Fraction

from lms.interchange.loss import Sheet

_PLACES = 2  # thirds are written in many ways


def lose_weights(
    weights: Iterable[Fraction], whole: Fraction, sheet: Sheet, *, several: bool
) -> None:
    """Note weights that say more than right and wrong.

    Of several right ones each earns the same, and a wrong one may take as much away; of one, all.
    """
    given = [weight for weight in weights if weight]
    positive = {round(weight / whole, _PLACES) for weight in given if weight > 0}
    negative = {round(-weight / whole, _PLACES) for weight in given if weight < 0}
    if several:
        is_odd = len(positive) > 1 or bool(negative and negative != positive)
    else:
        is_odd = bool(positive - {Fraction(1)} or negative)
    if is_odd:
        shown = ", ".join(f"{float(100 * weight / whole):g}%" for weight in given)
        sheet.lose(f"weights {shown}", "here an option is right or wrong, no more")
