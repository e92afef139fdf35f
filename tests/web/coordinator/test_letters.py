"""Letters: the code of each person, on paper and nowhere else, and no word of why."""

import re
from collections.abc import Sequence
from datetime import timedelta
from time import process_time

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.accounts.roles import Role
from lms.attendance.queries import SessionKind
from lms.enrolment.codes import code_hash
from lms.enrolment.models import Cohort, Enrolment, EnrolmentCode
from lms.kernel.ids import new_id
from lms.privacy.models import ViewEntry
from lms.referrals.models import Referral
from lms.referrals.states import State
from tests.factories import NOW, make_agency, make_cohort, make_live_session, make_referral
from tests.pdf import text_of
from tests.web.browser import Browser
from tests.web.site import Site

CONTACT = "450 555-0199"
FIELDS = {"letter-contact": CONTACT, "letter-in_language": "own"}
_CODE = re.compile(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]")
# What nobody at a kitchen table is to read, in either language.
CANARIES = (
    "solicit", "prostitu", "sex", "police", "polic", "court", "tribunal", "crim", "offen",
    "infraction", "judge", "juge", "prosecut", "poursui", "procureur", "john", "charge", "accus",
    "justice", "law", "loi", "arrest", "arrêt", "sensibilisation", "awareness", "agence secrète",
)  # fmt: skip


@pytest.fixture
def coordinator(site: Site) -> Browser:
    """Sign a coordinator in."""
    return site.staff(Role.COORDINATOR)


def _ready(site: Site, cohort: Cohort | None = None, **fields: object) -> Referral:
    given = {"state": State.READY, "fee_state": "waived", **fields}
    return site.do(make_referral, cohort=cohort, **given)


def _codes(answer: TestResponse) -> list[str]:
    assert answer.mimetype == "application/pdf", answer.text[:2000]
    return _CODE.findall(text_of(answer.data))


def _opens(site: Site, code: str) -> int:
    return site.stranger().post("/en/begin", {"code": code}).status_code


def test_the_answer_to_making_a_letter_is_the_letter_and_its_code_opens_the_door(
    site: Site, coordinator: Browser
) -> None:
    cohort = site.do(make_cohort)
    file = _ready(site, cohort, reference="R-00042")
    answer = coordinator.post(f"/en/coordinator/files/{file.id}/letter", FIELDS)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="letters-2026-11-21.pdf"'
    assert answer.headers["Cache-Control"].startswith("no-store")
    (code,) = _codes(answer)
    words = text_of(answer.data)
    assert CONTACT.replace(" ", "") in words
    assert "R-00042" in words
    assert "127.0.0.1:8000/fr/begin" in words  # the file's language, not the coordinator's
    assert "19février2027" in words
    assert _opens(site, code) == 303
    with site.database.read() as db:
        kept = db.scalars(select(EnrolmentCode.code_hash)).one()
        what = db.scalars(select(ViewEntry.what)).all()
    assert kept == code_hash(code)
    assert list(what) == ["letter"]
    assert code not in coordinator.get(f"/en/coordinator/files/{file.id}").text


def test_a_code_does_not_outlast_the_last_day_and_the_letter_says_so(
    site: Site, coordinator: Browser
) -> None:
    file = _ready(
        site, site.do(make_cohort), language="en", deadline=NOW.date() + timedelta(days=9)
    )
    answer = coordinator.post(f"/fr/coordinator/files/{file.id}/letter", FIELDS)
    words = text_of(answer.data)
    assert words.count("November30,2026") == 2


@pytest.mark.parametrize("wanted", ["fr", "en"])
def test_a_letter_can_be_asked_for_in_either_language(
    site: Site, coordinator: Browser, wanted: str
) -> None:
    file = _ready(site, site.do(make_cohort))
    fields = {**FIELDS, "letter-in_language": wanted}
    words = text_of(coordinator.post(f"/en/coordinator/files/{file.id}/letter", fields).data)
    assert f"/{wanted}/begin" in words


