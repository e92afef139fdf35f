"""The site, for what is seen in a browser."""

from tests.web.conftest import real_site, shared_app, site

__all__ = ["real_site", "shared_app", "site"]
