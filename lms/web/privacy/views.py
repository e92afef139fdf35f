"""The privacy officer's pages."""

from flask import Flask, render_template

from lms.web.privacy.surface import bp


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


@bp.get("/privacy-office")
def start() -> str:
    """Show the privacy officer's start page."""
    return render_template("privacy/start.html")
