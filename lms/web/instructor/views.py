"""The instructor's pages."""

from flask import Flask

from lms.accounts.roles import Role
from lms.web.surface import Surface

bp = Surface("instructor", __name__, roles=frozenset({Role.INSTRUCTOR}))


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


@bp.get("/instructor")
def start() -> str:
    """Show the start page."""
    return ""
