"""A scene with one of everything: what the addresses of all pages name, and who looks at them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.assessment.models import Attempt, Result
from lms.assessment.queries import find_open_attempt
from lms.authoring.drafts import begin, save
from lms.authoring.revisions import Origin, Source, append_revision
from lms.corrections.kinds import Desk, Kind, Wish
from lms.corrections.scope import staff_of
from lms.corrections.service import correct
from lms.enrolment.models import Cohort
from lms.publishing.consent import ConsentAct, Terms
from lms.publishing.consent_register import Clerk, Entry, append_event, events_of
from lms.publishing.links import section_reference
from lms.publishing.media import media_folder
from lms.settings import Settings
from tests import factories
from tests.web.browser import Browser
from tests.web.site import Person, Site
from tests.web.tickets import ready_ticket

ROLES = (
    "anonymous",
    "participant-own",
    "participant-other",
    "author",
    "instructor-own",
    "instructor-other",
    "coordinator",
    "administrator",
    "partner",
    "agency-own",
    "agency-other",
    "privacy",
)
GRADUATE = frozenset({"participant.certificate", "participant.certificate_paper"})
FINISHER = frozenset({"participant.attest", "participant.attestation"})
REVIEWS = frozenset({
    "corrections.completion", "corrections.confirm_completion",
    "corrections.talk_first", "corrections.talk_held",
})  # fmt: skip
DRAFTED = "content/modules/01-first/fr.md"
PICTURE = f"{'5' * 64}.png"
FIELDS: Mapping[str, dict[str, str]] = {
    "auth_entrance.enter": {"login": "somebody"},
    "author.begin_draft": {"path": "content/modules/01-first/en.md"},
    "participant.agree_to_notice": {"agree": "yes", "language": "fr"},
    "participant.answer": {"answer": "0", "version": "1"},
    "participant.attest": {"attest": "yes"},
    "participant.practise": {"p1-answer": "0"},
    "participant.recall": {"p1-answer": "0"},
    "partner.change": {"until": "2026-12-31", "courses": "seminar", "languages": "fr"},
    "public.check_result": {"number": "AAAA", "secret": "AAAA"},
    "public.enter_code": {"code": "0000"},
}


@dataclass(frozen=True, slots=True)
class Scene:
    """The owner passed module 1 and stands before handing in module 2.

    A graduate has his certificate; a finisher passed all and has not attested yet.
    """

    site: Site
    owner: Person
    closed_attempt: uuid.UUID
    open_place: int  # of the closed attempt's open question
    correction: uuid.UUID
    referral: uuid.UUID
    review: uuid.UUID  # the file of somebody whose result waits
    agency: uuid.UUID
    live_session: uuid.UUID
    open_attempt: uuid.UUID
    draft: uuid.UUID
    ticket: uuid.UUID
    edition: uuid.UUID
    browsers: Mapping[str, Browser]
    graduate: Browser
    finisher: Browser

    def browser(self, role: str, endpoint: str) -> Browser:
        """Give a fresh browser of a role; what only a graduate owns is shown to him."""
        if role == "participant-own" and endpoint in GRADUATE:
            return self.graduate.copy()
        if role == "participant-own" and endpoint in FINISHER:
            return self.finisher.copy()
        return self.browsers[role].copy()

    def values(self, endpoint: str) -> dict[str, Any]:
        """Give what an address names: the owner's things, and places that exist."""
        at_quiz = endpoint in {
            "participant.answer",
            "participant.ask_question",
            "participant.begin",
            "participant.check_answers",
            "participant.question",
            "participant.quiz",
            "participant.recall",
            "participant.recap",
            "participant.submit",
            "participant.unclear_question",
        }
        is_open = endpoint == "participant.submit"
        return {
            "attempt_id": self.open_attempt if is_open else self.closed_attempt,
            "cohort_id": self.owner.enrolment.cohort_id,
            "agency_id": self.agency,
            "correction_id": self.correction,
            "digest": "5" * 64,
            "draft_id": self.draft,
            "enrolment_id": self.owner.enrolment.id,
            "export_id": uuid.UUID(int=9),
            "fact_id": "T01",
            "job_id": uuid.UUID(int=8),
            "kind": "waive-module",
            "standard": "scorm12",
            "number": 2 if at_quiz else 1,
            "page": 1,
            "place": self.open_place if endpoint == "participant.share" else 1,
            "form": "gift",
            "in_language": "fr",
            "reference": section_reference("first"),
            "referral_id": self.review if endpoint in REVIEWS else self.referral,
            "revision_id": self.edition,
            "session_id": self.live_session,
            "testimony_id": "lea",
            "ticket": self.ticket,
            "wave": "before",
            "name": self._file(endpoint),
        }

    def _file(self, endpoint: str) -> str:
        if endpoint == "media.media_file":
            return PICTURE
        return self.site.asset("app.css").rpartition("/")[2]

    def url(self, rule: Rule, lang: str = "fr") -> str:
        """Give the address of a rule."""
        with self.site.app.test_request_context():
            given = {"lang": lang, **self.values(rule.endpoint)}
            return url_for(
                rule.endpoint, **{name: given[name] for name in rule.arguments if name in given}
            )

    def ask(self, role: str, rule: Rule, method: str) -> int:
        """Ask as a role; gives the status."""
        browser, url = self.browser(role, rule.endpoint), self.url(rule)
        if method == "POST":
            return browser.post(url, FIELDS.get(rule.endpoint, {})).status_code
        return browser.send(method, url).status_code


