"""What the coordinator's acts share: who acts, whose file it is, what a refusal looks like."""

import uuid
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import g, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from lms.agencies.models import Agency
from lms.agencies.queries import find_agency
from lms.enrolment.queries import CohortView, find_cohort
from lms.kernel.days import today_in_programme
from lms.kernel.errors import BadInputError, NotAllowedError, NotFoundError
from lms.referrals.models import Referral
from lms.referrals.queries import find_referral
from lms.referrals.service import Mover
from lms.referrals.states import Party
from lms.web.coordinator.refusals import refusal_text
from lms.web.db import db
from lms.web.request import LANGUAGES, actor, keys, language, now

Page = Response | str | tuple[str, int]


def mover() -> Mover:
    """Give who moves a file: this coordinator, with the key of the audit chain."""
    return Mover(Party.COORDINATOR, str(actor().user_id), keys().audit)


def the_file(referral_id: uuid.UUID) -> Referral:
    """Give a file that is there; a purged one is gone."""
    found = find_referral(db(), referral_id)
    if found is None or found.purged_at is not None:
        raise NotFoundError("referral")
    return found


def the_agency(agency_id: uuid.UUID) -> Agency:
    """Give an agency that is there."""
    found = find_agency(db(), agency_id)
    if found is None:
        raise NotFoundError("agency")
    return found


def the_cohort(cohort_id: uuid.UUID) -> CohortView:
    """Give a group that is there."""
    found = find_cohort(db(), cohort_id)
    if found is None:
        raise NotFoundError("cohort")
    return found


def attempted(form: Form, act: Callable[[], object]) -> HTTPStatus:
    """Act, or put the refusal on the form and undo what the act had begun; gives a status."""
    try:
        with db().begin_nested():
            act()
    except BadInputError as fault:
        form.form_errors = [refusal_text(fault)]
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except NotAllowedError as fault:
        form.form_errors = [refusal_text(fault)]
        return HTTPStatus.CONFLICT
    return HTTPStatus.OK


def today() -> date:
    """Give the day in the programme's zone."""
    return today_in_programme(now())


def keep_place(endpoint: str, **values: Any) -> None:  # noqa: ANN401 - parts of an address
    """Let the link to the other language lead to the page that this answer stands on."""
    other = next(one for one in LANGUAGES if one != language())
    g.place_url = url_for(endpoint, lang=other, **values)
