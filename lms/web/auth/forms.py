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