def test_a_second_letter_needs_a_reason_and_ends_the_first(
    site: Site, coordinator: Browser
) -> None:
    file = _ready(site, site.do(make_cohort))
    path = f"/en/coordinator/files/{file.id}/letter"
    (first,) = _codes(coordinator.post(path, FIELDS))
    refused = coordinator.post(path, FIELDS)
    assert refused.status_code == 409
    assert "make a new letter with a reason" in refused.text
    again = {"again-contact": CONTACT, "again-in_language": "own"}
    assert coordinator.post(f"{path}/again", again).status_code == 422
    (second,) = _codes(coordinator.post(f"{path}/again", {**again, "again-reason": "Lost."}))
    assert (_opens(site, first), _opens(site, second)) == (422, 303)


def test_when_a_wrong_person_came_his_enrolment_ends_and_a_new_letter_goes_out(
    site: Site, coordinator: Browser
) -> None:
    wrong = site.participant()
    file = _ready(site, state=State.ENROLLED, enrolment_id=wrong.enrolment.id)

    def set_up(db: Session) -> None:
        kept = db.get_one(Referral, file.id)
        kept.cohort_id, kept.code_id = wrong.enrolment.cohort_id, wrong.enrolment.code_id

    site.do(set_up)
    fields = {"again-contact": CONTACT, "again-in_language": "own", "again-reason": "Another man."}
    answer = coordinator.post(f"/en/coordinator/files/{file.id}/letter/again", fields)
    assert len(_codes(answer)) == 1
    assert wrong.browser.get("/en/course").status_code == 401
    with site.database.read() as db:
        assert db.get_one(Enrolment, wrong.enrolment.id).closed_at == NOW
        kept = db.get_one(Referral, file.id)
        assert (kept.state, kept.enrolment_id) == (State.READY, None)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"letter-in_language": "own"}, "Enter a telephone number."),
        ({"letter-contact": CONTACT, "letter-in_language": "es"}, "Choose one of those shown."),
        ({"letter-contact": "a\x00b", "letter-in_language": "fr"}, "without hidden characters"),
    ],
)
def test_a_letter_that_says_nobody_to_call_is_not_made(
    site: Site, coordinator: Browser, fields: dict[str, str], fault: str
) -> None:
    file = _ready(site, site.do(make_cohort))
    answer = coordinator.post(f"/en/coordinator/files/{file.id}/letter", fields)
    assert answer.status_code == 422
    assert fault in answer.text
    assert _count(site, EnrolmentCode) == 0


@pytest.mark.parametrize("state", [State.REFERRED, State.CANCELLED, State.SUSPENDED])
def test_who_is_not_ready_gets_no_letter(site: Site, coordinator: Browser, state: State) -> None:
    file = _ready(site, site.do(make_cohort), state=state)
    assert coordinator.post(f"/en/coordinator/files/{file.id}/letter", FIELDS).status_code == 409
    assert _count(site, EnrolmentCode) == 0


def test_forty_files_become_forty_letters_in_one_act(site: Site, coordinator: Browser) -> None:
    cohort, agency = site.do(make_cohort), site.do(make_agency)
    for number in range(40):
        language = "en" if number % 4 == 0 else "fr"
        _ready(site, agency=agency, reference=f"R-{number:05}", language=language)
    page = coordinator.page(f"/en/coordinator/groups/{cohort.id}/letters")
    form = page.form(f"/groups/{cohort.id}/letters")
    chosen = [value for name, value in form.fields if name == "files"]
    assert len(chosen) == 40
    fields = [("files", one) for one in chosen]
    fields += [("contact", CONTACT), ("in_language", "own")]
    began = process_time()
    answer = coordinator.post(form.action, fields)
    assert process_time() - began < 20
    codes = _codes(answer)
    assert len(set(codes)) == 40
    assert answer.data.count(b"/Type/Page/") == 40
    words = text_of(answer.data)
    assert [number for number in range(40) if f"R-{number:05}" not in words] == []
    with site.database.read() as db:
        files = db.scalars(select(Referral)).all()
        assert {file.cohort_id for file in files} == {cohort.id}
        assert len({file.code_id for file in files}) == 40
    assert "No file is ready for a letter of this group." in coordinator.get(
        f"/en/coordinator/groups/{cohort.id}/letters"
    ).text  # fmt: skip


