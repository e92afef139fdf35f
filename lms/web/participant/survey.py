"""The anonymous questions before the course and after it: offered once, left with one button.

What is sent goes into a transaction of its own, with a mark instead of a person; then, whether
somebody answered or left, his turn is over and nothing else is written about him.
"""

from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from lms.journey.read import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.progress.queries import load_progress
from lms.surveys.queries import find_survey, find_turn
from lms.surveys.service import answer, end_turn, offer
from lms.surveys.sheet import Sheet, SurveyPage, Wave, survey_token
from lms.web.db import db, reader, write_apart
from lms.web.form import BaseForm, has_repeated_fields
from lms.web.html import shown
from lms.web.participant.guard import bp
from lms.web.request import language, learner, now, person_keys
from lms.web.words import _

Page = Response | str | tuple[str, int]
_NEXT = {Wave.BEFORE: "participant.course", Wave.AFTER: "participant.certificate"}


def offered_or(endpoint: str, wave: Wave, lang: str) -> str:
    """Offer the survey of this wave and give its address; that of the endpoint if there is none.

    For the act before it: whoever has had his turn goes straight on.
    """
    survey_id = learner().rules.surveys.get(wave.value)
    there = survey_id and find_survey(db(), survey_id, lang)
    if there and offer(
        db(), learner().enrolment_id, learner().programme_id, there.survey_id, wave
    ):  # fmt: skip
        return url_for("participant.survey", lang=lang, wave=wave.value)
    return url_for(endpoint, lang=lang)


@bp.get("/survey/<any(before, after):wave>")
def survey(wave: str) -> Page:
    """Show the questions to whoever was offered them; who has had his turn goes on."""
    found = _survey(Wave(wave))
    if found is None:
        return _go_on(Wave(wave))
    return _page(found, Wave(wave), _form(found))


@bp.post("/survey/<any(before, after):wave>")
def answer_survey(wave: str) -> Page:
    """Keep what was answered, or nothing; then go on."""
    found = _survey(Wave(wave))
    if found is None:
        return _go_on(Wave(wave))
    if request.form.get("act") != "leave":
        form = _form(found)
        if not form.validate():
            return _page(found, Wave(wave), form), HTTPStatus.UNPROCESSABLE_ENTITY
        _keep(found, Wave(wave), form)
    end_turn(db(), learner().enrolment_id, found.survey_id, Wave(wave))
    return _go_on(Wave(wave))


def _survey(wave: Wave) -> SurveyPage | None:
    """Give the survey that somebody may answer now; None when his turn is over."""
    survey_id = learner().rules.surveys.get(wave.value, "")
    turn = find_turn(reader(), learner().enrolment_id, survey_id, wave) if survey_id else None
    found = find_survey(reader(), survey_id, language()) if turn is not None else None
    if turn is None or found is None:
        raise NotFoundError(f"survey {wave}")
    # What somebody thinks before he has read anything can be asked only then.
    has_begun = wave is Wave.BEFORE and load_progress(reader(), learner().enrolment_id).modules
    return None if turn.is_over or has_begun else found


def _go_on(wave: Wave) -> Response:
    return redirect(url_for(_NEXT[wave]), HTTPStatus.SEE_OTHER)


def _page(found: SurveyPage, wave: Wave, form: BaseForm) -> str:
    return render_template(
        "participant/survey.html",
        survey=found,
        intro=shown(found.intro),
        wave=wave.value,
        form=form,
        questions=[
            (form[f"q{place}"], shown(question.body))
            for place, question in enumerate(found.questions, start=1)
        ],
    )


def _form(found: SurveyPage) -> BaseForm:
    """Make the form: a scale a question, none chosen, each of them optional."""
    fields: dict[str, Any] = {}
    for place, question in enumerate(found.questions, start=1):
        choices = [SelectChoice(str(at), shown(one)) for at, one in enumerate(question.choices)]
        fields[f"q{place}"] = RadioField(
            shown(question.prompt), [_check], choices=choices, validate_choice=False
        )
    made = type("SurveyForm", (BaseForm,), fields)
    form: BaseForm = made(request.form if request.method == "POST" else None)
    return form


def _check(_form: BaseForm, field: RadioField) -> None:
    places = {str(choice[0]) for choice in field.iter_choices()}
    if has_repeated_fields(field.name) or (field.data and field.data not in places):
        raise ValidationError(_("Choose one of the answers shown, or none."))


def _keep(found: SurveyPage, wave: Wave, form: BaseForm) -> None:
    given = {
        question.id: int(form[f"q{place}"].data)
        for place, question in enumerate(found.questions, start=1)
        if form[f"q{place}"].data
    }
    if not given:
        return
    key = person_keys().find_or_make(learner().enrolment_id)
    token = survey_token(key, found.survey_id)
    day = today_in_programme(now())
    sheet = Sheet(found.survey_id, wave, token, found.language, day, given)
    write_apart(lambda session: answer(session, sheet))