def make_scene(site: Site) -> Scene:
    """Set the scene."""
    own = site.do(factories.make_user, role=Role.INSTRUCTOR)
    other = site.do(factories.make_user, role=Role.INSTRUCTOR)
    cohort = site.do(factories.make_cohort, instructors=[own])
    folder = media_folder(site.app.extensions["virage_settings"])
    folder.mkdir(exist_ok=True)
    (folder / PICTURE).write_bytes(b"GIF89a")
    site.do(factories.make_cohort, instructors=[other])
    owner, open_attempt = site.taker(2, cohort=cohort)
    graduate = site.participant(cohort=cohort)
    finisher = site.participant(cohort=cohort)
    for person in (graduate, finisher):
        site.do(factories.pass_course, person.learner)
    site.do(factories.attest, graduate.learner)

    def answer_all(db: Session) -> None:
        attempt = find_open_attempt(db, owner.enrolment.id, "second", site.clock())
        assert attempt is not None
        factories.save_all(db, attempt)

    site.do(answer_all)
    site.do(_consent, site)
    referral = site.do(factories.make_referral, cohort=cohort)
    site.do(factories.make_incident)
    author, draft = site.do(factories.make_user, role=Role.AUTHOR), site.do(_draft, site)
    return Scene(
        site=site,
        owner=owner,
        closed_attempt=site.do(_closed_attempt, owner),
        open_place=site.do(_open_place, owner),
        correction=site.do(_correction, own, owner),
        referral=referral.id,
        review=site.do(_review, cohort),
        agency=referral.agency_id,
        live_session=site.do(factories.make_live_session, cohort).id,
        open_attempt=open_attempt,
        draft=draft,
        ticket=ready_ticket(site, author, draft),
        edition=site.do(_edition),
        graduate=graduate.browser,
        finisher=finisher.browser,
        browsers={
            "anonymous": site.stranger(),
            "participant-own": owner.browser,
            "participant-other": site.participant().browser,
            "author": site.staff(Role.AUTHOR, author),
            "instructor-own": site.staff(Role.INSTRUCTOR, own),
            "instructor-other": site.staff(Role.INSTRUCTOR, other),
            "coordinator": site.staff(Role.COORDINATOR),
            "administrator": site.staff(Role.ADMINISTRATOR),
            "partner": site.staff(Role.PARTNER),
            "agency-own": site.staff(Role.AGENCY, site.do(factories.make_member, referral)),
            "agency-other": site.staff(Role.AGENCY, site.do(factories.make_member)),
            "privacy": site.staff(Role.PRIVACY),
        },
    )


def _review(db: Session, cohort: Cohort) -> uuid.UUID:
    """Let somebody who was referred do all that the course asks: his result waits."""
    enrolment = factories.make_enrolment(db, cohort=cohort)
    factories.pass_course(db, factories.learner_of(db, enrolment))
    state = "completed_pending_review"
    waiting = factories.make_referral(db, cohort=cohort, state=state, enrolment_id=enrolment.id)
    return waiting.id


def _consent(db: Session, site: Site) -> None:
    """Write down that somebody gave her testimony, if the course does not show one."""
    if not events_of(db, "lea"):
        day = site.clock().date()
        terms = Terms(day, day + timedelta(days=365), frozenset({"seminar"}))
        append_event(db, Entry("lea", ConsentAct.GIVEN, terms), Clerk("tests", site.clock()))


def _draft(db: Session, site: Site) -> uuid.UUID:
    """Begin a draft of a module's file, a word of it changed."""
    settings: Settings = site.app.extensions["virage_settings"]
    text = (settings.content / "modules/01-first/fr.md").read_text(encoding="utf-8")
    me = factories.make_user(db, role=Role.AUTHOR).id
    draft = begin(db, DRAFTED, text, by=me, now=factories.NOW)
    new = text.replace("Un texte *court*.", "Un texte *clair*.")
    save(db, draft.id, new, known=draft.digest, by=me, now=factories.NOW)
    return draft.id


def _edition(db: Session) -> uuid.UUID:
    """Append an earlier edition of the course's file."""
    source = Source(Origin.FOLDER, "tests", factories.NOW, "a reason")
    return append_revision(db, "content/courses/seminar.yml", "id: seminar\n", source).id


def _closed_attempt(db: Session, person: Person) -> uuid.UUID:
    query = select(Attempt.id).join(Result, Result.attempt_id == Attempt.id)
    return db.scalars(query.where(Attempt.enrolment_id == person.enrolment.id)).one()


def _open_place(db: Session, person: Person) -> int:
    shown = db.get_one(Attempt, _closed_attempt(db, person)).shown
    return 1 + [one["item"] for one in shown].index("open")


def _correction(db: Session, user: User, person: Person) -> uuid.UUID:
    """Propose to waive the module that the owner has not passed yet."""
    wish = Wish(Kind.WAIVE_MODULE, person.enrolment.id, "A reason.", "second")
    return correct(db, wish, Desk(staff_of(user), factories.KEYS, factories.NOW)).id


def rules(site: Site) -> list[tuple[Rule, str]]:
    """Give every rule with each of its methods, HEAD and OPTIONS aside."""
    return [
        (rule, method)
        for rule in sorted(site.app.url_map.iter_rules(), key=lambda one: one.endpoint)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
