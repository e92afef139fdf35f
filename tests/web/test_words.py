"""Words in templates: a percent sign stands once, with values and without."""

import pytest
from flask import render_template_string

from tests.web.site import Site

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])  # words are no rows


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('_("Sure to 95%%.")', "Sure to 95%."),
        ('_("%(name)s: 95%%.", name="<b>")', "&lt;b&gt;: 95%."),
    ],
)
def test_a_percent_sign_stands_once_with_values_and_without(
    site: Site, written: str, shown: str
) -> None:
    with site.app.test_request_context("/fr/help"):
        for _ in range(2):  # looked up, then from memory
            assert render_template_string("{{ " + written + " }}") == shown
