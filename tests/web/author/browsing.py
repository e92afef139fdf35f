"""A signed-in browser for tests of staff pages."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.accounts.roles import Role
from lms.accounts.service import open_session
from lms.kernel.database import Database
from lms.settings import Settings
from tests.clocks import FixedClock
from tests.factories import make_user
from tests.web.one_app import app_on

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody at a browser; `post` sends the token of a form, as a page would."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def read(self, path: str) -> str:
        """Open a page that is there; gives its text."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def post(self, path: str, /, **fields: Any) -> TestResponse:  # noqa: ANN401 - a list is sent repeated
        """Send a form."""
        found = _TOKEN.search(self.read("/en/account"))
        assert found is not None
        return self.client.post(path, data={"csrf_token": found[1], **fields})


def sign_in(
    database: Database, clock: FixedClock, folder: Path, role: Role, content: Path | None = None
) -> Browser:
    """Sign somebody new in, on a site whose content is in that folder."""
    settings = Settings(instance=folder, content=content or folder / "content")
    app = app_on(database, settings, clock)
    with database.write() as session:
        token = open_session(session, make_user(session, role=role), now=clock.now).token
        session.commit()
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = token
        kept["_fresh"] = True
    return Browser(client)


def edit(path: Path, old: str, new: str) -> None:
    """Change a file as an author would."""
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new), encoding="utf-8")
