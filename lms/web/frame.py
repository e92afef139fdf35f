"""What the frame of every page needs: language, other language, title, menu, help."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app, g, get_flashed_messages, request, url_for
from flask.globals import request_ctx

from lms.accounts.roles import Role
from lms.web.html import shown
from lms.web.request import LANGUAGES, actor_or_none, language, settings
from lms.web.words import _, give_words, lazy

NATIVE_NAMES = {"fr": "Français", "en": "English"}
HOMES = {
    Role.PARTICIPANT: "participant.course",
    Role.AUTHOR: "author.start",
    Role.INSTRUCTOR: "instructor.start",
    Role.COORDINATOR: "coordinator.start",
    Role.PARTNER: "partner.start",
    Role.AGENCY: "agency.start",
    Role.PRIVACY: "privacy.start",
    Role.ADMINISTRATOR: "auth.account",
}
HOME_LABELS = {
    Role.PARTICIPANT: lazy("My course"),
    Role.AUTHOR: lazy("Content"),
    Role.INSTRUCTOR: lazy("My groups"),
    Role.COORDINATOR: lazy("Groups and codes"),
    Role.PARTNER: lazy("Testimonies"),
    Role.AGENCY: lazy("Referrals"),
    Role.PRIVACY: lazy("Privacy"),
    Role.ADMINISTRATOR: lazy("My account"),
}
LINKS: Mapping[Role, tuple[tuple[str, Any], ...]] = {  # between the start page and the account
    Role.AUTHOR: (
        ("author.facts", lazy("Facts")),
        ("author.media_library", lazy("Pictures and films")),
        ("author.quality_overview", lazy("Quality")),
        ("author.publish", lazy("Publish")),
    ),
    Role.PARTICIPANT: (
        ("participant.my_file", lazy("My file")),
        ("participant.messages", lazy("Messages")),
    ),
    Role.INSTRUCTOR: (
        ("corrections.completions", lazy("Results to confirm")),
        ("corrections.start", lazy("Corrections")),
    ),
    Role.COORDINATOR: (
        ("coordinator.overview", lazy("What needs me")),
        ("coordinator.files", lazy("Files")),
        ("coordinator.agencies", lazy("Agencies")),
        ("coordinator.exchanges", lazy("Exchanges")),
        ("coordinator.programme", lazy("The programme")),
        ("corrections.completions", lazy("Results to confirm")),
        ("corrections.start", lazy("Corrections")),
        ("coordinator.school_classes", lazy("Classes")),
    ),
    Role.AGENCY: (
        ("agency.new_referral", lazy("Refer a person")),
        ("agency.check", lazy("Match a certificate")),
    ),
    Role.PRIVACY: (
        ("privacy.view_log", lazy("The log of views")),
        ("privacy.retention", lazy("Retention")),
        ("privacy.incident_list", lazy("Incidents")),
        ("privacy.named_wishes", lazy("Lists asked for")),
    ),
}
FIXED = {
    "logout_url": "auth_entrance.logout",
    "help_url": "public.help_lines",
    "privacy_url": "public.privacy",
    "recorded_url": "public.recorded",
    "exit_url": "public.leave",
    "exit_safety_url": "public.leaving",
}


def frame_pages(app: Flask) -> None:
    """Give templates the words and links of the frame."""
    app.extensions["virage_links"], app.extensions["virage_menus"] = {}, {}
    app.jinja_env.globals["shown"] = shown
    app.context_processor(_frame)
    give_words(app)


def home_url(lang: str = "") -> str:
    """Give the start page of whoever asks, in the language of the page or in the one said."""
    person = actor_or_none()
    return _link(HOMES[person.role] if person else "public.start", lang or language())


def _frame() -> dict[str, Any]:
    person = actor_or_none()
    staff = person is not None and person.role is not Role.PARTICIPANT
    return {
        "page_lang": language(),
        "neutral_title": _("Training"),
        "other_language": _other_language(),
        "user": person,
        "demo_banner": settings().demo,
        "exit_enabled": not staff,
        "nav": _nav(),
        "flashes": get_flashed_messages(with_categories=True),
        "home_url": home_url(),
        **{name: _link(endpoint, language()) for name, endpoint in FIXED.items()},
    }


def _link(endpoint: str, lang: str) -> str:
    """Give the address of a page that has no more to its address than a language; made once."""
    made: dict[tuple[str, str, str], str] = current_app.extensions["virage_links"]
    place = (request.script_root, lang, endpoint)
    if place not in made:
        made[place] = url_for(endpoint, lang=lang)
    return made[place]


def _other_language() -> dict[str, str]:
    """Give the same place in the other language; a page that a POST made gives its GET."""
    code = next(one for one in LANGUAGES if one != language())
    if request.endpoint is None or not _is_place():
        url = g.get("place_url") or home_url(lang=code)
    else:
        values = {**(request.view_args or {}), "lang": code}
        url = url_for(request.endpoint, **values) + _query()
    return {"code": code, "name": NATIVE_NAMES[code], "url": url}


def _is_place() -> bool:
    """Whether a browser can ask for this address again: a page, or a form sent to its page."""
    if request.method == "GET":
        return True  # to ask the map of addresses is slow
    adapter = request_ctx.url_adapter
    return adapter is not None and "GET" in adapter.allowed_methods()


def _query() -> str:
    return f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""


def _nav() -> list[dict[str, Any]]:
    person = actor_or_none()
    if person is None:
        return []
    return [
        {"label": label, "url": url, "current": request.endpoint == endpoint}
        for endpoint, label, url in _menu(person.role)
    ]


def _menu(role: Role) -> list[tuple[str, str, str]]:
    """Give (endpoint, label, address) of a role's menu in the language of the page; made once."""
    made: dict[tuple[str, str, Role], Any] = current_app.extensions["virage_menus"]
    place = (request.script_root, language(), role)
    if place not in made:
        links = [
            (HOMES[role], HOME_LABELS[role]),
            *LINKS.get(role, ()),
            ("auth.account", _("My account")),
        ]
        if role is Role.ADMINISTRATOR:
            links = links[1:]  # the account is the home
        made[place] = [(name, str(label), _link(name, language())) for name, label in links]
    menu: list[tuple[str, str, str]] = made[place]
    return menu
