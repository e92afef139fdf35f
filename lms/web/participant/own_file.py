"""A person's file as he can take it away: the whole as JSON, and as a page in each language."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, g, render_template
from flask_babel import force_locale, format_datetime
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Result
from lms.assessment.queries import closed_attempt
from lms.journey.read import today_in_programme
from lms.kernel.keys import Keys
from lms.privacy.person import PersonIds
from lms.privacy.queries import own_views
from lms.privacy.subject_file import NOT_KEPT, PersonFile, subject_file
from lms.publishing.queries import item_texts, outlines
from lms.web.item_form import Question
from lms.web.item_result import answer_text, points_text
from lms.web.participant.own_file_words import HEADINGS, label_of, value_text
from lms.web.request import LANGUAGES
from lms.web.view_words import purpose_text, role_text, what_text
from lms.web.words import _, day_text

ZIP_DAY = (1980, 1, 1, 0, 0, 0)  # the one moment that every zip can hold


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: a heading, and one list of label and value for each thing."""

    heading: str
    things: Sequence[Sequence[tuple[str, str | Markup]]]


def own_file_zip(db: Session, person: PersonIds, keys: Keys, now: datetime) -> bytes:
    """Give everything about a person as one ZIP; within a request, for its words."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in own_files(db, person, keys, now).items():
            file.writestr(zipfile.ZipInfo(name, ZIP_DAY), data)
    return made.getvalue()


def own_files(db: Session, person: PersonIds, keys: Keys, now: datetime) -> Mapping[str, bytes]:
    """Give the files by name: one JSON, and one HTML page a language."""
    whole = subject_file(db, person, keys, now=now)
    text = json.dumps(whole.document(), ensure_ascii=False, indent=1, sort_keys=True)
    found = {"data.json": text.encode()}
    before = g.get("lang")
    for lang in LANGUAGES:
        g.lang = lang
        with force_locale(f"{lang}_CA"):
            parts = list(_parts(db, whole, keys, now))
            page = render_template("participant/own_file.html", parts=parts, lang=lang,
                                   made=_moment(now))  # fmt: skip
        found[f"{lang}.html"] = page.encode()
    g.lang = before
    return found


def write_own_files(
    app: Flask, db: Session, person: PersonIds, keys: Keys, place: tuple[Path, datetime]
) -> Sequence[Path]:
    """Write a person's files into a folder; for the command line, which has no page."""
    folder, now = place
    with app.test_request_context():
        g.lang = LANGUAGES[0]
        files = own_files(db, person, keys, now)
    paths = []
    for name, data in files.items():
        path = folder / name
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(data)
        paths.append(path)
    return paths


def _parts(db: Session, whole: PersonFile, keys: Keys, now: datetime) -> Iterator[Part]:
    for table, heading in HEADINGS.items():
        rows = whole.tables.get(table, ())
        things = [thing for row in rows if (thing := list(_thing(row)))]
        if things:
            yield Part(str(heading), things)
        if table == "attempt":
            yield Part(_("What you answered"), list(_answers(db, whole.person, keys, now)))
    yield Part(_("Who looked at your file"), list(_views(db, whole.person)))


def _thing(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        label = label_of(name)
        if label and value is not None and value != "":
            yield label, _("No longer kept") if value == NOT_KEPT else _text(value)


def _text(value: object) -> str:
    match value:
        case datetime():
            return _moment(value)
        case date():
            return day_text(value)
        case _:
            return value_text(value)


def _moment(moment: datetime) -> str:
    return str(format_datetime(moment, "long"))


def _answers(
    db: Session, person: PersonIds, keys: Keys, now: datetime
) -> Iterator[Sequence[tuple[str, str | Markup]]]:
    """Give each try that was handed in: the questions as they stood, and what he answered."""
    own = select(Attempt).where(Attempt.id.in_(person.by_column["attempt_id"]))
    tries = own.join(Result, Result.attempt_id == Attempt.id).order_by(Attempt.started_at)
    for attempt in db.scalars(tries):
        closed = closed_attempt(db, attempt.id, keys)
        if closed is None:
            continue
        ids = [one.item.id for one in closed.outcomes]
        today = today_in_programme(now)
        texts = item_texts(db, closed.revision_id, ids, closed.language, today)
        outline = outlines(db, [closed.module_id], closed.language).get(closed.module_id)
        title = outline.title if outline else closed.module_id
        yield [
            (_("Module"), title),
            (_("Try"), str(closed.number)),
            (_("Points"), points_text(closed.score)),
            *(
                (
                    (question := Question.from_shown(texts[one.item.id], one.asked.order)).prompt,
                    answer_text(question, one.answer, is_kept=one.is_kept),
                )
                for one in closed.outcomes
            ),
        ]


def _views(db: Session, person: PersonIds) -> Iterator[Sequence[tuple[str, str]]]:
    if person.enrolment_id is None:
        return
    for one in own_views(db, person.enrolment_id):
        yield [
            (_("Date"), day_text(one.day)),
            (_("Who"), role_text(one.role)),
            (_("What was looked at"), what_text(one.what)),
            (_("What for"), purpose_text(one.what, one.purpose)),
            (_("How often"), str(one.count)),
        ]
