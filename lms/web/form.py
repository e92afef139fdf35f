"""The base of all forms, and the validators that WTForms lacks."""

from collections.abc import Callable
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.meta import DefaultMeta
from wtforms.validators import InputRequired, Length, StopValidation

from lms.web.words import _

Message = Callable[[], str]


class _CleanMeta(DefaultMeta):
    """What every form does with what was sent."""

    def wrap_formdata(self, form: Any, formdata: Any) -> Any:  # noqa: ANN401 - as WTForms has it
        """Make NUL visible: no keyboard sends it, and PostgreSQL keeps no text that holds it."""
        sent: Any = super().wrap_formdata(form, formdata)
        if not isinstance(sent, MultiDict):
            return sent
        pairs = sent.items(multi=True)
        return MultiDict([(name, value.replace("\x00", "\ufffd")) for name, value in pairs])


class BaseForm(Form):
    """A form filled from the request; CSRFProtect has checked the token before any view."""

    Meta = _CleanMeta


class Required(InputRequired):
    """Something must be there; the message is made when it is shown, in the reader's language."""

    def __init__(self, message: Message) -> None:
        super().__init__()
        self._words = message

    def __call__(self, _form: Any, field: Any) -> None:  # noqa: ANN401 - as WTForms has it
        """Raise when nothing, or nothing but spaces, was sent."""
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors = []
            raise StopValidation(self._words())


class AtMost(Length):
    """No longer than so many characters."""

    def __init__(self, maximum: int) -> None:
        super().__init__(max=maximum)
        self._maximum = maximum

    def __call__(self, _form: Any, field: Any) -> None:  # noqa: ANN401 - as WTForms has it
        """Raise when the text is too long; the text stays in the form."""
        if field.data and len(field.data) > self._maximum:
            raise StopValidation(
                _("Shorten this to %(count)s characters or fewer.", count=self._maximum)
            )


def has_repeated_fields(*names: str) -> bool:
    """Whether a field that may come once came several times."""
    return any(len(request.form.getlist(name)) > 1 for name in names)
