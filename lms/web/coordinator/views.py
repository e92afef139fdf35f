"""The coordinator's pages."""

from flask import Flask

from lms.accounts.roles import Role
from lms.web.surface import Surface

bp = Surface("coordinator", __name__, roles=frozenset({Role.COORDINATOR}))


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


@bp.get("/coordinator")
def start() -> str:
    """Show the start page."""
    return ""
