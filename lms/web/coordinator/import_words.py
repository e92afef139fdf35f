"""The columns of a CSV file of referrals, and what can be wrong in one, in words."""

from lms.referrals.spreadsheet import FRENCH, Column, Wrong
from lms.web.request import language
from lms.web.words import _


def column_text(column: Column) -> str:
    """Name a column as the reader's files head it."""
    return FRENCH[column] if language() == "fr" else str(column)


def column_help() -> list[tuple[Column, str, str]]:
    """Give each column, its French heading, and what stands in it."""
    told = {
        Column.REFERENCE: _("The agency’s reference: letters without accents and numbers, one "
                            "number at least. Never a name."),
        Column.LANGUAGE: _("fr or en."),
        Column.DEADLINE: _("Last day to finish, year first, like 2027-05-31."),
        Column.ARRANGEMENT: _("yes or no; empty means no. Never why."),
        Column.DECIDED_BY: _("prosecutor or police."),
        Column.DECIDED_ON: _("Day of the decision, like 2027-01-15."),
        Column.FIRST_TIME: _("yes: it is the first time."),
        Column.NO_MINOR: _("yes: no minor is involved."),
        Column.ACCEPTS: _("yes: the person accepts."),
        Column.LAWYER_TOLD: _("yes: the person was told of the right to a lawyer."),
        Column.COMMITTED_ON: _("Day of the signed commitment; may be empty."),
        Column.COMMITMENT_VERSION: _("Version of the commitment; may be empty."),
    }  # fmt: skip
    return [(column, FRENCH[column], text) for column, text in told.items()]


def wrong_text(wrong: Wrong) -> str:
    """Say what is wrong with a cell."""
    words = {
        Wrong.EMPTY: _("it is empty."),
        Wrong.REFERENCE_FORM: _("letters without accents and numbers, one number at least."),
        Wrong.REPEATED: _("this reference stands in the file more than once."),
        Wrong.USED: _("this reference was used before."),
        Wrong.LANGUAGE: _("write fr or en."),
        Wrong.DATE: _("write a day, year first, like 2027-05-31."),
        Wrong.PAST: _("this day is over."),
        Wrong.TOO_FAR: _("this day is more than a year away."),
        Wrong.FUTURE: _("this day is still to come."),
        Wrong.YES_OR_NO: _("write yes or no."),
        Wrong.NOT_ELIGIBLE: _("a file is taken only if the answer is yes."),
        Wrong.OFFICE: _("write prosecutor or police."),
        Wrong.VERSION: _("20 letters, numbers, dots and hyphens at most."),
    }
    return words[wrong]
