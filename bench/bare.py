"""What a page and a form cost at the least: Flask, Flask-Login, Flask-WTF, SQLAlchemy, no more.

The page asks for the user, then for a list, and fills a template that ends in a form. The form
checks its token and its field, asks for the user, writes one row and commits. Database settings
and server are those of Virage, so that what differs is the product.
"""

import argparse
import logging
import os

from flask import Flask, current_app, g, redirect, render_template, request
from flask_login import LoginManager, UserMixin, current_user, login_required
from flask_wtf import FlaskForm
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy import ForeignKey, String, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lms.kernel.database import Database, open_database

DATABASE = "BARE_DATABASE_URL"
SECRET = "BARE_SECRET"  # noqa: S105 - the name of a variable
LINES = 20


class Base(DeclarativeBase):
    """The three tables of the bare application."""


class Person(UserMixin, Base):  # type: ignore[misc]  # Flask-Login ships no types
    """Somebody who is signed in."""

    __tablename__ = "bare_person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))


class Line(Base):
    """One line of somebody's list."""

    __tablename__ = "bare_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    title: Mapped[str] = mapped_column(String(80))


class Note(Base):
    """The row that the form writes."""

    __tablename__ = "bare_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    text: Mapped[str] = mapped_column(String(200))


class NoteForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One field and the token."""

    text = StringField("Note", validators=[InputRequired(), Length(max=200)])


def make_bare(url: str, secret: str) -> Flask:
    """Put the bare application together."""
    app = Flask("bench", template_folder="templates", static_folder=None)
    app.config.update(SECRET_KEY=secret, WTF_CSRF_TIME_LIMIT=None)
    app.extensions["bare_database"] = open_database(url)
    manager = LoginManager(app)
    manager.session_protection = None  # as in Virage
    manager.user_loader(lambda user_id: db().get(Person, int(user_id)))

    @app.get("/page")
    @login_required  # type: ignore[untyped-decorator]  # Flask-Login ships no types
    def page() -> str:
        lines = db().scalars(select(Line).where(Line.person_id == current_user.id)).all()
        return render_template("page.html", lines=lines, form=NoteForm())

    @app.post("/form")
    @login_required  # type: ignore[untyped-decorator]  # Flask-Login ships no types
    def form() -> Response | tuple[str, int]:
        sent = NoteForm()
        if not sent.validate_on_submit():
            return "", 422
        db().add(Note(person_id=current_user.id, text=sent.text.data))
        db().commit()
        return redirect("/page", 303)

    app.teardown_request(close)
    return app


def db() -> Session:
    """Give this request's session; a form's begins as a writer's, as in Virage."""
    if "db" not in g:
        database: Database = current_app.extensions["bare_database"]
        g.db = database.write() if request.method == "POST" else database.read()
    session: Session = g.db
    return session


def close(_error: BaseException | None) -> None:
    """Give the session back."""
    if "db" in g:
        g.pop("db").close()


def fill(database: Database, people: int) -> None:
    """Make the tables, and that many people with a list each."""
    Base.metadata.create_all(database.engine)
    numbers = range(1, people + 1)
    lines = [
        {"person_id": one, "title": f"Ligne {place} de la personne {one}"}
        for one in numbers
        for place in range(LINES)
    ]
    with database.write.begin() as session:
        session.execute(insert(Person), [{"id": one, "name": f"Personne {one}"} for one in numbers])
        session.execute(insert(Line), lines)


def make() -> Flask:
    """Make the application of a server process."""
    return make_bare(os.environ[DATABASE], os.environ[SECRET])


def main() -> None:
    """Serve it as `lms serve` serves Virage: the same server with the same settings."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    given = parser.parse_args()
    logging.getLogger("granian").setLevel(logging.WARNING)
    Granian(
        "bench.bare:make",
        factory=True,
        address="127.0.0.1",
        port=given.port,
        interface=Interfaces.WSGI,
        workers=given.workers,
        blocking_threads=1,
        backpressure=64,
        respawn_failed_workers=True,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
