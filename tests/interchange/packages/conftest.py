"""Fixtures of packages: a browser, and learning systems that play the small course."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from lms.interchange.packages.package import PackageKind
from tests.factories import published_course
from tests.interchange.packages.at_hand import package_of, unzipped
from tests.interchange.packages.learning_system import LearningSystem, serving


@pytest.fixture
def scorm(db: Session, tmp_path: Path) -> Iterator[LearningSystem]:
    """Serve the small course as SCORM 1.2."""
    published_course(db)
    with serving(unzipped(package_of(db, tmp_path))) as lms:
        yield lms


@pytest.fixture
def cmi5(db: Session, tmp_path: Path) -> Iterator[LearningSystem]:
    """Serve the small course as cmi5."""
    published_course(db)
    with serving(unzipped(package_of(db, tmp_path, PackageKind.CMI5))) as lms:
        yield lms


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a fresh browser that fails the test when a script of the package does."""
    context = browser.new_context()
    found = context.new_page()
    faults: list[str] = []
    found.on("pageerror", lambda error: faults.append(str(error)))
    yield found
    context.close()
    assert faults == []
