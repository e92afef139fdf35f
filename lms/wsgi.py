"""What a server process runs."""

from flask import Flask

from lms.app import create_app
from lms.settings import load_settings
from lms.web.logs import write_json_logs


def make() -> Flask:
    """Make the application of this process, with logs as JSON lines."""
    write_json_logs()
    return create_app(load_settings())
