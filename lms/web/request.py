"""What every view may ask of its request: who, when, in which language."""

from datetime import datetime

from flask import current_app, g

from lms.journey.actor import Actor, Learner
from lms.kernel.clock import Clock
from lms.kernel.keys import Keys
from lms.kernel.person_keys import PersonKeys
from lms.settings import Settings

LANGUAGES = ("fr", "en")
LANGUAGE_RULE = "/<any(fr, en):lang>"


def now() -> datetime:
    """Give the moment of this request: the same all through it."""
    if "now" not in g:
        clock: Clock = current_app.extensions["virage_clock"]
        g.now = clock()
    moment: datetime = g.now
    return moment


def language() -> str:
    """Give the language of this page."""
    return str(g.get("lang", LANGUAGES[0]))


def settings() -> Settings:
    """Give the site's settings."""
    found: Settings = current_app.extensions["virage_settings"]
    return found


def keys() -> Keys:
    """Give the site's keys."""
    found: Keys = current_app.extensions["virage_keys"]
    return found


def person_keys() -> PersonKeys:
    """Give the store of the participants' own keys."""
    found: PersonKeys = current_app.extensions["virage_person_keys"]
    return found


def actor_or_none() -> Actor | None:
    """Give who is signed in, if anybody."""
    found: Actor | None = g.get("actor")
    return found


def actor() -> Actor:
    """Give who is signed in; only for pages that a role guards."""
    found = actor_or_none()
    if found is None:
        raise LookupError("nobody is signed in: this page has no guard")
    return found


def learner() -> Learner:
    """Give the participant's enrolment; only for the participant's pages."""
    found = actor().learner
    if found is None:
        raise LookupError("this account has no enrolment")
    return found
