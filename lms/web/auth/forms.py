"""Forms of signing in and of one's own account."""

from wtforms import HiddenField, PasswordField, StringField

from lms.web.form import AtMost, BaseForm, Required
from lms.web.words import _, lazy


class LoginForm(BaseForm):
    """Login and password; `kept` carries what is to go on afterwards."""

    login = StringField(lazy("Login"), [Required(lambda: _("Enter your login.")), AtMost(200)])
    password = PasswordField(
        lazy("Password"), [Required(lambda: _("Enter your password.")), AtMost(1000)]
    )
    kept = HiddenField()


class CodeForm(BaseForm):
    """A code of the app, or one of the recovery codes; `kept` as for the login."""

    code = StringField(
        lazy("Code from the app"), [Required(lambda: _("Enter a code.")), AtMost(40)]
    )
    kept = HiddenField()
