"""Each look at a person is written down once, before the page leaves: for that person to see."""

import uuid

import pytest
from flask import Response, g
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms.accounts.roles import Role
from lms.accounts.service import open_session, token_hash
from lms.journey.actor import load_actor
from lms.privacy.models import ViewEntry
from lms.web.view_log import note_view, write_views
from tests import factories
from tests.web.matrix import expected
from tests.web.scene import Scene, make_scene, rules
from tests.web.site import Site

OF_A_PERSON = frozenset({"enrolment_id", "attempt_id", "referral_id", "correction_id"})
HIMSELF = frozenset({"participant-own", "participant-other", "anonymous"})


@pytest.fixture
def scene(site: Site) -> Scene:
    """Set the scene."""
    return make_scene(site)


def _entries(site: Site) -> list[ViewEntry]:
    with site.database.read() as db:
        return list(db.scalars(select(ViewEntry).order_by(ViewEntry.at)))


def test_every_page_about_one_person_leaves_one_entry_and_no_other_page_does(scene: Scene) -> None:
    site, table = scene.site, expected()
    seen, wrong = 0, []
    for rule, method in rules(site):
        if method != "GET" or (rule.endpoint, method) not in table:
            continue  # a page that the matrix lacks: test_access_matrix.py asks for its row
        is_person = bool(OF_A_PERSON & rule.arguments)
        for role, status in table[rule.endpoint, method].status.items():
            if status != 200 or role in HIMSELF:
                continue
            with site.undone():
                before = len(_entries(site))
                scene.browser(role, rule.endpoint).get(scene.url(rule))
                added = _entries(site)[before:]
            if is_person and len(added) != 1:
                wrong.append(f"{rule.endpoint} to {role}: {len(added)} entries")
            seen += is_person
    assert wrong == []
    assert seen > 10


def test_an_entry_says_who_what_for_whom_and_when(scene: Scene) -> None:
    site, person = scene.site, scene.owner.enrolment.id
    browser = scene.browsers["instructor-own"].copy()
    assert browser.get(f"/fr/instructor/people/{person}").status_code == 200
    (entry,) = _entries(site)
    assert (entry.subject, entry.subject_id, entry.role) == ("enrolment", person, Role.INSTRUCTOR)
    assert (entry.what, entry.at) == ("person", site.clock())


def test_what_was_not_shown_leaves_no_entry(scene: Scene) -> None:
    person = scene.owner.enrolment.id
    for role, address in (
        ("instructor-other", f"/fr/instructor/people/{person}"),
        ("instructor-own", f"/fr/instructor/people/{uuid.uuid4()}"),
        ("coordinator", f"/fr/instructor/people/{person}"),
        ("anonymous", f"/fr/instructor/people/{person}"),
        ("participant-own", "/fr/course"),
    ):
        scene.browsers[role].copy().get(address)
    scene.browsers["instructor-own"].copy().send("HEAD", f"/fr/instructor/people/{person}")
    assert _entries(scene.site) == []


def test_a_refused_form_shows_the_person_again_and_counts(scene: Scene) -> None:
    person = scene.owner.enrolment.id
    browser = scene.browsers["instructor-own"].copy()
    answer = browser.post(f"/fr/corrections/people/{person}/extra-attempt", {})
    assert answer.status_code == 422
    assert len(_entries(scene.site)) == 1


def test_a_page_whose_view_cannot_be_written_down_is_not_shown(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object, **_more: object) -> None:
        raise OperationalError("the table is away", None, Exception())

    monkeypatch.setattr("lms.web.view_log.log_view", away)
    person = scene.owner.enrolment
    answer = scene.browsers["instructor-own"].copy().get(f"/fr/instructor/people/{person.id}")
    assert answer.status_code == 503
    assert person.pseudonym not in answer.text


@pytest.mark.parametrize(("status", "entries"), [(200, 1), (409, 1), (303, 0), (404, 0)])
def test_an_answer_that_shows_nothing_is_no_view(scene: Scene, status: int, entries: int) -> None:
    person = scene.owner.enrolment.id
    coordinator = scene.site.do(factories.make_user, role=Role.COORDINATOR)
    limits = factories.LIMITS
    with scene.site.app.test_request_context():
        token = scene.site.do(
            lambda db: open_session(db, coordinator, now=scene.site.clock()).token
        )
        with scene.site.database.read() as db:
            g.actor = load_actor(db, token_hash(token), limits=limits, now=scene.site.clock())
        note_view("enrolment", person, "person")
        note_view("enrolment", person, "person")  # twice on one page is once
        write_views(Response(status=status))
    assert len(_entries(scene.site)) == entries
