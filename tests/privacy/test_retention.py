"""What somebody left here goes when its time is over: row by row, byte by byte, and for good.

Longer than 300 lines: all of it is asked of one person whose file is closed.
"""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.passwords import password_matches
from lms.assessment.models import Attempt, QuizStatistic, Response
from lms.assessment.queries import closed_attempt, saved_responses
from lms.completion.explain import explain_completion
from lms.completion.models import Certificate, CompletionRecord
from lms.completion.register import read_register
from lms.completion.signed import Judged, export_record, judge_file
from lms.conversations.models import Message, OpenGrade, SharedResponse
from lms.enrolment.models import Enrolment
from lms.exchange.models import ExchangeMessage
from lms.kernel.database import Database, open_database
from lms.kernel.person_keys import KeyDestroyedError
from lms.kernel.sealing import Place, UnreadableFieldError, unseal
from lms.kernel.signing import public_key
from lms.privacy import retention
from lms.privacy.journal import FILE_NAME, read_journal
from lms.privacy.models import PurgeEntry, PurgePermit, RetentionReport
from lms.privacy.periods import AFTER_CLOSURE, Rule
from lms.privacy.replay import replay
from lms.privacy.retention import Run, retain
from lms.referrals.models import Referral, ReferralEvent
from lms.referrals.service import RULES, move
from lms.referrals.states import Act
from tests import factories
from tests.factories import KEYS, NOW
from tests.privacy.looking import bytes_of, canaries_in_rows
from tests.privacy.planting import Planted, plant
from tests.web.rows import all_rows

Runs = Callable[..., Run]
DAY = timedelta(days=1)
# What stands in the tables in clear, by the rule that takes it away; the rest is sealed.
GOES: dict[Rule, set[str]] = {
    Rule.CLOSURE: set(),
    Rule.ACCOUNT: {
        "user_account.login",
        "user_account.password_hash",
        "recovery_code.code_hash",
        "sign_in_session.token_hash",
    },
    Rule.LEARNING: {"response.answer"},
    Rule.FILE: {
        "enrolment.pseudonym",
        "enrolment_code.code_hash",
        "referral.reference",
        "referral.fee_receipt",
        "referral_event.reason",
        "referral_event.detail",
        "correction.reason",
        "reprint.reason",
        "exchange_message.digest",
        "view_entry.purpose",  # by its own age, which is the same
    },
}
STAYS = {"referral.reference_mark"}  # refuses a reference that was used, for good
AGED = {"view_entry", "sign_in_session"}  # these go by their age, whoever they are about
SEALED = {
    "enrolment.first_name",
    "enrolment.address",
    "identity.name",
    "identity.telephone",
    "identity.file_number",
    "message.sealed_text",
    "open_grade.sealed_comment",
    "response.sealed_text",
    "response.sealed_text (not shared)",
}


@pytest.fixture
def runs(real_database: Database, tmp_path: Path) -> Runs:
    """Give the job's run as it is so long after the file was closed."""

    def make(after: timedelta, **more: Any) -> Run:  # noqa: ANN401 - of the run
        now = NOW + after
        return Run(real_database, KEYS, tmp_path, now, now.date(), **more)

    return make


@pytest.fixture
def gone(real_database: Database) -> Planted:
    """Give somebody whose file is closed now; beside him, somebody whose file is open."""
    with real_database.write() as db:
        made = plant(db, "a")
        plant(db, "b")
        move(db, made.referral, Act.CLOSE, RULES, now=NOW)
        db.commit()
    return made


def _columns(database: Database, made: Planted) -> set[str]:
    """Give the columns of this person whose canaries still stand in some table."""
    named = made.marks.named()
    return {named[one] for one in canaries_in_rows(database) if one in named}


def test_every_text_that_was_planted_is_in_the_table_above(gone: Planted) -> None:
    rest = set(gone.marks.columns) - STAYS - SEALED
    assert rest == set().union(*GOES.values())


@pytest.mark.parametrize("rule", list(Rule))
def test_each_kind_of_data_goes_on_its_day_and_not_before(
    real_database: Database, gone: Planted, runs: Runs, rule: Rule
) -> None:
    everything = _columns(real_database, gone)
    place = list(Rule).index(rule)
    earlier = set().union(*(GOES[one] for one in list(Rule)[:place]))
    if rule is not Rule.CLOSURE:
        retain(runs(AFTER_CLOSURE[rule] - DAY))
        assert _columns(real_database, gone) == everything - earlier
    retain(runs(AFTER_CLOSURE[rule]))
    assert _columns(real_database, gone) == everything - earlier - GOES[rule]


