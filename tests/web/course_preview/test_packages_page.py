"""An author fetches packages of a course, and is told what they leave to who plays them."""

import re

from lms.kernel.database import Database
from tests import factories
from tests.web.author.browsing import Browser


def test_packages_are_offered_with_their_notice_and_come_as_files(
    database: Database, author: Browser
) -> None:
    nothing = author.read("/en/author/courses/1/packages")
    assert "This course is not published in this language." in nothing
    assert author.get("/en/author/courses/1/packages/cmi5").status_code == 404
    with database.write() as db:
        factories.published_course(db)
        db.commit()
    page = author.read("/en/author/courses/1/packages")
    assert "The gates now belong to the learning system that plays this package" in page
    for kind in ("scorm12", "cmi5"):
        assert f'href="/en/author/courses/1/packages/{kind}"' in page
        answer = author.get(f"/en/author/courses/1/packages/{kind}")
        assert answer.status_code == 200
        assert answer.mimetype == "application/zip"
        named = answer.headers["Content-Disposition"]
        assert re.search(rf"filename=course-1-en-{kind}\.zip", named)
        assert answer.get_data().startswith(b"PK")
        answer.close()
    assert author.get("/en/author/courses/1/packages/aicc").status_code == 404
