"""The fees of several files on one page."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts.roles import Role
from lms.referrals.models import Referral, ReferralEvent
from lms.referrals.states import State
from lms.web.coordinator import fees
from tests.factories import make_referral
from tests.web.browser import Browser
from tests.web.site import Site

HOME = "/en/coordinator/files/fees"
CARD = "4111 1111 1111 1111"
CHANGED = "This is not possible as the file stands now."


@pytest.fixture
def coordinator(site: Site) -> Browser:
    """Sign a coordinator in."""
    return site.staff(Role.COORDINATOR)


def _files(site: Site, *references: str) -> list[Referral]:
    return [site.do(make_referral, reference=one) for one in references]


def _fees(site: Site) -> dict[str | None, tuple[str, str | None, str]]:
    """Give of each file the fee, the receipt and where it stands."""
    with site.database.read() as db:
        return {
            one.reference: (one.fee_state, one.fee_receipt, one.state)
            for one in db.scalars(select(Referral))
        }


def _said(file: Referral, fee: str, receipt: str = "") -> dict[str, str]:
    return {f"{file.id}-fee": fee, f"{file.id}-receipt": receipt}


def test_what_is_chosen_is_noted_and_the_rest_stays(site: Site, coordinator: Browser) -> None:
    paid, waived, asked, left = _files(site, "LG-1", "LG-2", "LG-3", "LG-4")
    page = coordinator.page(HOME)
    assert [one.text for one in page.all("option")].count("Waived") == 4
    said = _said(paid, "paid", " R-77 ") | _said(waived, "waived") | _said(asked, "due")
    answer = coordinator.post(HOME, said | _said(left, ""))
    assert (answer.status_code, answer.location) == (303, HOME)
    after = coordinator.page(HOME)
    assert "3 fees are noted." in after.text
    assert "LG-1" not in after.text
    assert "LG-3" in after.text
    assert _fees(site) == {
        "LG-1": ("paid", "R-77", State.READY),
        "LG-2": ("waived", None, State.READY),
        "LG-3": ("due", None, State.FEE_DUE),
        "LG-4": ("due", None, State.REFERRED),
    }


def test_each_fee_stands_in_its_file_with_who_noted_it(site: Site, coordinator: Browser) -> None:
    (file,) = _files(site, "LG-1")
    coordinator.post(HOME, _said(file, "waived"))
    with site.database.read() as db:
        events = db.scalars(select(ReferralEvent).where(ReferralEvent.referral_id == file.id))
        found = {one.act: one.by for one in events}
        assert found["fee"] == str(db.get_one(Referral, file.id).fee_by)


@pytest.mark.parametrize(
    ("fee", "receipt", "fault"),
    [
        ("paid", "", "LG-2: Enter the receipt number"),
        ("paid", CARD, "LG-2: Enter the receipt number"),
        ("paid", "9" * 41, "LG-2: Shorten this to 40 characters"),
        ("gift", "", "LG-2: Choose one of those shown."),
        ("waived", "R-1", "LG-2: A fee with a receipt number is paid."),
        ("", "R-1", "LG-2: A fee with a receipt number is paid."),
    ],
)
def test_one_fault_holds_all_of_them_and_what_was_typed_stays(
    site: Site, coordinator: Browser, fee: str, receipt: str, fault: str
) -> None:
    first, second = _files(site, "LG-1", "LG-2")
    before = _fees(site)
    answer = coordinator.post(HOME, _said(first, "paid", "R-1") | _said(second, fee, receipt))
    assert answer.status_code == 422
    assert fault in answer.text
    assert 'value="R-1"' in answer.text
    assert '<option value="paid" selected>' in answer.text
    assert _fees(site) == before


def test_nothing_chosen_is_said_and_changes_nothing(site: Site, coordinator: Browser) -> None:
    (file,) = _files(site, "LG-1")
    answer = coordinator.post(HOME, _said(file, ""))
    assert answer.status_code == 422
    assert "Choose how the fee stands for at least one file." in answer.text


def test_a_fee_that_somebody_else_settled_meanwhile_is_not_replaced(
    site: Site, coordinator: Browser
) -> None:
    mine, theirs = _files(site, "LG-1", "LG-2")
    other = site.staff(Role.COORDINATOR)
    assert other.post(HOME, _said(theirs, "paid", "R-2")).status_code == 303
    before = _fees(site)
    answer = coordinator.post(HOME, _said(mine, "waived") | _said(theirs, "waived"))
    assert answer.status_code == 409
    assert "settled by somebody else" in answer.text
    assert '<option value="waived" selected>' in answer.text
    assert _fees(site) == before
    gone = coordinator.post(HOME, _said(theirs, "waived"))
    assert gone.status_code == 409
    assert "LG-1" in gone.text, "the list that is to be looked over"
    assert coordinator.post(HOME, _said(mine, "waived")).status_code == 303


def test_a_file_that_comes_while_the_list_is_filled_in_takes_no_line_away(
    site: Site, coordinator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fees, "MOST", 2)
    first, last = _files(site, "LG-1", "LG-2")
    assert coordinator.page(HOME).text.count("Receipt number") == 2
    (nearer,) = _files(site, "LG-3")
    with site.database.write() as db:
        db.get_one(Referral, nearer.id).deadline = first.deadline - timedelta(days=1)
        db.commit()
    refused = coordinator.post(HOME, _said(first, "paid") | _said(last, "waived"))
    assert refused.status_code == 422
    assert ("LG-2" in refused.text, "LG-3" in refused.text) == (True, False)
    answer = coordinator.post(HOME, _said(first, "paid", "R-1") | _said(last, "waived"))
    assert answer.status_code == 303
    assert "LG-3" in coordinator.page(HOME).text


def test_a_file_whose_fee_was_asked_for_is_not_asked_again(
    site: Site, coordinator: Browser
) -> None:
    (file,) = _files(site, "LG-1")
    assert coordinator.post(HOME, _said(file, "due")).status_code == 303
    assert "To be paid" not in coordinator.page(HOME).text
    assert coordinator.post(HOME, _said(file, "due")).status_code == 422


def test_the_page_is_a_link_away(site: Site, coordinator: Browser) -> None:
    _files(site, "LG-1")
    for path in ("/en/coordinator/files", "/en/coordinator/overview"):
        assert HOME in coordinator.page(path).links()


def test_where_no_fee_waits_the_page_says_so(coordinator: Browser) -> None:
    assert "No fee waits to be settled." in coordinator.page(HOME).text
