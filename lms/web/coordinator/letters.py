"""Letters: made in the act that issues the codes, since only the hash of a code is kept.

The answer is the PDF. Whoever loses it makes the letters again, with a reason: new codes.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from http import HTTPStatus

from flask import Response as FlaskResponse
from flask import render_template, request
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField
from wtforms.validators import StopValidation

from lms.enrolment.queries import CohortView
from lms.referrals.letters import letters_pdf
from lms.referrals.listing import FileRow, files_to_write_to, files_with_letters
from lms.referrals.models import Referral
from lms.referrals.places import assign, issue_code, reissue
from lms.web.coordinator.base import attempted, keep_place, mover, the_cohort, the_file, today
from lms.web.coordinator.fields import are_offered, offer, one_line
from lms.web.coordinator.file_page import (
    AgainForm,
    LetterForm,
    file_forms,
    file_page,
    letter_languages,
)
from lms.web.coordinator.letter_words import ISSUER, Issued, letters
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.request import now, settings
from lms.web.view_log import note_view
from lms.web.words import _, day_text, lazy

Page = Response | str | tuple[str, int]
MOST_LETTERS = 200  # at one time


def _some_chosen(_form: object, field: SelectMultipleField) -> None:
    if not field.data:
        raise StopValidation(_("Choose at least one file."))


class GroupLettersForm(LetterForm):
    """For which files, and whom to call."""

    files = SelectMultipleField(
        lazy("Files"), [_some_chosen, are_offered], validate_choice=False
    )  # fmt: skip


class GroupAgainForm(AgainForm):
    """For which files another letter, and why."""

    files = SelectMultipleField(
        lazy("Files"), [_some_chosen, are_offered], validate_choice=False
    )  # fmt: skip


@bp.post("/coordinator/files/<uuid:referral_id>/letter")
def letter(referral_id: uuid.UUID) -> Page:
    """Issue the code of a file and answer with its letter."""
    keep_place(".file", referral_id=referral_id)
    one, forms = the_file(referral_id), file_forms(request.form, "letter")
    if not forms.letter.validate():
        return file_page(one, forms), HTTPStatus.UNPROCESSABLE_ENTITY
    issued: list[Issued] = []
    status = attempted(forms.letter, lambda: issued.append(_issue(one)))
    if forms.letter.form_errors:
        return file_page(one, forms), status
    note_view("referral", one.id, "letter")
    return _paper(issued, forms.letter)


@bp.post("/coordinator/files/<uuid:referral_id>/letter/again")
def letter_again(referral_id: uuid.UUID) -> Page:
    """End the code of a file, and the enrolment of whoever used it; answer with a new letter."""
    keep_place(".file", referral_id=referral_id)
    one, forms = the_file(referral_id), file_forms(request.form, "again")
    if not forms.again.validate():
        return file_page(one, forms), HTTPStatus.UNPROCESSABLE_ENTITY
    issued: list[Issued] = []
    why = str(forms.again.reason.data)
    status = attempted(forms.again, lambda: issued.append(_reissue(one, why)))
    if forms.again.form_errors:
        return file_page(one, forms), status
    note_view("referral", one.id, "letter")
    return _paper(issued, forms.again)


@bp.get("/coordinator/groups/<uuid:cohort_id>/letters")
def group_letters(cohort_id: uuid.UUID) -> Page:
    """Show who could get a letter of this group: files that are ready."""
    return _group_page(the_cohort(cohort_id))


@bp.post("/coordinator/groups/<uuid:cohort_id>/letters")
def make_group_letters(cohort_id: uuid.UUID) -> Page:
    """Give the chosen files their place and their code, all or none; answer with the letters."""
    cohort = the_cohort(cohort_id)
    form = GroupLettersForm(request.form)
    _offer(form, _new_ones(cohort))

    def issue(one: Referral) -> Issued:
        assign(db(), one, cohort.id, mover(), now=now())
        return _issue(one)

    paper, status = _many(form, issue)
    return paper or (_group_page(cohort, new=form), status)


@bp.post("/coordinator/groups/<uuid:cohort_id>/letters/again")
def group_letters_again(cohort_id: uuid.UUID) -> Page:
    """Make the letters of the chosen files again: the codes of the lost ones end."""
    keep_place(".group_letters", cohort_id=cohort_id)
    cohort = the_cohort(cohort_id)
    form = GroupAgainForm(request.form, prefix="again")
    _offer(form, _old_ones(cohort))
    why = str(form.reason.data)
    paper, status = _many(form, lambda one: _reissue(one, why))
    return paper or (_group_page(cohort, again=form), status)


def _many(
    form: GroupLettersForm | GroupAgainForm, issue: Callable[[Referral], Issued]
) -> tuple[Response | None, HTTPStatus]:
    """Issue for each chosen file and give the paper; None where one of them is refused."""
    if not form.validate():
        return None, HTTPStatus.UNPROCESSABLE_ENTITY
    issued: list[Issued] = []

    def act() -> None:
        chosen = [the_file(uuid.UUID(text)) for text in form.files.data or []]
        issued.extend(issue(one) for one in chosen)

    status = attempted(form, act)
    if form.form_errors:
        return None, status
    for one in issued:
        note_view("referral", one.file.id, "letter")
    return _paper(issued, form), HTTPStatus.OK


def _issue(one: Referral) -> Issued:
    return Issued(one, issue_code(db(), one, mover(), valid=_valid(), now=now()))


def _reissue(one: Referral, why: str) -> Issued:
    return Issued(one, reissue(db(), one, mover(), reason=why, valid=_valid(), now=now()))


def _valid() -> timedelta:
    return timedelta(days=settings().code_days)


def _paper(issued: Sequence[Issued], form: LetterForm) -> Response:
    """Answer with the letters; the name of the file says the day, and nothing of the subject."""
    written = letters(db(), issued, one_line(form.contact), str(form.in_language.data))
    name = _("letters")
    pdf = letters_pdf(written, issuer=ISSUER, title=_("Letters"), made_on=today())
    response = FlaskResponse(pdf, mimetype="application/pdf")
    named = f'attachment; filename="{name}-{today().isoformat()}.pdf"'
    response.headers["Content-Disposition"] = named
    return response


def _new_ones(cohort: CohortView) -> tuple[FileRow, ...]:
    return files_to_write_to(db(), cohort.id, now=now(), limit=MOST_LETTERS)


def _old_ones(cohort: CohortView) -> tuple[FileRow, ...]:
    return files_with_letters(db(), cohort.id, now=now(), limit=MOST_LETTERS)


def _offer(form: GroupLettersForm | GroupAgainForm, rows: Sequence[FileRow]) -> None:
    offer(form.in_language, letter_languages())
    offer(form.files, [(str(row.id), _choice_text(row)) for row in rows])


def _choice_text(row: FileRow) -> str:
    return _("%(reference)s, %(agency)s, until %(day)s",
             reference=row.reference, agency=row.agency, day=day_text(row.deadline))  # fmt: skip


def _group_page(
    cohort: CohortView,
    new: GroupLettersForm | None = None,
    again: GroupAgainForm | None = None,
) -> str:
    plain = {"contact": settings().contact, "in_language": "own"}
    rows = _new_ones(cohort)
    if new is None:
        new = GroupLettersForm(data={**plain, "files": [str(row.id) for row in rows]})
        _offer(new, rows)
    if again is None:
        again = GroupAgainForm(data=plain, prefix="again")
        _offer(again, _old_ones(cohort))
    return render_template(
        "coordinator/letters.html",
        group=cohort,
        new=new,
        again=again,
        faulty=again if again.errors else new,
        days=settings().code_days,
    )
