"""People of agencies and their files, for tests."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.agencies.models import Agency, AgencyMember
from lms.referrals.models import Referral
from tests import factories
from tests.factories import NOW, make_member, make_referral
from tests.web.browser import Browser
from tests.web.markup import Html
from tests.web.site import Site

TODAY = NOW.date()
GOOD = {
    "reference": "2026-00417",
    "language": "fr",
    "deadline": "2027-02-15",
    "arrangement": "no",
    "decided_by": "prosecutor",
    "decided_on": "2026-11-20",
    "first_time": "yes",
    "no_minor": "yes",
    "accepts": "yes",
    "lawyer_told": "yes",
}


def officer(site: Site, agency: Agency, *, is_lead: bool = False) -> tuple[User, Browser]:
    """Make somebody of an agency, with the browser."""

    def make(db: Session) -> User:
        user = factories.with_second_factor(db, factories.make_user(db, role=Role.AGENCY))
        db.add(AgencyMember(user_id=user.id, agency_id=agency.id, is_lead=is_lead))
        return user

    user = site.do(make)
    return user, site.staff(Role.AGENCY, user)


def own_file(site: Site, **fields: object) -> tuple[Referral, Browser]:
    """Make a file and give it with the browser of who referred it."""
    referral = site.do(make_referral, **fields)
    return referral, site.staff(Role.AGENCY, site.do(make_member, referral))


def state_of(site: Site, referral: Referral) -> str:
    """Give where a file stands now."""
    with site.database.read() as db:
        return db.get_one(Referral, referral.id).state


def cells(page: Html) -> list[str]:
    """Give what stands in the cells of a page that hold data."""
    return [" ".join(one.text.split()) for one in page.all("dd", "td", "th") if not one["scope"] or
            one["scope"] == "row"]  # fmt: skip


def urls(referral: Referral) -> Iterator[str]:
    yield from ("/fr/agency", "/fr/agency/new", "/fr/agency/certificate")
    yield f"/fr/agency/referrals/{referral.id}"
    for act in ("suspend", "resume", "cancel", "deadline"):
        yield f"/fr/agency/referrals/{referral.id}/{act}"
