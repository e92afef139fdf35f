"""Three sides of one file, in the browser: seen, decided, and nothing lost."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.drafts import open_draft
from lms.authoring.models import Draft
from lms.authoring.revisions import revisions_of
from lms.authoring.states import DraftState
from lms.authoring.workspace import Meeting
from tests.authoring.shop import FIRST, SECOND
from tests.web.author.both_doors import (
    BROWSER,
    CONFLICTS,
    FOLDER,
    PUBLISH,
    BothDoors,
    both_doors,
    field,
    told,
)
from tests.web.author.browsing import Browser
from tests.web.wellmade import page_faults


@pytest.fixture
def doors(author: Browser, db: Session, tmp_path: Path, folder: Path) -> BothDoors:
    """Open both doors, which have changed one line."""
    doors = both_doors(author, db, tmp_path, folder)
    doors.collide()
    return doors


def _settle(doors: BothDoors, act: str, page: str = "") -> str:
    page = page or doors.author.read(CONFLICTS)
    answer = doors.author.post(CONFLICTS, path=FIRST, mark=field(page, "mark"), act=act)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def _columns(page: str) -> dict[str, str]:
    part = page.split("Changed differently on both sides")[1].partition("</details>")[0]
    pattern = r"<h4>(.*?)</h4>\s*<p class=\"hint\">(.*?)</p>\s*<pre[^>]*><bdi>(.*?)</bdi>"
    return {name: f"{place}: {line}" for name, place, line in re.findall(pattern, part)}


def test_the_page_shows_all_three_sides_with_their_lines(doors: BothDoors) -> None:
    line = doors.shop.file(FIRST).read_text().splitlines().index(FOLDER) + 1
    page = doors.author.read(CONFLICTS)
    assert _columns(page) == {
        "In the folder": f"Line {line}: {FOLDER}",
        "The published text": f"Line {line}: {BROWSER}",
        "Before both": f"Line {line}: A *short* text.",
    }
    assert "Published by somebody, " in page
    assert FIRST in page


def test_keeping_the_folders_leads_to_its_publication(doors: BothDoors) -> None:
    assert _settle(doors, "folder") == PUBLISH
    page = doors.author.read(PUBLISH)
    mark = field(page.split("The folder</h2>")[1], "plan")
    assert doors.author.post(PUBLISH, plan=mark).status_code == 303
    assert FOLDER in doors.published()
    assert any(BROWSER in (one.text or "") for one in revisions_of(doors.shop.db, FIRST))


def test_keeping_the_published_one_leaves_the_folders_as_an_edition(doors: BothDoors) -> None:
    assert _settle(doors, "browser") == PUBLISH
    assert BROWSER in doors.published()
    assert doors.shop.how(FIRST) is Meeting.BROWSER
    assert any(FOLDER in (one.text or "") for one in revisions_of(doors.shop.db, FIRST))
    assert "Nothing has changed since the last publication." in doors.author.read(PUBLISH)


def test_a_draft_with_both_holds_both_and_nothing_is_decided_yet(doors: BothDoors) -> None:
    place = _settle(doors, "both")
    draft = open_draft(doors.shop.db, FIRST)
    assert draft is not None
    assert place == f"/en/author/drafts/{draft.id}"
    assert FOLDER in draft.text
    assert BROWSER in draft.text
    assert doors.shop.how(FIRST) is Meeting.BOTH
    page = doors.author.read(CONFLICTS)
    assert "A draft of this file is open already:" in page
    assert "Make a draft with both" not in page
    again = doors.author.post(CONFLICTS, path=FIRST, mark=field(page, "mark"), act="both")
    assert "bring it to its end first" in told(again, 409)


@pytest.mark.parametrize("act", ["folder", "browser", "both"])
def test_what_changed_since_the_page_was_opened_is_not_decided(doors: BothDoors, act: str) -> None:
    page = doors.author.read(CONFLICTS)
    doors.in_folder(FOLDER, "From the folder, later.")
    answer = doors.author.post(CONFLICTS, path=FIRST, mark=field(page, "mark"), act=act)
    assert "has changed since you opened this page" in told(answer, 409)
    assert "From the folder, later." in told(answer, 409)
    assert doors.shop.how(FIRST) is Meeting.BOTH


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"act": "neither"},
        {"act": "folder"},
        {"act": "folder", "path": "../../etc/passwd", "mark": "x"},
        {"act": "browser", "path": SECOND, "mark": "x"},
    ],
)
def test_a_form_that_no_page_sends_decides_nothing(doors: BothDoors, sent: dict[str, str]) -> None:
    assert doors.author.post(CONFLICTS, **sent).status_code in {409, 422}
    assert doors.shop.how(FIRST) is Meeting.BOTH


def test_without_a_conflict_the_page_says_so(
    author: Browser, db: Session, tmp_path: Path, folder: Path
) -> None:
    both_doors(author, db, tmp_path, folder)
    assert "No file is changed on both sides." in author.read(CONFLICTS)


def _behind(doors: BothDoors, old: str, new: str) -> Draft:
    """Settle the collision, then let the folder be published past a draft."""
    _settle(doors, "folder")
    doors.publish_folder()
    draft = doors.draft(f"{FOLDER}\n", "Of the draft.\n")
    doors.in_folder(old, new)
    doors.publish_folder()
    return draft


def test_a_draft_that_is_behind_is_offered_to_catch_up_and_not_to_be_published(
    doors: BothDoors,
) -> None:
    draft = _behind(doors, "How many?", "How many are there?")
    page = doors.author.read(PUBLISH)
    address = f"{PUBLISH}/drafts/{draft.id}"
    assert f'href="{address}"' in page
    assert " checked" not in page
    refused = doors.author.post(f"{PUBLISH}/drafts", draft=str(draft.id), plan="x")
    assert "A file was published since its draft was begun." in told(refused, 422)
    shown = doors.author.read(address)
    assert "How many are there?" in shown
    done = doors.author.post(address, mark=field(shown, "mark"))
    assert done.location == f"/en/author/drafts/{draft.id}"
    doors.shop.db.expire_all()
    draft = doors.shop.db.get_one(Draft, draft.id)
    assert "Of the draft." in draft.text
    assert "How many are there?" in draft.text
    assert draft.state == DraftState.DRAFT


def test_where_both_changed_a_line_the_author_says_what_stays(doors: BothDoors) -> None:
    draft = _behind(doors, f"{FOLDER}\n", "From the folder, later.\n")
    address = f"{PUBLISH}/drafts/{draft.id}"
    page = doors.author.read(address)
    place = re.findall(r'type="radio" id="[^"]*" name="(place-\d+)" value="ours"', page)[0]
    mark = field(page, "mark")
    assert " checked" not in page
    undecided = told(doors.author.post(address, mark=mark), 422)
    assert "Choose what stays" in undecided
    told(doors.author.post(address, mark=mark, **{place: "neither"}), 422)
    stale = told(doors.author.post(address, mark="x", **{place: "ours"}), 409)
    assert re.search(r'value="ours" checked', stale)
    assert doors.author.post(address, mark=mark, **{place: "both"}).status_code == 303
    doors.shop.db.expire_all()
    text = doors.shop.db.get_one(Draft, draft.id).text
    assert "Of the draft.\nFrom the folder, later.\n" in text


def test_a_draft_that_is_closed_or_unknown_has_no_such_page(doors: BothDoors) -> None:
    closed = doors.shop.db.scalars(select(Draft)).one()
    for draft_id in (closed.id, doors.shop.author):
        assert doors.author.get(f"{PUBLISH}/drafts/{draft_id}").status_code == 404
        assert doors.author.post(f"{PUBLISH}/drafts/{draft_id}", mark="x").status_code == 404


def test_signs_that_turn_the_order_of_reading_are_shown_by_their_numbers(
    doors: BothDoors,
) -> None:
    doors.in_folder(FOLDER, "Odd \u202e<b>sign</b>")
    page = doors.author.read(CONFLICTS)
    assert "Odd [U+202E]&lt;b&gt;sign&lt;/b&gt;" in page
    assert "\u202e" not in page


def test_every_page_of_publication_is_well_made_when_there_is_something_to_decide(
    doors: BothDoors,
) -> None:
    faults = _faults(doors, CONFLICTS) + _faults(doors, PUBLISH)
    _settle(doors, "both")
    faults += _faults(doors, CONFLICTS)
    doors.shop.db.expire_all()
    draft = open_draft(doors.shop.db, FIRST)
    assert draft is not None
    doors.shop.approve(draft)
    doors.shop.db.commit()
    _settle(doors, "folder")
    faults += _faults(doors, PUBLISH)
    doors.publish_folder()
    faults += _faults(doors, PUBLISH) + _faults(doors, f"{PUBLISH}/drafts/{draft.id}")
    assert faults == []


def _faults(doors: BothDoors, path: str) -> list[str]:
    """Give what is wrong with a page in either language."""
    found = []
    for lang in ("fr", "en"):
        response = doors.author.get(path.replace("/en/", f"/{lang}/"))
        assert response.status_code == 200, path
        found += [f"{path}: {one}" for one in page_faults(response, lang)]
    return found
