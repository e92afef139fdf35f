"""New modules and testimonies: from a template, a draft in each language, nothing published."""

import re
from http import HTTPStatus
from pathlib import Path

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.authoring.drafts import begin, open_drafts, save
from lms.authoring.workspace import ROOT, read_workspace
from lms.content.new import new_module, new_testimony
from lms.journey.read import today_in_programme
from lms.web.author.editor_forms import NewModuleForm, NewTestimonyForm, named
from lms.web.author.surface import bp
from lms.web.db import db, reader
from lms.web.request import LANGUAGES, actor, language, now, settings
from lms.web.words import _

Page = Response | str | tuple[str, int]
_NOWHERE = Path("/nowhere/content")  # the templates look for numbers that are taken there: none
_MODULE = re.compile(rf"{ROOT}/modules/(\d\d)?-?([^/]+)/")
_TESTIMONY = re.compile(rf"{ROOT}/testimonies/([^/]+)/")


@bp.get("/author/drafts/new/module")
def new_module_page() -> Page:
    """Ask what a new module is called."""
    return render_template("author/editor_new.html", form=NewModuleForm(), kind="module")


@bp.post("/author/drafts/new/module")
def make_module() -> Page:
    """Begin the drafts of a new module; it stands after all others in the listing."""
    form = NewModuleForm(request.form)
    form.validate()
    found = [match for path in _paths() if (match := _MODULE.match(path))]
    name = named(form, frozenset(match[2] for match in found))
    if not name:
        return _again(form, "module")
    number = max((int(match[1]) for match in found if match[1]), default=0) + 1
    files = new_module(_NOWHERE, name, form.titles(), today_in_programme(now()))
    home = f"{ROOT}/modules/{number:02}-{name}"
    return _begin({f"{home}/{path.name}": text for path, text in files.items()})


@bp.get("/author/drafts/new/testimony")
def new_testimony_page() -> Page:
    """Ask what a new testimony is called."""
    return render_template("author/editor_new.html", form=NewTestimonyForm(), kind="testimony")


@bp.post("/author/drafts/new/testimony")
def make_testimony() -> Page:
    """Begin the drafts of a new testimony; the check asks for what it is drawn from."""
    form = NewTestimonyForm(request.form)
    form.validate()
    found = (_TESTIMONY.match(path) for path in _paths())
    name = named(form, frozenset(match[1] for match in found if match))
    if not name:
        return _again(form, "testimony")
    files = new_testimony(_NOWHERE, name, LANGUAGES)
    home = f"{ROOT}/testimonies/{name}"
    return _begin({f"{home}/{path.name}": text for path, text in files.items()})


def _paths() -> list[str]:
    """Give the paths of all files that stand, and of those that are only drafts."""
    standing = read_workspace(reader(), settings().content).files.paths
    return [*standing, *(draft.path for draft in open_drafts(reader()))]


def _begin(files: dict[str, str]) -> Page:
    """Begin a draft for each file, and open the one in the language of the page."""
    drafts = {}
    for path, text in files.items():
        draft = begin(db(), path, "", by=actor().user_id, now=now())
        draft = save(db(), draft.id, text, known=draft.digest, by=actor().user_id, now=now())
        drafts[path.rpartition("/")[2].removesuffix(".md")] = draft
    flash(_("The drafts are begun, one in each language."), "success")
    url = url_for(".edit_draft", draft_id=drafts[language()].id)
    return redirect(url, HTTPStatus.SEE_OTHER)


def _again(form: NewModuleForm | NewTestimonyForm, kind: str) -> Page:
    page = render_template("author/editor_new.html", form=form, kind=kind)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY
