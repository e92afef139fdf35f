"""The register of living consent: appended, on the audit chain, and obeyed by every page."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.audit import AuditEntry, verify_chain
from lms.kernel.errors import NotFoundError
from lms.publishing.consent import Terms
from lms.publishing.consent_register import (
    NothingChangesError,
    TermsError,
    WithdrawnError,
    change_terms,
    closed_for,
    closed_testimonies,
    events_of,
    rebuild_windows,
    withdraw_testimony,
)
from lms.publishing.expiring import expiring
from lms.publishing.models import (
    ModuleRevision,
    PublishedModule,
    TestimonyUse,
    TestimonyWindow,
)
from lms.publishing.prove_without import prove_without
from lms.publishing.queries import item_texts
from lms.publishing.section_queries import section_page
from tests.factories import KEYS, NOW, change_rules
from tests.testimony_sample import ALONE, CANARY, CLERK, COMPOSITE, CONSENT, publish_lea, take_back

TODAY = NOW.date()
TERMS = Terms(date(2026, 5, 1), date(2027, 5, 1), frozenset({"seminar"}))
DAY = timedelta(days=1)


def _acts(db: Session) -> list[str]:
    return [event.act for event in events_of(db, "lea")]


def _page(db: Session, language: str = "en", day: date = TODAY, *, instead: bool = False) -> str:
    page = section_page(db, "first", language, 1, day, instead=instead)
    assert page is not None
    return str(page.blocks)


def _windows(db: Session) -> set[tuple[str, str]]:
    return {(one.module_id, one.language) for one in db.scalars(select(TestimonyWindow))}


def test_what_the_files_say_is_in_the_register_and_on_the_chain_once_published(
    db: Session,
) -> None:
    publish_lea(db)
    [event] = events_of(db, "lea")
    assert (event.act, event.number, event.by) == ("given", 1, "author")
    assert "PARTNER-014" not in str(event.terms)  # the reference stays with the partner
    [entry] = db.scalars(select(AuditEntry))
    assert (entry.act, entry.subject) == ("testimony.given", "testimony:lea")
    assert entry.after["event"] == str(event.id)
    publish_lea(db)
    assert _acts(db) == ["given"]


def test_a_section_shows_her_until_she_takes_her_words_back(db: Session) -> None:
    publish_lea(db)
    assert f"{CANARY}-WORDS-en" in _page(db)
    assert "What is known of it" not in _page(db)
    event = take_back(db)
    for language in ("fr", "en"):
        assert CANARY not in _page(db, language)
        assert "What is known of it" in _page(db, language)
    assert event.terms["gates"] == []
    assert closed_testimonies(db, TODAY) == {"lea"}
    assert verify_chain(db, KEYS.audit).is_whole
    acts = db.scalars(select(AuditEntry.act).order_by(AuditEntry.number)).all()
    assert acts == ["testimony.given", "testimony.withdrawn"]


def test_a_reader_may_ask_for_what_takes_her_place(db: Session) -> None:
    publish_lea(db)
    assert CANARY not in _page(db, instead=True)
    assert "What is known of it" in _page(db, instead=True)


def test_to_take_back_twice_is_to_take_back_once(db: Session) -> None:
    publish_lea(db)
    assert take_back(db).id == take_back(db).id
    assert _acts(db) == ["given", "withdrawn"]


def test_files_do_not_bring_back_what_was_taken_back(db: Session) -> None:
    publish_lea(db)
    take_back(db)
    longer = CONSENT.replace("2027-05-01", "2029-05-01")
    for consent in (CONSENT, longer):
        publish_lea(db, consent=consent, now=NOW + DAY)
        assert CANARY not in _page(db, day=TODAY + DAY)
    again = longer.replace("2026-05-01", "2026-11-21")
    publish_lea(db, consent=again, now=NOW + DAY)  # given on the day of the withdrawal: not after
    assert _acts(db) == ["given", "withdrawn"]


def test_who_skips_an_account_is_not_asked_about_it(db: Session) -> None:
    publish_lea(db, consent=COMPOSITE)
    assert f"{CANARY}-PRACTICE" in _page(db)
    assert CANARY not in _page(db, instead=True)
    assert closed_testimonies(db, TODAY) == frozenset()


@pytest.mark.parametrize("kind", [COMPOSITE, ALONE])
def test_words_that_were_taken_back_do_not_come_back_under_another_kind(
    db: Session, kind: str
) -> None:
    publish_lea(db)
    take_back(db)
    publish_lea(db, consent=kind, now=NOW + DAY)
    for language in ("fr", "en"):
        assert CANARY not in _page(db, language, TODAY + DAY)
        assert CANARY not in _page(db, language, TODAY + DAY, instead=True)
    pointer = db.get_one(PublishedModule, "first")
    texts = item_texts(db, pointer.revision_id, ["single"], "fr", TODAY + DAY)
    assert texts["single"]["withheld"]


def test_a_new_consent_of_a_later_day_brings_her_back(db: Session) -> None:
    publish_lea(db)
    take_back(db, now=NOW - 5 * DAY)
    publish_lea(db, consent=CONSENT.replace("2026-05-01", "2026-11-17"))
    assert _acts(db) == ["given", "withdrawn", "given"]
    assert CANARY in _page(db)
    assert closed_testimonies(db, TODAY) == frozenset()


def test_her_consent_ends_by_the_clock(db: Session) -> None:
    publish_lea(db)
    assert CANARY in _page(db, day=date(2027, 5, 1))
    assert CANARY not in _page(db, day=date(2027, 5, 2))
    assert CANARY not in _page(db, day=date(2026, 4, 30))
    assert closed_testimonies(db, date(2027, 5, 2)) == {"lea"}


def test_less_than_before_closes_what_it_is_not_for(db: Session) -> None:
    publish_lea(db)
    french = Terms(TERMS.given, TERMS.until, TERMS.courses, frozenset({"fr"}))
    event = change_terms(db, "lea", french, CLERK, reason="In her language alone.")
    assert event.act == "narrowed"
    assert CANARY in _page(db, "fr")
    assert CANARY not in _page(db, "en")
    assert closed_testimonies(db, TODAY) == frozenset()
    assert closed_for(db, ["seminar"], "en", TODAY) == {"lea"}
    assert closed_for(db, ["seminar"], "fr", TODAY) == frozenset()
    assert closed_for(db, ["seminar", "camp"], "fr", TODAY) == {"lea"}
    publish_lea(db, now=NOW + DAY)  # the files still say: in all languages
    assert CANARY not in _page(db, "en")


def test_a_course_that_she_did_not_agree_to_closes_the_module_for_all(db: Session) -> None:
    publish_lea(db)
    assert _windows(db) == {(name, lang) for name in ("first", "second") for lang in ("fr", "en")}
    change_terms(db, "lea", Terms(TERMS.given, TERMS.until, frozenset({"camp"})), CLERK)
    assert _windows(db) == set()


def test_only_the_courses_that_use_a_module_must_be_agreed_to(db: Session) -> None:
    publish_lea(db)
    change_rules(db, modules=["first"])
    change_terms(db, "lea", Terms(TERMS.given, TERMS.until, frozenset({"camp"})), CLERK)
    assert {module for module, _ in _windows(db)} == {"second"}  # no course shows it any more
    assert CANARY not in _page(db)
    page = section_page(db, "second", "en", 1, TODAY)
    assert page is not None
    assert CANARY in str(page.blocks)
    rebuild_windows(db)
    assert {module for module, _ in _windows(db)} == {"second"}


def test_a_renewal_is_longer_and_ends_later(db: Session) -> None:
    publish_lea(db)
    longer = Terms(TERMS.given, date(2028, 5, 1), TERMS.courses)
    assert change_terms(db, "lea", longer, CLERK).act == "renewed"
    assert CANARY in _page(db, day=date(2028, 5, 1))
    publish_lea(db)
    assert CANARY in _page(db, day=date(2028, 5, 1))


def test_terms_that_are_none_are_refused(db: Session) -> None:
    publish_lea(db)
    with pytest.raises(NothingChangesError):
        change_terms(db, "lea", TERMS, CLERK)
    with pytest.raises(TermsError):
        change_terms(db, "lea", Terms(TERMS.given, TERMS.given - DAY, TERMS.courses), CLERK)
    with pytest.raises(TermsError):
        change_terms(db, "lea", Terms(TERMS.given, TERMS.until, frozenset()), CLERK)
    with pytest.raises(NotFoundError):
        withdraw_testimony(db, "nobody", CLERK)
    take_back(db)
    with pytest.raises(WithdrawnError):
        change_terms(db, "lea", Terms(TERMS.given, date(2030, 1, 1), TERMS.courses), CLERK)


@pytest.mark.parametrize(
    ("days", "told"),
    [(61, None), (60, 60), (15, 60), (14, 14), (0, 14), (-1, 0)],
)
def test_authors_are_told_sixty_days_before_and_fourteen(
    db: Session, days: int, told: int | None
) -> None:
    publish_lea(db)
    found = expiring(db, TERMS.until - timedelta(days=days))
    assert [(one.notice, one.days_left) for one in found] == (
        [] if told is None else [(told, days)]
    )


def test_what_was_withdrawn_does_not_end(db: Session) -> None:
    publish_lea(db)
    take_back(db)
    assert expiring(db, TERMS.until) == ()


def test_the_gates_are_proved_without_the_questions_that_rest_on_her(db: Session) -> None:
    publish_lea(db)
    assert prove_without(db, ["lea"]) == ()
    _rest_all_on_her(db)
    assert prove_without(db, []) == ()
    [broken] = prove_without(db, ["lea"])
    assert (broken.course_id, broken.module_id) == ("seminar", "second")
    assert "nothing right" in broken.path
    assert take_back(db).terms["gates"] == [broken.path]  # the text is gone all the same
    assert CANARY not in _page(db)


def _rest_all_on_her(db: Session) -> None:
    """Publish the second module again, every one of its questions resting on her."""
    pointer = db.get_one(PublishedModule, "second")
    old = db.get_one(ModuleRevision, pointer.revision_id)
    items = [one | {"testimony": "lea"} for one in old.quiz["items"]]
    new = ModuleRevision(
        module_id="second",
        number=old.number + 1,
        digest="0" * 64,
        source=old.source,
        outline=old.outline,
        quiz=old.quiz | {"items": items},
        published_at=NOW,
        published_by="tests",
    )
    db.add(new)
    db.flush()
    pointer.revision_id = new.id
    db.flush()


def test_every_page_that_shows_her_is_noted_and_no_other(db: Session) -> None:
    publish_lea(db)
    rows = db.scalars(select(TestimonyUse)).all()
    assert {(one.testimony_id, one.language, one.position) for one in rows} == {
        ("lea", language, 1) for language in ("fr", "en")
    }
    assert len(rows) == 4  # of two modules
