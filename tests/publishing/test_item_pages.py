"""What is published of a question, language by language."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.publishing.models import ItemText
from tests.factories import published_course


def test_a_right_number_is_written_as_its_language_does(db: Session) -> None:
    published_course(db)
    keys = select(ItemText.language, ItemText.key).where(ItemText.item_id == "number")
    written = {language: key["accepted"] for language, key in db.execute(keys)}
    assert written == {"fr": ["7 ± 0,5"], "en": ["7 ± 0.5"]}
