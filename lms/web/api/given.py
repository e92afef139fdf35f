"""What a machine sent, read in one way: an object of JSON, or the numbers of a query."""

import re
from http import HTTPStatus

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from lms.exchange.fields import LAST_NUMBER, Field
from lms.exchange.message import MessageError
from lms.exchange.signed import read_line

JSON = "application/json"
MOST_ROWS = 100
_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)


class NotJsonError(Exception):
    """The body is no JSON that can be read in one way."""

    status = HTTPStatus.BAD_REQUEST


def json_object() -> dict[str, object]:
    """Give the body; 415 where it is said to be something else, NotJsonError where it is none."""
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    try:
        return read_line(request.get_data())
    except MessageError as error:
        raise NotJsonError from error


def checked(given: dict[str, object], fields: dict[str, Field]) -> dict[str, str]:
    """Give these fields of the body, each of its form and no other; else MessageError."""
    for name, field in fields.items():
        if not field.takes(given.get(name)):
            raise MessageError(name, "does not have the agreed form")
    if len(given) > len(fields):
        raise MessageError("body", f"takes these fields alone: {', '.join(fields)}")
    return {name: str(given[name]) for name in fields}


def number_of(name: str, *, least: int = 0, most: int = LAST_NUMBER, otherwise: int = 0) -> int:
    """Give a number of the query, said once and within its bounds; else MessageError."""
    said = request.args.getlist(name)
    if not said:
        return otherwise
    if len(said) > 1 or not _NUMBER.fullmatch(said[0]) or not least <= int(said[0]) <= most:
        raise MessageError(name, f"must be a whole number from {least} to {most}")
    return int(said[0])
