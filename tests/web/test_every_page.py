"""Every page, in both languages and for each role that may see it, walked from the url_map."""

import gzip
import re

import pytest
from werkzeug.test import TestResponse

from tests.web.matrix import expected
from tests.web.scene import FIELDS, ROLES, Scene, make_scene, rules
from tests.web.site import Site
from tests.web.wellmade import TELLING, header_faults, page_faults

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])  # the pages are the same on both
NOT_PAGES = frozenset(
    {"healthz", "readyz", "root", "static_file", "participant.certificate_paper"}
    | {"instructor.results_csv", "instructor.times_csv", "media.media_file"}
    | {"author.package", "author.questions_file"}
)
NOT_PAGES |= {"api.document", "api.key", "coordinator.exchanges_csv"}
NOT_PAGES |= {"coordinator.programme_csv", "coordinator.programme_paper"}
NOT_PAGES |= {"participant.own_file", "privacy.incidents_csv"}
SUFFIXES = ("/x.css", "/favicon.svg", ".css", "/.js", ";x.css", "%2Fx.css", "%00.css", "/..;/x.png")


@pytest.fixture
def scene(site: Site) -> Scene:
    """Set the scene."""
    return make_scene(site)


def faults(response: TestResponse, lang: str) -> list[str]:
    """Give what is wrong with an answer."""
    where = f"{response.request.method} {response.request.path} {response.status_code}"
    return [f"{where}: {one}" for one in (*header_faults(response), *page_faults(response, lang))]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_that_somebody_may_see_is_well_made(scene: Scene, lang: str) -> None:
    table, found, pages = expected(), [], 0
    for rule, method in rules(scene.site):
        roles = [role for role in ROLES if table[rule.endpoint, method].status[role] == 200]
        for role in roles if method == "GET" else []:
            with scene.site.undone():
                response = scene.browser(role, rule.endpoint).get(scene.url(rule, lang))
            assert response.status_code == 200
            is_page = rule.endpoint not in NOT_PAGES
            assert (response.mimetype == "text/html") == is_page, rule.endpoint
            pages += is_page
            found += faults(response, lang)
    assert found == []
    assert pages > 60


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_refusal_is_a_well_made_page_in_the_readers_language(scene: Scene, lang: str) -> None:
    found = []
    browser = scene.browsers["participant-own"]
    for rule, method in rules(scene.site):
        for role in ("anonymous", "participant-other"):
            with scene.site.undone():
                asked = scene.browser(role, rule.endpoint)
                fields = FIELDS.get(rule.endpoint) if method == "POST" else None
                url = scene.url(rule, lang)
                response = asked.post(url, fields) if method == "POST" else asked.get(url)
            if response.status_code >= 400 and url.startswith(f"/{lang}/"):
                found += faults(response, lang)
    for response in (
        browser.get(f"/{lang}/nothing/here"),
        browser.send("DELETE", f"/{lang}/course"),
        browser.send("POST", f"/{lang}/notice", data={"agree": "yes"}),
        browser.send("POST", f"/{lang}/notice", data={"agree": "y" * 1_600_000}),
        scene.browsers["anonymous"].send("POST", f"/{lang}/notice", data={"a": "y" * 1_600_000}),
    ):
        assert response.status_code in {400, 401, 404, 405, 413}
        found += faults(response, lang)
    assert found == []


def test_a_fault_of_ours_is_a_well_made_page_without_a_trace(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("canary-7f3k")

    for endpoint, role in (
        ("participant.course", "participant-own"),
        ("public.help_lines", "anonymous"),
    ):
        monkeypatch.setitem(scene.site.app.view_functions, endpoint, broken)
        for lang in ("fr", "en"):
            url = {"participant.course": f"/{lang}/course"}.get(endpoint, f"/{lang}/help")
            response = scene.browsers[role].get(url)
            assert response.status_code == 500
            assert faults(response, lang) == []
            assert "canary-7f3k" not in response.text
            assert "Traceback" not in response.text


def test_no_address_of_the_site_tells_what_it_is_about(site: Site) -> None:
    assert [rule.rule for rule in site.app.url_map.iter_rules() if TELLING.search(rule.rule)] == []


def test_a_page_is_not_found_under_a_name_that_a_cache_would_keep(scene: Scene) -> None:
    for path in ("/fr/course", "/fr/account", "/fr/module/1/page/1", "/fr/certificate"):
        for suffix in SUFFIXES:
            response = scene.browsers["participant-own"].get(path + suffix)
            assert response.status_code == 404, path + suffix
            assert response.headers["Cache-Control"] == "no-store"


def test_the_page_in_the_other_language_is_one_link_away_and_is_the_same_page(
    scene: Scene,
) -> None:
    table = expected()
    for rule, method in rules(scene.site):
        role = next((one for one in ROLES if table[rule.endpoint, method].status[one] == 200), "")
        if method != "GET" or not role or rule.endpoint in NOT_PAGES:
            continue
        url = f"{scene.url(rule)}?page=2"
        if rule.endpoint == "participant.question":
            continue  # its button keeps the answer: see test_kept_answers.py
        page = scene.browser(role, rule.endpoint).get(url).text
        there = re.search(r'href="([^"]+)" lang="en" hreflang="en"', page)
        assert there is not None
        assert there[1] == url.replace("/fr/", "/en/", 1)


def test_a_page_is_never_packed_since_its_length_would_tell_what_is_in_it(site: Site) -> None:
    page = site.stranger().get("/fr/help", headers={"Accept-Encoding": "gzip, br"})
    assert page.status_code == 200
    assert "Content-Encoding" not in page.headers


def test_static_files_answer_under_their_digest_alone(site: Site) -> None:
    browser = site.stranger()
    for name in ("app.css", "exit.js", "favicon.svg"):
        with site.app.test_request_context():
            url = site.asset(name)
        response = browser.get(url)
        assert response.status_code == 200
        assert list(header_faults(response)) == []
        packed = browser.get(url, headers={"Accept-Encoding": "gzip, br"})
        assert list(header_faults(packed)) == []
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == response.data
        assert packed.mimetype == response.mimetype
        for wrong in (f"/static/{name}", url.replace("-", "-x"), f"/static/../{name}", "/static/"):
            assert browser.get(wrong).status_code == 404, wrong
