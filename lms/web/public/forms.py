"""Forms of the public pages: the code, the first account, the check of a certificate."""

from wtforms import PasswordField, StringField
from wtforms.validators import ValidationError

from lms.web.form import AtMost, BaseForm, Required
from lms.web.words import _, lazy


class CodeForm(BaseForm):
    """The enrolment code, as printed on the letter."""

    code = StringField(lazy("Your code"), [Required(lambda: _("Enter your code.")), AtMost(60)])


class AccountForm(BaseForm):
    """A login and a password of one's own choice, the password twice."""

    login = StringField(
        lazy("Choose a login"), [Required(lambda: _("Choose a login.")), AtMost(64)]
    )
    password = PasswordField(
        lazy("Choose a password"), [Required(lambda: _("Choose a password.")), AtMost(128)]
    )
    password_again = PasswordField(
        lazy("The same password again"),
        [Required(lambda: _("Enter the same password again.")), AtMost(128)],
    )

    def validate_password_again(self, field: PasswordField) -> None:
        """Both must be the same."""
        if field.data != self.password.data:
            raise ValidationError(_("The two passwords differ. Enter the same one twice."))


class CheckForm(BaseForm):
    """Number and secret, as printed on the certificate."""

    number = StringField(lazy("Number"), [Required(lambda: _("Enter the number.")), AtMost(40)])
    secret = StringField(
        lazy("Verification code"),
        [Required(lambda: _("Enter the verification code.")), AtMost(60)],
    )
