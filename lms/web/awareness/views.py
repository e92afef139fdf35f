"""The awareness track's pages."""

from flask import Flask

from lms.web.awareness.surface import bp


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)
