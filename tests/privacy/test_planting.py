"""Every table that is about people is known to those who purge, export and look for leaks."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.privacy.person import person_of, rows_of, tables_about_people
from tests.privacy.planting import plant

ELSEWHERE = frozenset({"purge_entry", "revocation", "statistic_queue"})  # come later, or instead


def test_somebody_with_everything_has_a_row_in_every_table_about_people(db: Session) -> None:
    made = plant(db, "a")
    person = person_of(db, enrolment_id=made.enrolment.id)
    empty = {
        table.name
        for table, link in tables_about_people()
        if not db.scalar(
            select(func.count()).select_from(table).where(rows_of(table, link, person))
        )
    }
    assert empty <= ELSEWHERE, f"tests/privacy/planting.py: plant a row in {empty - ELSEWHERE}"


def test_a_person_is_found_from_his_file_as_from_his_enrolment(db: Session) -> None:
    made = plant(db, "a")
    plant(db, "b")
    whole = person_of(db, enrolment_id=made.enrolment.id)
    assert person_of(db, referral_id=made.referral.id) == whole
    assert whole.by_column["completion_id"] == (made.certificate.completion_id,)
