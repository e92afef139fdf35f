"""A file brought in, or the line that says why not."""

from lms.interchange.formats import bring_in
from lms.interchange.loss import BadFileError
from lms.interchange.questions import Brought, Home


def brought_or_why(data: bytes, form: str, language: str = "fr") -> Brought | str:
    """Bring a file in; gives the refusal's words where it is refused as a whole."""
    try:
        return bring_in(data, form, Home(language))
    except BadFileError as error:
        return str(error)
