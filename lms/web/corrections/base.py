"""The surface of corrections, and what its acts share: who acts, and what a refusal looks like."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from flask import g, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from lms.accounts.roles import Role
from lms.assessment.regrade import StaleScoreError
from lms.corrections.kinds import Desk, RefusedError
from lms.kernel.errors import BadInputError
from lms.web.correction_words import staff, why_text
from lms.web.db import db
from lms.web.request import LANGUAGES, keys, language, now
from lms.web.surface import Surface
from lms.web.words import _

T = TypeVar("T")
Page = Response | str | tuple[str, int]

bp = Surface("corrections", __name__, roles=frozenset({Role.INSTRUCTOR, Role.COORDINATOR}))


def desk() -> Desk:
    """Give who acts, now, with the site's keys."""
    return Desk(staff(), keys(), now())


def attempted(form: Form, act: Callable[[], T]) -> tuple[T | None, HTTPStatus]:
    """Act, or put the refusal on the form and undo what the act had begun; gives a status too."""
    try:
        with db().begin_nested():
            return act(), HTTPStatus.OK
    except RefusedError as refused:
        form.form_errors = [why_text(refused.why)]
    except StaleScoreError:
        form.form_errors = [
            _("Somebody else gave another score in the meantime. Look at the score as it is now.")
        ]
    except BadInputError:
        form.form_errors = [_("This cannot be used. Check what you entered.")]
        return None, HTTPStatus.UNPROCESSABLE_ENTITY
    return None, HTTPStatus.CONFLICT


def keep_place(endpoint: str, **values: Any) -> None:  # noqa: ANN401 - parts of an address
    """Let the link to the other language lead to the page that this answer stands on."""
    other = next(one for one in LANGUAGES if one != language())
    g.place_url = url_for(endpoint, lang=other, **values)