def test_the_texts_go_at_closure_and_cannot_be_read_in_any_copy(
    real_database: Database, gone: Planted, runs: Runs
) -> None:
    with real_database.read() as db:
        copy = db.execute(
            select(Response.attempt_id, Response.sealed_text).where(
                Response.sealed_text.is_not(None),
                Response.attempt_id.in_(
                    select(Attempt.id).where(Attempt.enrolment_id == gone.enrolment.id)
                ),
            )
        ).all()
    assert copy
    retain(runs(timedelta(0)))
    with real_database.read() as db:
        for attempt_id, sealed in copy:
            assert "open" not in saved_responses(db, attempt_id, KEYS)
            place = Place("response", "sealed_text", f"{attempt_id}:open")
            with pytest.raises(UnreadableFieldError):
                KEYS.unseal_of(gone.enrolment.id, sealed or b"", place)
            closed = closed_attempt(db, attempt_id, KEYS)
            assert closed is not None
            kept = {one.item.id: one.is_kept for one in closed.outcomes}
            assert kept["open"] is False
            assert kept["single"] is True
        for table in (Message, SharedResponse):
            left = select(func.count()).where(table.enrolment_id == gone.enrolment.id)
            assert db.scalar(left) == 0
        said = db.scalars(
            select(OpenGrade).where(OpenGrade.enrolment_id == gone.enrolment.id)
        ).one()
        assert (said.is_done, said.sealed_comment) == (True, None)
        enrolment = db.get_one(Enrolment, gone.enrolment.id)
        arranged = (enrolment.time_credit_percent, enrolment.no_pause, enrolment.read_aloud)
        assert arranged == (0, False, False)
        assert not db.get_one(Referral, gone.referral.id).arrangement
        assert enrolment.first_name is not None  # for thirty days more, with a new key
        place = Place("enrolment", "first_name", str(enrolment.id))
        name = unseal(KEYS.people.find(enrolment.id), enrolment.first_name, place)
        assert name == gone.marks.of("enrolment.first_name")


def test_after_thirty_days_nobody_can_sign_in_as_him_and_his_keys_are_gone(
    real_database: Database, gone: Planted, runs: Runs
) -> None:
    retain(runs(AFTER_CLOSURE[Rule.ACCOUNT]))
    with real_database.read() as db:
        user = db.get_one(User, gone.user.id)
        assert user.disabled_at is not None
        assert not password_matches(factories.PASSWORD, user.password_hash)
        enrolment = db.get_one(Enrolment, gone.enrolment.id)
        assert (enrolment.first_name, enrolment.address) == (None, None)
    for subject in (gone.enrolment.id, gone.referral.id):
        with pytest.raises(KeyDestroyedError):
            KEYS.people.find(subject)


@pytest.mark.usefixtures("gone")
def test_nothing_of_anybody_else_goes(real_database: Database, runs: Runs) -> None:
    others = {one for one in canaries_in_rows(real_database, but=AGED) if "kvb" in one}
    assert len(others) > 10
    retain(runs(AFTER_CLOSURE[Rule.FILE]))
    left = {one for one in canaries_in_rows(real_database) if "kvb" in one}
    assert others - left == set()
    with real_database.read() as db:
        kept = db.scalars(select(Response).where(Response.sealed_text.is_not(None))).all()
        assert kept  # and can still be read
        other = db.get_one(Attempt, kept[0].attempt_id)
        place = Place("response", "sealed_text", f"{other.id}:open")
        assert KEYS.unseal_of(other.enrolment_id, kept[0].sealed_text or b"", place)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_no_byte_of_it_is_left_in_the_file_or_its_log(
    gone: Planted, runs: Runs, tmp_path: Path
) -> None:
    path = tmp_path / "virage.db"
    named = gone.marks.named()
    before = bytes_of(path).lower()
    in_clear = {name: one for one, name in named.items() if name not in SEALED}
    assert {name for name, one in in_clear.items() if one.encode() in before} == set(in_clear)
    assert not [name for one, name in named.items() if name in SEALED and one.encode() in before]
    retain(runs(AFTER_CLOSURE[Rule.FILE]))
    after = bytes_of(path).lower()
    assert {name for one, name in named.items() if one.encode() in after} == STAYS
    store = Path(KEYS.people.url.removeprefix("sqlite:///"))
    held = bytes_of(store)
    assert str(gone.enrolment.id).encode() not in held
    assert str(gone.referral.id).encode() not in held


