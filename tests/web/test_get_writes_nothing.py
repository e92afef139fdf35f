"""A GET writes nothing: prefetch, a scanner of links and the Back button do no harm.

One exception: that somebody of the staff or an agency looked at a person is written down, for
that person to see (tests/web/test_view_log.py).
"""

from sqlalchemy import func, select

from lms.accounts.models import SignInSession
from tests.web.matrix import expected
from tests.web.rows import all_rows
from tests.web.scene import ROLES, make_scene, rules
from tests.web.site import Site

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER")
THE_LOG_OF_VIEWS = "INSERT INTO view_entry"


def test_no_page_that_is_looked_at_changes_the_database(real_site: Site) -> None:
    scene = make_scene(real_site)
    table = expected()
    before = all_rows(real_site.database)
    assert len(before["response"]) > 0
    with real_site.statements() as seen:
        for rule, method in rules(real_site):
            if method != "GET" or rule.endpoint == "public.leave":
                continue
            for role in ROLES:
                if table[rule.endpoint, method].status[role] not in {401, 403}:
                    browser = scene.browser(role, rule.endpoint)
                    browser.get(scene.url(rule))
                    browser.send("HEAD", scene.url(rule))
    written = [one for one in seen if one.lstrip().upper().startswith(WRITES)]
    assert [one for one in written if not one.startswith(THE_LOG_OF_VIEWS)] == []
    after = all_rows(real_site.database)
    assert {**after, "view_entry": []} == {**before, "view_entry": []}


def test_when_somebody_was_last_there_is_noted_once_a_minute_at_the_most(real_site: Site) -> None:
    person = real_site.participant()
    before = all_rows(real_site.database)

    def seen_at() -> object:
        with real_site.database.read() as db:
            newest = func.max(SignInSession.seen_at)
            return db.scalar(select(newest).where(SignInSession.user_id == person.user.id))

    start = seen_at()
    real_site.clock.advance(seconds=59)
    person.browser.get("/fr/course")
    assert all_rows(real_site.database) == before
    real_site.clock.advance(seconds=1)
    for _ in range(3):
        person.browser.get("/fr/course")
    assert seen_at() != start
    only = frozenset({"sign_in_session.seen_at"})
    with real_site.statements() as writes:
        person.browser.get("/fr/course")
    assert not [one for one in writes if one.upper().startswith(WRITES)]
    assert all_rows(real_site.database, leave_out=only) != before
    after = all_rows(real_site.database, leave_out=only)
    assert {name: len(rows) for name, rows in after.items()} == {
        name: len(rows) for name, rows in before.items()
    }


def test_the_way_out_is_the_one_link_that_ends_something(real_site: Site) -> None:
    person = real_site.participant()
    left = frozenset({"sign_in_session.ended_at"})
    before = all_rows(real_site.database, leave_out=left)
    thief = person.browser.copy()
    gone = person.browser.get("/fr/exit")
    assert gone.status_code == 303
    assert gone.headers["Location"] == "https://meteo.gc.ca/"
    assert gone.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert gone.headers["Referrer-Policy"] == "no-referrer"
    assert all_rows(real_site.database, leave_out=left) == before
    assert person.browser.get("/fr/course").status_code == 401
    assert thief.get("/fr/course").status_code == 401
    assert real_site.stranger().get("/fr/exit").status_code == 303