def test_more_files_than_places_get_no_letter_at_all(site: Site, coordinator: Browser) -> None:
    cohort = site.do(make_cohort)
    files = [_ready(site), _ready(site)]

    def limit(db: Session) -> None:
        db.get_one(Cohort, cohort.id).capacity = 1

    site.do(limit)
    answer = _group(coordinator, cohort, files)
    assert answer.status_code == 409
    assert "Every place of this group is taken." in answer.text
    assert CONTACT in answer.text
    assert _count(site, EnrolmentCode) == 0
    with site.database.read() as db:
        assert set(db.scalars(select(Referral.cohort_id))) == {None}


def test_only_files_that_are_offered_can_be_chosen(site: Site, coordinator: Browser) -> None:
    cohort = site.do(make_cohort)
    elsewhere = _ready(site, site.do(make_cohort))
    for files in ([], [elsewhere], [_ready(site), _ready(site, state=State.CANCELLED)]):
        assert _group(coordinator, cohort, files).status_code == 422
    assert _count(site, EnrolmentCode) == 0


def test_letters_that_were_lost_are_made_again_for_the_whole_group(
    site: Site, coordinator: Browser
) -> None:
    cohort = site.do(make_cohort)
    files = [_ready(site), _ready(site)]
    old = _codes(_group(coordinator, cohort, files))
    path = f"/en/coordinator/groups/{cohort.id}/letters/again"
    page = coordinator.page(f"/en/coordinator/groups/{cohort.id}/letters")
    names = [one["value"] for one in page.all("input") if one["name"] == "again-files"]
    fields = [("again-files", one) for one in names]
    fields += [("again-contact", CONTACT), ("again-in_language", "own")]
    assert coordinator.post(path, fields).status_code == 422
    new = _codes(coordinator.post(path, [*fields, ("again-reason", "The download broke off.")]))
    assert len(new) == 2
    assert [_opens(site, code) for code in (*old, *new)] == [422, 422, 303, 303]


def test_a_letter_tells_the_meetings_to_come_and_no_other(site: Site, coordinator: Browser) -> None:
    cohort = site.do(make_cohort)
    site.do(make_live_session, cohort, starts_at=NOW + timedelta(days=7), place="Salle B-12")
    site.do(make_live_session, cohort, place="Salle passée")
    site.do(
        make_live_session,
        cohort,
        starts_at=NOW + timedelta(days=8),
        kind=SessionKind.LIVE,
        place="lien.example",
    )
    file = _ready(site, cohort, language="en")
    answer = coordinator.post(f"/en/coordinator/files/{file.id}/letter", FIELDS)
    words = text_of(answer.data)
    assert "November28,2026,09:00to15:00,inperson:SalleB-12" in words
    assert "atadistance:lien.example" in words
    assert "passée" not in words


@pytest.mark.parametrize("wanted", ["fr", "en"])
def test_no_word_of_a_letter_tells_why_it_came(
    site: Site, coordinator: Browser, wanted: str
) -> None:
    agency = site.do(make_agency, name="Agence secrète de police")
    file = _ready(site, site.do(make_cohort), agency=agency)
    fields = {**FIELDS, "letter-in_language": wanted}
    answer = coordinator.post(f"/{wanted}/coordinator/files/{file.id}/letter", fields)
    plain = re.sub(rb"stream\r?\n.*?endstream", b"", answer.data, flags=re.DOTALL)
    packet = re.findall(rb"<\?xpacket begin.*?<\?xpacket end", answer.data, re.DOTALL)
    told = text_of(answer.data, spaces=True) + plain.decode("latin-1") + str(packet)
    told += answer.headers["Content-Disposition"]
    assert [word for word in CANARIES if word in told.lower()] == []


def test_a_group_that_is_not_there_has_no_letters(site: Site, coordinator: Browser) -> None:
    nowhere = f"/en/coordinator/groups/{new_id()}/letters"
    assert coordinator.get(nowhere).status_code == 404
    assert coordinator.post(nowhere).status_code == 404
    assert coordinator.post(f"{nowhere}/again").status_code == 404
    assert _count(site, EnrolmentCode) == 0


def _group(coordinator: Browser, cohort: Cohort, files: Sequence[Referral]) -> TestResponse:
    fields = [("files", str(file.id)) for file in files]
    fields += [("contact", CONTACT), ("in_language", "own")]
    return coordinator.post(f"/en/coordinator/groups/{cohort.id}/letters", fields)


def _count(site: Site, table: type[EnrolmentCode]) -> int:
    with site.database.read() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0
