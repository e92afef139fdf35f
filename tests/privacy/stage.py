"""A site where every private text is a canary: two people, their groups and agencies, all roles."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Throttle, User
from lms.accounts.roles import Role
from lms.agencies.models import AgencyMember, Agreement, ApiClient, ApiToken
from lms.assessment.models import Attempt
from lms.attendance.models import LiveSession
from lms.authoring.drafts import begin, save
from lms.authoring.revisions import Origin, Source, append_revision
from lms.awareness.models import AwarenessClass
from lms.corrections.models import Correction
from lms.exports.jobs import ask, make_waiting
from lms.exports.models import ExportJob, NamedExport
from lms.exports.tables import Kind, Scope
from lms.exports.write import Form
from lms.kernel.audit import Act, append_audit
from lms.outcomes.models import ProgrammeCost
from lms.privacy.incidents import Facts, record_incident
from lms.publishing.consent import ConsentAct, Terms
from lms.publishing.consent_register import Clerk, Entry, append_event
from lms.settings import Settings
from lms.surveys.models import SurveyAnswer
from tests import factories
from tests.factories import KEYS, NOW
from tests.privacy.planting import Marks, Planted, plant
from tests.web.browser import Browser
from tests.web.site import Site

INCIDENT = (
    "information", "circumstances", "happened", "people", "risk", "notices", "measures",
)  # fmt: skip
AGREEMENT = ("purpose", "nature", "method", "security", "frequency", "duration")
DRAFT = "content/modules/01-first/fr.md"


@dataclass(frozen=True)
class Side:
    """One of the two people, with his instructor and the officer who referred him."""

    planted: Planted
    instructor: User
    officer: User


@dataclass(frozen=True)
class Stage:
    """The two sides, what belongs to the site alone, and a browser for each role."""

    own: Side
    other: Side
    marks: Marks  # of what belongs to neither
    browsers: Mapping[str, Browser]
    pools: Mapping[str, Sequence[Any]]  # what may stand in an address, by the argument's name

    def column_of(self) -> Mapping[str, tuple[str, str]]:
        """Give whose a canary is (a, b, or s for the site) and its column."""
        sides = (self.own.planted.marks, self.other.planted.marks, self.marks)
        return {one: (marks.mark, name) for marks in sides for one, name in marks.named().items()}


def set_stage(site: Site) -> Stage:
    """Set the stage."""
    marks = Marks("s")
    roles = (Role.AUTHOR, Role.COORDINATOR, Role.ADMINISTRATOR, Role.PARTNER, Role.PRIVACY)
    people = {role: site.do(factories.make_user, role=role) for role in roles}
    own, other = (site.do(_side, mark, marks, people[Role.COORDINATOR]) for mark in "ab")
    site.do(_plant_site, marks, own)
    settings: Settings = site.app.extensions["virage_settings"]
    # A site that keeps identities: what few sites do, and what most can go wrong.
    site.app.extensions["virage_settings"] = replace(settings, identity=True)
    make_waiting(site.database, settings.instance, now=NOW)
    staff = {role.value: site.staff(role, person) for role, person in people.items()}
    sides = {
        f"{name}-{which}": browser
        for which, side in (("own", own), ("other", other))
        for name, browser in (
            ("participant", site.do(_enter, site, side.planted.user)),
            ("instructor", site.staff(Role.INSTRUCTOR, side.instructor)),
            ("agency", site.staff(Role.AGENCY, side.officer)),
        )
    }
    return Stage(
        own=own,
        other=other,
        marks=marks,
        browsers={"anonymous": site.stranger(), **staff, **sides},
        pools=site.do(_pools, own, other),
    )


def _enter(_db: Session, site: Site, user: User) -> Browser:
    return site.staff(Role.PARTICIPANT, user)


def _side(db: Session, mark: str, site_marks: Marks, coordinator: User) -> Side:
    """Make one person with his group, instructor, agency and officer."""
    marks = Marks(mark)
    login = f"{site_marks.of('staff.login')}{mark}"
    instructor = factories.make_user(db, login, role=Role.INSTRUCTOR)
    cohort = factories.make_cohort(db, marks.of("cohort.name"), instructors=[instructor])
    cohort.place = marks.of("cohort.place")
    agency = factories.make_agency(
        db, name=marks.of("agency.name"), webhook_url=f"https://{marks.of('agency.webhook_url')}.ca"
    )
    agreement = db.scalars(select(Agreement).where(Agreement.agency_id == agency.id)).one()
    for name in AGREEMENT:
        setattr(agreement, name, marks.of(f"agreement.{name}"))
    db.add(
        ApiClient(
            agency_id=agency.id, client_id=marks.of("api_client.client_id"),
            secret_hash=marks.of("api_client.secret_hash"), created_at=NOW,
        )
    )  # fmt: skip
    made = plant(db, marks, cohort=cohort, agency=agency)
    officer = factories.make_member(db, made.referral)
    db.get_one(AgencyMember, officer.id).is_lead = True
    for session in db.scalars(select(LiveSession).where(LiveSession.cohort_id == cohort.id)):
        session.place = marks.of("live_session.place")
    db.add(
        NamedExport(
            programme_id=cohort.programme_id, cohort_id=cohort.id, kind="roster",
            reason=marks.of("named_export.reason"), asked_by=coordinator.id, asked_at=NOW,
            decided_by=instructor.id, decided_at=NOW, accepted=True,
        )
    )  # fmt: skip
    wanted = [*((kind, Form.CSV) for kind in Kind), (Kind.PEOPLE, Form.XLSX)]
    for kind, form in wanted:
        ask(db, instructor.id, kind, Scope(cohort.id), form, now=NOW)
    return Side(made, instructor, officer)


def _plant_site(db: Session, marks: Marks, own: Side) -> None:
    """Plant a canary in each private text that is about neither of the two."""
    texts = {name: marks.of(f"incident.{name}") for name in INCIDENT}
    by = own.instructor.id
    facts = Facts(known_on=NOW.date(), **texts)
    record_incident(db, facts, by, audit_key=KEYS.audit, now=NOW)
    programme_id = own.planted.enrolment.programme_id
    db.add_all([
        ProgrammeCost(
            programme_id=programme_id, from_day=NOW.date(), until_day=NOW.date(), cents=1,
            label=marks.of("programme_cost.label"), entered_by=by, entered_at=NOW,
        ),
        Throttle(
            subject=marks.of("throttle.subject"), window_started_at=NOW, failures=1
        ),
        ApiToken(
            token_hash=marks.of("api_token.token_hash"), issued_at=NOW, expires_at=NOW,
            api_client_id=db.scalars(select(ApiClient.id)).first(),
        ),
        SurveyAnswer(
            survey_id="views", wave="before", token=marks.of("survey_answer.token"),
            language="fr", day=NOW.date(), answers={},
        ),
        AwarenessClass(
            course_id="awareness", class_hash=marks.of("awareness_class.class_hash"),
            leader_hash=marks.of("awareness_class.leader_hash"), created_at=NOW,
            expires_at=NOW.replace(year=NOW.year + 1),
        ),
    ])  # fmt: skip
    until = NOW.date() + timedelta(days=365)
    terms = Terms(NOW.date(), until, frozenset({"seminar"}))
    reason = marks.of("testimony_event.reason")
    append_event(db, Entry("lea", ConsentAct.GIVEN, terms, reason), Clerk("tests", NOW))
    me = factories.make_user(db, role=Role.AUTHOR).id
    draft = begin(db, DRAFT, "# Un", by=me, now=NOW)
    text = f"# Un\n\n{marks.of('draft.text')}\n"
    save(db, draft.id, text, known=draft.digest, by=me, now=NOW)
    source = Source(Origin.FOLDER, "tests", NOW, marks.of("file_revision.reason"))
    append_revision(db, "content/courses/seminar.yml", marks.of("file_revision.text"), source)
    act = Act("site", "act", "site:1", marks.of("audit_entry.reason"))
    append_audit(db, KEYS.audit, act, now=NOW)


def _pools(db: Session, own: Side, other: Side) -> Mapping[str, Sequence[Any]]:
    """Give what exists to be put into an address, his own first."""
    people = (own.planted, other.planted)

    def all_of(column: Any) -> list[uuid.UUID]:  # noqa: ANN401 - a column
        return list(db.scalars(select(column).order_by(column)))

    attempts = [
        db.scalars(
            select(Attempt.id)
            .where(Attempt.enrolment_id == one.enrolment.id)
            .order_by(Attempt.started_at, Attempt.id)
        ).all()
        for one in people
    ]
    return {
        "agency_id": [one.referral.agency_id for one in people],
        "attempt_id": [*attempts[0], attempts[1][0]],
        "cohort_id": [one.enrolment.cohort_id for one in people],
        "correction_id": all_of(Correction.id),
        "enrolment_id": [one.enrolment.id for one in people],
        "export_id": all_of(NamedExport.id),
        "job_id": all_of(ExportJob.id),
        "referral_id": [one.referral.id for one in people],
        "session_id": all_of(LiveSession.id),
    }
