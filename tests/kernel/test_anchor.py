"""A line on paper that says where the audit chain ended: typed in again, refused when made up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.kernel.anchor import Anchor, AnchorError, make_anchor, parse_anchor
from lms.kernel.ids import encode_number
from tests.factories import KEYS, NOW

KEY = KEYS.audit
ANCHORS = st.builds(
    make_anchor,
    st.integers(0, 1 << 60),
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.just(KEY),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
)


@given(ANCHORS)
def test_an_anchor_is_one_short_line_and_reads_as_it_was_written(anchor: Anchor) -> None:
    line = str(anchor)
    assert len(line) <= 72 + len(str(anchor.number))
    assert parse_anchor(line, KEY) == anchor
    number, moment, code = line.split()
    typed = f"  {number}  {moment.lower()} {code.replace('-', ' ').lower()} "
    assert parse_anchor(typed, KEY) == anchor


@given(ANCHORS, st.data())
def test_a_single_mistyped_sign_is_noticed(anchor: Anchor, data: st.DataObject) -> None:
    line = str(anchor)
    at = data.draw(st.integers(0, len(line) - 1))
    assume(line[at] not in " -")
    sign = data.draw(st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
    assume(sign != line[at])
    with pytest.raises(AnchorError):
        parse_anchor(line[:at] + sign + line[at + 1 :], KEY)


def test_nobody_makes_an_anchor_up_without_the_key() -> None:
    mac = "ab" * 32
    made_up = make_anchor(5, mac, bytes(32), now=NOW)
    genuine = make_anchor(5, mac, KEY, now=NOW)
    for one in (
        made_up,
        replace(genuine, number=4),
        replace(genuine, at=NOW + timedelta(seconds=1)),
        replace(genuine, mac="cd" * 12),
        replace(genuine, number=-5),
    ):
        with pytest.raises(AnchorError, match="seal"):
            parse_anchor(str(one), KEY)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "5",
        "x" * 100_000,
        "9" * 100_000,
        "5 2026-11-21T14:00:00Z",
        "5 2026-11-21T14:00:00Z " + "Z" * 5_000_000,
        "5 2026-11-21 14:00:00 ABCD",
        "5 0001-01-01T00:00:00+2300 ABCD",
        "5 2026-11-21T14:00:00Z " + encode_number(1 << 192, digits=39),
        "5 2026-11-21T14:00:00Z \ufffd\x00",
        "² 2026-11-21T14:00:00Z ABCD",
    ],
    ids=lambda line: line[:30],
)
def test_what_is_no_anchor_is_said_to_be_none(line: str) -> None:
    with pytest.raises(AnchorError) as fault:
        parse_anchor(line, KEY)
    assert "anchor" in str(fault.value)


def test_an_anchor_on_paper_stays_good_for_ever() -> None:
    """A fixed line: whoever changes how anchors are written makes those on paper useless."""
    line = "1204 2026-11-21T14:00:00Z 2NTQ-AXBN-ENTQ-AXBN-ENTP-WQNA-TQFK-T64F-X2C0-9TRC"
    assert str(make_anchor(1204, "ab" * 32, KEY, now=NOW)) == line
    assert parse_anchor(line, KEY).saw("ab" * 32)
