"""The register of facts: what it says, what is due, what rests on a fact, and changing one.

A change goes into the draft of the register, which is reviewed like any other. It rewrites one
entry of the newest text: what somebody else changed in another entry is not touched.
"""

from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.authoring.drafts import DraftChangedError, begin, open_draft, save
from lms.authoring.models import Draft
from lms.authoring.revisions import text_digest
from lms.content.model import Fact
from lms.content.parse_facts import parse_facts
from lms.content.rewrite_fact import RegisterRefusedError, add_fact, rewrite_fact
from lms.kernel.errors import NotFoundError
from lms.web.author.facts_forms import FactForm, NewFactForm, filled
from lms.web.author.facts_pages import VIEWS, fact_list, fact_page
from lms.web.author.folder import Folder, read_folder
from lms.web.author.surface import bp
from lms.web.db import db, reader
from lms.web.request import actor, now
from lms.web.words import _

Page = Response | str | tuple[str, int]
REGISTER = "content/facts.yml"
_REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Register:
    """The register as it is being written: with its draft in place, if one is open."""

    folder: Folder
    text: str
    standing: str
    draft: Draft | None

    @property
    def digest(self) -> str:
        """What names this very text."""
        return text_digest(self.text)

    @property
    def review_url(self) -> str:
        """Where its draft is reviewed; empty without one."""
        return url_for("author.review", draft_id=self.draft.id) if self.draft else ""

    def fact(self, fact_id: str) -> Fact:
        """Give a fact; raise NotFoundError for any other id."""
        found = self.folder.content.facts.get(fact_id)
        if found is None:
            raise NotFoundError(f"fact {fact_id}")
        return found


def open_register() -> Register:
    """Read the files that stand, with the open draft of the register in its place."""
    draft = open_draft(reader(), REGISTER)
    folder = read_folder({REGISTER: draft.text} if draft else None)
    standing = folder.workspace.files.texts.get(REGISTER, b"").decode("utf-8", "replace")
    return Register(folder, draft.text if draft else standing, standing, draft)


@bp.get("/author/facts")
def facts() -> Page:
    """Show the register: all of it, what is due, what nothing uses."""
    register = open_register()
    wanted = next((name for name in VIEWS if name in request.args), "")
    number = request.args.get("page", "1")
    return render_template(
        "author/facts.html",
        list=fact_list(register.folder, wanted, int(number) if _is_number(number) else 1),
        register=register,
    )


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 5  # noqa: PLR2004 - as in Place


@bp.get("/author/facts/<string(maxlength=20):fact_id>")
def fact(fact_id: str) -> Page:
    """Show one fact in both languages, all that rests on it, and the form to change it."""
    register = open_register()
    found = register.fact(fact_id)
    return _page(register, found, FactForm(data=filled(found, register.digest)))


@bp.post("/author/facts/<string(maxlength=20):fact_id>")
def change_fact(fact_id: str) -> Page:
    """Change one fact in the draft of the register."""
    register = open_register()
    old, form = register.fact(fact_id), FactForm(request.form)
    today = register.folder.today
    if request.form.get("act") == "dialled":
        known = form.known.data
        form = FactForm(data={**filled(old, register.digest), "known": known})
        return _write(register, form, replace(old, dialled=today), old)
    if not form.is_right(today):
        return _page(register, old, form), _REFUSED
    return _write(register, form, form.fact(old), old)


@bp.get("/author/new-fact")
def new_fact() -> Page:
    """Show the form of a new fact."""
    register = open_register()
    return _page(register, None, NewFactForm(data={"known": register.digest}))


@bp.post("/author/new-fact")
def add_new_fact() -> Page:
    """Add a fact to the draft of the register."""
    register, form = open_register(), NewFactForm(request.form)
    is_right = form.is_right(register.folder.today)
    if is_right and form.fact().id in register.folder.content.facts:
        form.fact_id.errors = [_("Another fact has this name.")]
        is_right = False
    if not is_right:
        return _page(register, None, form), _REFUSED
    return _write(register, form, form.fact(), None)


def _write(register: Register, form: FactForm, wanted: Fact, old: Fact | None) -> Page:
    """Put a fact into the draft; where somebody was quicker, show his words beside one's own."""
    if form.known.data != register.digest:
        return _late_page(register, form, old)
    try:
        change = add_fact if old is None else rewrite_fact
        text = change(register.text, wanted)
    except RegisterRefusedError as refused:
        form.form_errors.append(_("The register was not changed: %(why)s", why=str(refused)))
        return _page(register, old, form), _REFUSED
    if text == register.text:
        flash(_("Nothing was changed."), "notice")
        return redirect(url_for(".fact", fact_id=wanted.id), HTTPStatus.SEE_OTHER)
    try:
        draft = begin(db(), REGISTER, register.standing, by=actor().user_id, now=now())
        save(db(), draft.id, text, known=register.digest, by=actor().user_id, now=now())
    except DraftChangedError:
        return _late_page(open_register(), form, old)
    flash(_("Saved in the draft of the register."), "success")
    return redirect(url_for(".fact", fact_id=wanted.id), HTTPStatus.SEE_OTHER)


def _late_page(register: Register, form: FactForm, old: Fact | None) -> Page:
    """Show what was typed beside what somebody else has saved in between; sent again, it holds."""
    form.known.data = register.digest
    found = register.folder.content.facts.get(old.id) if old else None
    if old is not None and found is None:
        raise NotFoundError(f"fact {old.id}")
    return _page(register, found, form, is_late=True), HTTPStatus.CONFLICT


def _page(register: Register, found: Fact | None, form: FactForm, *, is_late: bool = False) -> str:
    """Give the page of a fact, or that of a new one, with the form as it was filled."""
    if found is None:
        template, page = "author/fact_new.html", None
    else:
        template, page = "author/fact.html", fact_page(register.folder, found)
    is_changed = found is not None and register.draft is not None and _has_changed(register, found)
    return render_template(
        template, page=page, form=form, register=register, is_late=is_late, is_changed=is_changed
    )


def _has_changed(register: Register, found: Fact) -> bool:
    """Whether the draft says something else of a fact than what stands, or says it first."""
    standing = {one.id: one for one in parse_facts(REGISTER, register.standing)[0]}
    old = standing.get(found.id)
    return old is None or replace(old, place=found.place) != found
