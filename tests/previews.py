"""Previews that do not wait: whoever makes them gives way to all, and tests fill the machine."""

from collections.abc import Iterator

import pytest

from lms.publishing.preview import start


@pytest.fixture(autouse=True, scope="module")
def eager_previews() -> Iterator[None]:
    """Let previews be made by somebody who gives way to nobody, and end him afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(start, "_MODULE", "tests.eager_previews")
        yield
        start.end_all()