@pytest.mark.usefixtures("gone")
def test_a_second_run_finds_nothing_to_do(real_database: Database, runs: Runs) -> None:
    retain(runs(AFTER_CLOSURE[Rule.FILE]))
    rows = all_rows(real_database, leave_out=frozenset())
    report = retain(runs(AFTER_CLOSURE[Rule.FILE] + timedelta(hours=1)))
    again = all_rows(real_database)
    assert not any(report.counts["people"].values())
    del rows["retention_report"], again["retention_report"]
    assert again == rows


def test_a_rehearsal_changes_nothing_and_tells_what_the_run_will_do(
    real_database: Database, gone: Planted, runs: Runs, tmp_path: Path
) -> None:
    with real_database.write() as db:  # nobody referred him: the run closes his file first
        alone = factories.make_enrolment(db)
        alone.deadline = NOW.date() + timedelta(days=2)
        db.commit()
    key = KEYS.people.find(gone.enrolment.id)
    before = all_rows(real_database)
    told = retain(runs(timedelta(days=40), is_rehearsal=True))
    after = all_rows(real_database)
    assert after.pop("retention_report") != before.pop("retention_report")
    assert after == before
    assert KEYS.people.find(gone.enrolment.id) == key
    assert not (tmp_path / FILE_NAME).exists()
    done = retain(runs(timedelta(days=40)))
    assert told.is_dry_run
    assert not done.is_dry_run
    assert told.counts == done.counts
    assert done.counts["people"] == {"closed": 1, "closure": 2, "account": 1}


@pytest.mark.usefixtures("gone")
def test_no_permit_outlives_a_run_and_a_fault_undoes_it(
    real_database: Database, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_purge: object) -> int:
        raise RuntimeError

    before = canaries_in_rows(real_database, but=AGED)
    with monkeypatch.context() as patch:
        patch.setattr(retention, "drop_account", fails)
        with pytest.raises(RuntimeError):
            retain(runs(AFTER_CLOSURE[Rule.FILE]))
    with real_database.read() as db:
        assert db.scalar(select(func.count()).select_from(PurgePermit)) == 0
    assert canaries_in_rows(real_database, but=AGED) == before
    retain(runs(AFTER_CLOSURE[Rule.FILE]))
    with real_database.read() as db:
        assert db.scalar(select(func.count()).select_from(PurgePermit)) == 0


def test_the_counts_of_the_years_survive(
    real_database: Database, gone: Planted, runs: Runs
) -> None:
    def counted(db: Session) -> list[Any]:
        files = select(
            Referral.outcome, Referral.outcome_on, Referral.cohort_id, Referral.agency_id
        )
        steps = select(ReferralEvent.act, ReferralEvent.after).where(
            ReferralEvent.act != "purge", ReferralEvent.referral_id == gone.referral.id
        )
        sent = select(ExchangeMessage.agency_id, ExchangeMessage.number, ExchangeMessage.kind)
        return [sorted(map(str, db.execute(one))) for one in (files, steps, sent)]

    with real_database.read() as db:
        before = counted(db)
    retain(runs(AFTER_CLOSURE[Rule.FILE]))
    with real_database.read() as db:
        assert counted(db) == before
        referral = db.get_one(Referral, gone.referral.id)
        assert (referral.state, referral.reference) == ("purged", None)
        assert referral.purged_at is not None


def test_the_counters_of_questions_know_his_answers_before_they_go(
    real_database: Database, gone: Planted, runs: Runs
) -> None:
    with real_database.read() as db:
        tries = db.scalar(select(func.count()).select_from(Attempt))
    retain(runs(AFTER_CLOSURE[Rule.LEARNING]))
    with real_database.read() as db:
        assert db.scalar(select(func.sum(QuizStatistic.n))) == tries
        left = select(func.count()).where(Attempt.enrolment_id == gone.enrolment.id)
        assert db.scalar(left) == 0


def test_the_record_says_less_and_is_still_signed(
    real_database: Database, gone: Planted, runs: Runs
) -> None:
    number = gone.certificate.register_number
    retain(runs(timedelta(0)))
    with real_database.read() as db:
        assert explain_completion(db, number, KEYS.signing, NOW).is_sound
    retain(runs(AFTER_CLOSURE[Rule.LEARNING]))
    with real_database.read() as db:
        told = explain_completion(db, number, KEYS.signing, NOW)
        assert told.is_sound
        record = db.scalars(
            select(CompletionRecord).where(CompletionRecord.enrolment_id == gone.enrolment.id)
        ).one()
        assert [one["attempts"] for one in record.document["modules"]] == [[], []]
        assert "seat_time" not in record.document
        data = export_record(record.document, record.signature, record.key_id)
        assert judge_file(data, public_key(KEYS.signing)).judged is Judged.GENUINE


