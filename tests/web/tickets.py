"""A preview that is ready: made by this process, for tests that only look at it."""

import os
import time
import uuid
from functools import cache
from typing import Any

from lms.accounts.models import User
from lms.publishing.markdown.request import Words
from lms.publishing.preview.job import Job, Stage, Standing
from lms.publishing.preview.spool import Spool, Ticket
from lms.publishing.preview.work import make_page, make_problems
from lms.settings import Settings
from tests.factories import NOW
from tests.sample_course import FILES
from tests.web.site import Site

PATH = "content/modules/01-first/fr.md"
_TEXTS = {f"content/{path}": text.encode() for path, text in FILES.items()}
_STANDING = Standing(_TEXTS, frozenset(_TEXTS))


def ready_ticket(site: Site, user: User, draft_id: uuid.UUID) -> uuid.UUID:
    """Give somebody's ticket whose page and problems are there."""
    settings: Settings = site.app.extensions["virage_settings"]
    spool = Spool(settings.instance / "previews")
    spool.make()
    name = spool.keep_standing("the small course", lambda: _STANDING)
    job = Job(draft_id.hex, PATH, _TEXTS[PATH].decode(), name, NOW.date(), Words())
    ticket = spool.submit(user.id.hex, job)
    for stage, answer in _answers().items():
        spool.put_answer(Ticket(user.id.hex, ticket, 0.0), stage, answer)
    past = time.time() - 5  # long enough for whoever asks for another
    os.utime(spool.folder / f"{user.id.hex}.{ticket}" / "job.json", (past, past))
    return uuid.UUID(ticket)


@cache
def _answers() -> dict[Stage, dict[str, Any]]:
    job = Job("", PATH, _TEXTS[PATH].decode(), "", NOW.date(), Words())
    return {
        Stage.PAGE: make_page(job, _STANDING),
        Stage.PROBLEMS: make_problems(job, _STANDING),
    }
