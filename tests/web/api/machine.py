"""A machine of an agency: it asks the API with a token, and keeps no cookie."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.agencies.models import Agency, AgencyMember
from lms.exchange.clients import NewClient, add_client
from tests import factories
from tests.exchange.desk import Sender, make_sender
from tests.factories import KEYS
from tests.web.site import Site

API = "/api/v1"
FORM = {"grant_type": "client_credentials"}


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine with its secret, and the token that it holds."""

    site: Site
    sender: Sender
    lead: User
    client: NewClient
    token: str = ""

    @property
    def agency(self) -> Agency:
        """Its agency."""
        return self.sender.agency

    def ask_token(self, **changes: str) -> TestResponse:
        """Ask for a token."""
        shown = {"client_id": self.client.client_id, "client_secret": self.client.secret}
        data = {name: value for name, value in {**FORM, **shown, **changes}.items() if value}
        return self.site.app.test_client().post(f"{API}/token", data=data)

    def enter(self) -> "Machine":
        """Give this machine with a token."""
        token = self.ask_token().get_json()["access_token"]
        return Machine(self.site, self.sender, self.lead, self.client, token)

    def get(self, path: str, **options: Any) -> TestResponse:  # noqa: ANN401 - of the client
        """Ask for something."""
        return self.send("GET", path, **options)

    def post(self, path: str, document: object) -> TestResponse:
        """Hand something in."""
        return self.send("POST", path, json=document)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:  # noqa: ANN401 - of the client
        """Send any request with the token."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        client = self.site.app.test_client(use_cookies=False)
        return client.open(API + path, method=method, headers=headers, buffered=True, **options)


def make_lead(db: Session, agency: Agency, *, is_lead: bool = True) -> User:
    """Make somebody who leads at an agency."""
    user = factories.make_user(db, role=Role.AGENCY)
    db.add(AgencyMember(user_id=user.id, agency_id=agency.id, is_lead=is_lead))
    db.flush()
    return user


def make_machine(site: Site, *, signs: bool = True) -> Machine:
    """Give a machine of a new agency, with a token; the agency signs, or has no key."""

    def make(db: Session) -> Machine:
        agency = factories.make_agency(db)
        sender = make_sender(db, agency, key=agency.id.bytes * 2) if signs else Sender(agency)
        lead = make_lead(db, agency)
        client = add_client(db, agency.id, lead, keys=KEYS, now=site.clock())
        return Machine(site, sender, lead, client)

    return site.do(make).enter()