def test_a_number_of_the_register_is_accounted_for_and_never_given_again(
    real_database: Database, gone: Planted, runs: Runs
) -> None:
    with real_database.read() as db:
        last = db.scalar(select(func.max(Certificate.register_number))) or 0
        numbers = set(db.scalars(select(Certificate.register_number)))
    with real_database.write() as db:  # his was the last that was issued
        other = db.scalars(
            select(CompletionRecord).where(CompletionRecord.enrolment_id != gone.enrolment.id)
        ).one()
        db.execute(
            update(Referral)
            .where(Referral.enrolment_id == other.enrolment_id)
            .values(closed_at=NOW, state="closed")
        )
        db.execute(update(Enrolment).values(closed_at=NOW))
        db.commit()
    retain(runs(AFTER_CLOSURE[Rule.FILE]))
    with real_database.write() as db:
        found = read_register(db)
        assert not found.faults
        assert {one.register_number: one.state for one in found.lines} == dict.fromkeys(
            numbers, "purged"
        )
        later = plant(db, "c")
        assert later.certificate.register_number == last + 1


def test_whom_nobody_referred_is_closed_thirty_days_after_his_end(
    real_database: Database, runs: Runs
) -> None:
    with real_database.write() as db:
        learner = factories.make_learner(db)
        factories.pass_course(db, learner)
        waits = factories.make_enrolment(db)
        withdrew = factories.make_enrolment(db)
        withdrew.withdrawn_at = NOW
        late = factories.make_enrolment(db)
        late.deadline = NOW.date() - DAY
        db.commit()
    retain(runs(timedelta(days=29)))
    with real_database.read() as db:
        closed = set(db.scalars(select(Enrolment.id).where(Enrolment.closed_at.is_not(None))))
    assert closed == set()
    retain(runs(timedelta(days=30)))
    with real_database.read() as db:
        closed = set(db.scalars(select(Enrolment.id).where(Enrolment.closed_at.is_not(None))))
    assert closed == {learner.enrolment_id, withdrew.id, late.id}
    assert waits.id not in closed


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_backup_that_comes_back_brings_nothing_back(
    real_database: Database, gone: Planted, runs: Runs, tmp_path: Path
) -> None:
    path = tmp_path / "virage.db"
    with real_database.write() as db:  # the backup is older than the closure
        db.execute(update(Referral).values(closed_at=None, state="reported"))
        db.execute(update(Enrolment).values(closed_at=None))
        db.commit()
    real_database.engine.dispose()
    shutil.copy(path, tmp_path / "backup.db")
    with real_database.write() as db:
        move(db, db.get_one(Referral, gone.referral.id), Act.CLOSE, RULES, now=NOW)
        db.commit()
    for rule in Rule:
        retain(runs(AFTER_CLOSURE[rule]))
    real_database.engine.dispose()
    shutil.copy(tmp_path / "backup.db", path)
    back = open_database(f"sqlite:///{path}")
    named = gone.marks.named()
    assert {named[one] for one in canaries_in_rows(back) if one in named} > STAYS
    run = runs(AFTER_CLOSURE[Rule.FILE] + DAY)
    again = Run(back, KEYS, tmp_path, run.now, run.today)
    assert replay(again, read_journal(tmp_path / FILE_NAME)) == len(Rule)
    assert {named[one] for one in canaries_in_rows(back, but=AGED) if one in named} == STAYS
    with back.read() as db:  # his clock runs from the day on which it began
        assert db.get_one(Enrolment, gone.enrolment.id).closed_at == NOW
    assert replay(again, read_journal(tmp_path / FILE_NAME)) == 0
    retain(again)  # the next night's run
    assert {name for one, name in named.items() if one.encode() in bytes_of(path).lower()} == STAYS
    back.engine.dispose()


def test_the_journal_holds_ids_and_nothing_else(
    real_database: Database, gone: Planted, runs: Runs, tmp_path: Path
) -> None:
    retain(runs(AFTER_CLOSURE[Rule.FILE]))
    text = (tmp_path / FILE_NAME).read_text()
    assert not set(gone.marks.named()) & set(text.split('"'))
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0
    with real_database.read() as db:
        known = db.scalar(select(func.count()).select_from(PurgeEntry))
        assert db.scalar(select(func.count()).select_from(RetentionReport)) == 1
    assert len(text.splitlines()) == known
