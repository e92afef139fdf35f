"""Who may do what: docs/access-matrix.csv against every route, method and role."""

import uuid

import pytest
from werkzeug.routing import Rule

from tests.web.browser import without_tokens
from tests.web.matrix import expected, read_matrix
from tests.web.scene import ROLES, Scene, make_scene, rules
from tests.web.site import Site

OPEN = frozenset({"root", "healthz", "readyz", "static_file"})
STAFF_OF = {"corrections": ("instructor", "coordinator")}  # a surface of two roles
MACHINES = frozenset({"api.check", "api.messages", "api.referrals", "api.take"})  # ask by token
OTHER_METHODS = ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")


@pytest.fixture
def scene(site: Site) -> Scene:
    """Set the scene."""
    return make_scene(site)


def is_open(endpoint: str) -> bool:
    """Whether a page asks nobody who he is: the list is short, and known."""
    is_free = endpoint.startswith(("public.", "auth_entrance.", "awareness.", "api."))
    return endpoint in OPEN or (is_free and endpoint not in MACHINES)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_route_and_method_stands_in_the_matrix_and_nothing_else_does(site: Site) -> None:
    there = sorted((rule.endpoint, method) for rule, method in rules(site))
    listed = [(row.endpoint, row.method) for row in read_matrix()]
    assert listed == there


def test_each_role_gets_the_answer_that_the_matrix_says(scene: Scene) -> None:
    wrong = []
    table = expected()
    is_second = scene.site.database.engine.dialect.name == "postgresql"
    for browser in scene.browsers.values():
        browser.get("/fr/begin")  # each has a form's token
    for rule, method in rules(scene.site):
        for role in ROLES:
            if is_second and table[rule.endpoint, method].status[role] in {401, 403}:
                continue  # refused before any query: the first database told
            with scene.site.undone():
                status = scene.ask(role, rule, method)
            if status != table[rule.endpoint, method].status[role]:
                wrong.append((rule.endpoint, method, role, status))
    assert wrong == []


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_matrix_asks_strangers_to_sign_in_and_refuses_wrong_roles(engine_name: str) -> None:
    """The table itself holds to the rule: closed by default, openness by name."""
    assert engine_name
    for row in read_matrix():
        if is_open(row.endpoint):
            assert not {401, 403} & set(row.status.values()), row
            continue
        assert row.status["anonymous"] == 401, row
        if row.endpoint in MACHINES:  # no cookie of anybody's counts there
            assert set(row.status.values()) == {401}, row
            continue
        surface = row.endpoint.split(".", maxsplit=1)[0]
        for role, status in row.status.items():
            belongs = (
                surface in {"auth", "media"}
                or role.startswith(STAFF_OF.get(surface, (surface,)))
                or role == "anonymous"
            )
            assert (status == 403) == (not belongs), (row, role)


def _rules(site: Site, method: str) -> list[Rule]:
    return [rule for rule, its_method in rules(site) if its_method == method]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_head_is_answered_as_get_without_a_body(scene: Scene) -> None:
    table = expected()
    for rule in _rules(scene.site, "GET"):
        for role in ("anonymous", "participant-own", "coordinator"):
            with scene.site.undone():
                browser, url = scene.browser(role, rule.endpoint), scene.url(rule)
                response = browser.send("HEAD", url)
            assert response.status_code == table[rule.endpoint, "GET"].status[role], (url, role)
            assert response.data == b""


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_options_tells_a_stranger_nothing_about_a_page_that_he_may_not_see(scene: Scene) -> None:
    for rule, _method in rules(scene.site):
        url = scene.url(rule)
        stranger = scene.browser("anonymous", rule.endpoint).send("OPTIONS", url)
        assert stranger.status_code == (200 if is_open(rule.endpoint) else 401), url
        staff = scene.browser("coordinator", rule.endpoint).send("OPTIONS", url)
        theirs = is_open(rule.endpoint) or rule.endpoint.startswith(
            ("auth.", "media.", "coordinator.", "corrections.")
        )
        refused = 401 if rule.endpoint in MACHINES else 403
        assert staff.status_code == (200 if theirs else refused), url


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_method_that_a_page_does_not_have_is_refused_for_everybody(scene: Scene) -> None:
    site = scene.site
    has: dict[str, set[str]] = {}
    for rule, method in rules(site):
        has.setdefault(scene.url(rule), set()).add(method)
    for url, methods in has.items():
        for method in (*OTHER_METHODS, "GET"):
            if method in methods:
                continue
            for role in ("anonymous", "participant-own"):
                response = scene.browsers[role].copy().send(method, url)
                assert response.status_code == 405, (method, url, role)
                assert set(response.headers["Allow"].split(", ")) >= methods


def test_somebody_elses_things_and_things_that_are_not_there_get_the_same_answer(
    scene: Scene,
) -> None:
    """An id that is somebody else's answers as an id of nobody: 404, the same page."""
    nobody = uuid.UUID(int=7 << 76 | 2 << 62)
    others = {
        f"/fr/result/{scene.closed_attempt}": "participant-other",
        f"/fr/instructor/attempts/{scene.closed_attempt}": "instructor-other",
        f"/fr/instructor/groups/{scene.owner.enrolment.cohort_id}": "instructor-other",
        f"/fr/instructor/groups/{scene.owner.enrolment.cohort_id}/results.csv": "instructor-other",
        f"/fr/instructor/people/{scene.owner.enrolment.id}": "instructor-other",
    }
    for url, role in others.items():
        browser = scene.browsers[role]
        theirs = browser.get(url)
        parts = [part for part in url.split("/") if len(part) == 36]
        missing = browser.get(url.replace(parts[0], str(nobody)))
        assert theirs.status_code == missing.status_code == 404, url
        page = theirs.text.replace(parts[0], str(nobody))
        assert without_tokens(page) == without_tokens(missing.text), url
