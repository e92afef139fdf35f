"""Links to pages that other parts of the workshop add: left out while they are not there."""

from typing import Any

from flask import current_app, url_for


def linked(endpoint: str, **values: Any) -> str:  # noqa: ANN401 - parts of an address
    """Give the address of a page; empty while no such page is there."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""
