"""The words of a letter with a code, in the letter's own language, whoever prints it.

No word of it says what the training is about, who sent somebody there, or what comes otherwise.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from flask import g, url_for
from flask_babel import force_locale
from sqlalchemy.orm import Session

from lms.attendance.queries import SessionView, sessions_of
from lms.enrolment.models import Cohort, EnrolmentCode
from lms.kernel.days import LOCAL_ZONE
from lms.publishing.queries import current_course, outlines
from lms.referrals.letters import Letter, Line, Part
from lms.referrals.models import Referral
from lms.web.request import language, now, settings
from lms.web.session_words import session_text
from lms.web.words import _, day_text, hours_text, plural

ISSUER = "Virage"


@dataclass(frozen=True, slots=True)
class Issued:
    """A code that was issued in this act, and whose letter it stands on."""

    file: Referral
    code: str


@dataclass(frozen=True, slots=True)
class _Course:
    """How long a course is, by what its modules state."""

    minutes: int
    modules: int


@contextmanager
def written_in(lang: str) -> Iterator[None]:
    """Let words and dates be in this language for a while."""
    before = language()
    g.lang = lang
    try:
        with force_locale(f"{lang}_CA"):
            yield
    finally:
        g.lang = before


def letters(db: Session, issued: Sequence[Issued], contact: str, wanted: str) -> list[Letter]:
    """Put the letters together; `wanted` is a language, or "own" for that of each file."""
    written = []
    for one in issued:
        lang = one.file.language if wanted == "own" else wanted
        with written_in(lang):
            written.append(_letter(db, one, contact, lang))
    return written


def _letter(db: Session, one: Issued, contact: str, lang: str) -> Letter:
    file = one.file
    code = db.get_one(EnrolmentCode, file.code_id)
    url = settings().base_url.rstrip("/") + url_for("public.code", lang=lang)
    return Letter(
        language="fr" if lang == "fr" else "en",
        heading=_("Your place in an online training"),
        opening=_("A place is kept for you. This letter says how to begin and what to expect. "
                  "The code is for you alone, and works once: give it to nobody."),
        address=Line(_("Address of the site"), url.removeprefix("https://")),
        url=url,
        code=Line(_("Your code"), one.code),
        days=(
            Line(_("Begin on this day at the latest"), day_text(_last_day(code))),
            Line(_("Last day to finish"), day_text(file.deadline)),
        ),
        parts=(_to_begin(), *_meetings(db, file), _to_expect(db, file), _whom_to_call(contact)),
        reference=Line(_("Reference:"), file.reference or ""),
    )  # fmt: skip


def _last_day(code: EnrolmentCode) -> date:
    """Give the last whole day on which a code can be used, or the day on which it runs out."""
    return (code.expires_at - timedelta(minutes=1)).astimezone(LOCAL_ZONE).date()


def _to_begin() -> Part:
    return Part(
        _("How to begin"),
        (
            _("Open the address above on a telephone, a tablet or a computer."),
            _("Type your code. Capitals, blanks and hyphens do not matter."),
            _("Choose a login and a password. No e-mail address is needed."),
            _("Read what is recorded and who sees it. Then the first module opens."),
        ),
        is_numbered=True,
    )


def _to_expect(db: Session, file: Referral) -> Part:
    course = _course(db, file)
    return Part(
        _("What to expect"),
        (
            plural("%(num)s part to read, with questions at the end. Count on %(hours)s in all.",
                   "%(num)s parts to read, with questions at the end of each. Count on %(hours)s "
                   "in all.", course.modules, hours=hours_text(course.minutes)),
            _("Nothing has to be installed: a browser and a connection are enough. You go at "
              "your own pace, and may stop at any time: what you have done is kept."),
            _("You may try the questions again. Your answers are not sent to anybody outside "
              "the training."),
            _("A screen that reads aloud, more time, no quiet place, no telephone or computer, "
              "reading that is hard: call, and something will be arranged."),
        ),
    )  # fmt: skip


def _meetings(db: Session, file: Referral) -> tuple[Part, ...]:
    if file.cohort_id is None:
        return ()
    coming = [one for one in sessions_of(db, file.cohort_id) if _is_coming(one)]
    if not coming:
        return ()
    return (Part(_("Meetings of your group"), tuple(session_text(one) for one in coming)),)


def _is_coming(session: SessionView) -> bool:
    return not session.is_cancelled and session.ends_at > now()


def _whom_to_call(contact: str) -> Part:
    return Part(
        _("Whom to call"),
        (
            contact,
            _("For a question on this letter, the site or the dates. You may also ask that the "
              "last day be moved."),
        ),
    )  # fmt: skip


def _course(db: Session, file: Referral) -> _Course:
    cohort = db.get(Cohort, file.cohort_id) if file.cohort_id else None
    found = current_course(db, cohort.course_id) if cohort else None
    if found is None:
        return _Course(0, 0)
    heads = outlines(db, found[1].modules, language()).values()
    return _Course(sum(head.minutes for head in heads), len(heads))
