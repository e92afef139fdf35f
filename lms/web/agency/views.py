"""The agency's pages."""

from flask import Flask, render_template

from lms.web.agency.surface import bp


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


@bp.get("/agency")
def start() -> str:
    """Show the agency's start page."""
    return render_template("agency/start.html")
