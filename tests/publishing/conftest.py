"""What the tests of publishing share: the oracle that says how GitHub reads a text."""

import os
import shutil
import subprocess
from collections.abc import Callable

import pytest

_FLAGS = [
    word
    for name in ("table", "strikethrough", "autolink", "tasklist", "tagfilter", "footnotes")
    for word in ("-e", name)
]


@pytest.fixture(scope="session")
def cmark() -> Callable[[str], str]:
    """Give GitHub's own reader; without it tests are skipped, but never in CI."""
    program = shutil.which("cmark-gfm")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("cmark-gfm is not installed: apt-get install cmark-gfm")
        pytest.skip("cmark-gfm is not installed")

    def read(text: str) -> str:
        done = subprocess.run(  # noqa: S603 - a fixed program, the text on standard input
            [program, *_FLAGS], input=text.encode(), capture_output=True, check=True, timeout=20
        )
        return done.stdout.decode()

    return read
