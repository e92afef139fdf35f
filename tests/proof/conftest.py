"""The whole application, as the tests of the web have it."""

from tests.web.conftest import shared_app, site

__all__ = ["shared_app", "site"]
