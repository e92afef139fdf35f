"""The programme around the seminar: agencies, referrals, exchange, surveys, privacy in operation.

Appended evidence may be deleted in one case alone: by the retention job, in a transaction that
holds a permit (`purge_permit`), which it takes out again before it commits. The view
`agency_view` is all that an agency may read, below the application too.
Longer than 300 lines: one table after the other, as they are made.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.Uuid()
_MOMENT = sa.DateTime(timezone=True)
_TEXT_64 = sa.String(64)
_LANGUAGE = sa.String(5)
_REASON = sa.String(500)

APPEND_ONLY = (
    "referral_event",
    "open_grade",
    "exchange_message",
    "exchange_delivery",
    "survey_revision",
    "view_entry",
    "incident",
    "purge_entry",
)
KEPT_FOR_GOOD = ("survey_revision", "incident", "purge_entry")
PURGEABLE = (  # appended before this migration; from here on a permit lets them go
    "attempt",
    "attestation",
    "certificate",
    "completion_record",
    "correction",
    "correction_decision",
    "regrade",
    "reprint",
    "result",
    "revocation",
    "waiver",
)
ADDED = {
    "cohort": ("starts_on", "ends_on", "capacity", "place"),
    "enrolment": ("first_name", "address", "withdrawn_at", "suspended_at", "closed_at"),
    "user_account": ("totp_secret", "totp_since", "totp_last_step"),
}
# SQLite knows no zones: a change late in the evening stands under the next day there, as it does
# nowhere else; the agency's pages read the moment and count the day themselves.
_DAY = {
    "sqlite": "date(referral.state_since)",
    "postgresql": "CAST(referral.state_since AT TIME ZONE 'America/Toronto' AS DATE)",
}
AGENCY_VIEW = """
    CREATE VIEW agency_view AS
    SELECT
        referral.agency_id,
        referral.referred_by,
        referral.reference,
        CASE
            WHEN referral.outcome IS NOT NULL THEN referral.outcome
            WHEN referral.state IN ('referred', 'fee_due', 'ready', 'code_expired') THEN 'referred'
            WHEN referral.state IN ('completed_pending_review', 'needs_follow_up', 'expired')
                THEN 'in_progress'
            ELSE referral.state
        END AS status,
        COALESCE(referral.outcome_on, {day}) AS status_on,
        referral.deadline,
        CASE
            WHEN referral.code_id IS NULL THEN 'none'
            WHEN enrolment_code.redeemed_at IS NOT NULL THEN 'used'
            WHEN referral.state = 'code_expired' THEN 'expired'
            ELSE 'issued'
        END AS code_state
    FROM referral
    LEFT JOIN enrolment_code ON enrolment_code.id = referral.code_id
    WHERE referral.purged_at IS NULL
"""


TABLES = (
    "agency",
    "agency_member",
    "agreement",
    "agency_key",
    "api_client",
    "api_token",
    "recovery_code",
    "referral",
    "referral_event",
    "identity",
    "live_session",
    "attendance",
    "message",
    "shared_response",
    "open_grade",
    "exchange_message",
    "exchange_delivery",
    "outbox_entry",
    "survey_revision",
    "survey_turn",
    "survey_answer",
    "follow_up",
    "programme_cost",
    "awareness_class",
    "awareness_result",
    "statistic_queue",
    "item_statistic",
    "option_statistic",
    "quiz_statistic",
    "named_export",
    "export_job",
    "view_entry",
    "incident",
    "purge_entry",
    "retention_report",
    "purge_permit",
)


def upgrade() -> None:
    _agencies()
    _accounts()
    _referrals()
    _attendance()
    _conversations()
    _exchange()
    _surveys()
    _awareness()
    _statistics()
    _exports()
    _privacy()
    _columns()
    for table in APPEND_ONLY:
        _keep(table, purgeable=table not in KEPT_FOR_GOOD)
    for table in PURGEABLE:
        _open(table)
        _keep(table, purgeable=True)
    _let_responses_go()
    op.execute(AGENCY_VIEW.format(day=_DAY[op.get_bind().dialect.name]))


def downgrade() -> None:
    op.execute("DROP VIEW agency_view")
    _hold_responses()
    for table in PURGEABLE:
        _open(table)
        _keep(table, purgeable=False)
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column)
    for table in TABLES[::-1]:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION virage_refuse_all_but_purge()")


def _agencies() -> None:
    op.create_table(
        "agency",
        sa.Column("id", _ID, nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("webhook_url", sa.String(300), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_agency_programme_id"),
        sa.PrimaryKeyConstraint("id", name="pk_agency"),
        sa.UniqueConstraint("name", name="uq_agency_name"),
    )
    op.create_table(
        "agency_member",
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_agency_member_agency_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_agency_member_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_agency_member"),
    )
    op.create_index("ix_agency_member_agency_id", "agency_member", ["agency_id"])
    op.create_table(
        "agreement",
        sa.Column("id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("purpose", _REASON, nullable=False),
        sa.Column("nature", _REASON, nullable=False),
        sa.Column("method", _REASON, nullable=False),
        sa.Column("security", _REASON, nullable=False),
        sa.Column("frequency", _REASON, nullable=False),
        sa.Column("duration", _REASON, nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("in_force_until", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", _ID, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_agreement_agency_id"),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name="fk_agreement_recorded_by"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
    )
    op.create_index("ix_agreement_agency_id", "agreement", ["agency_id"])
    op.create_table(
        "agency_key",
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("public_key", _TEXT_64, nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_agency_key_agency_id"),
        sa.PrimaryKeyConstraint("key_id", name="pk_agency_key"),
    )
    op.create_index("ix_agency_key_agency_id", "agency_key", ["agency_id"])
    op.create_table(
        "api_client",
        sa.Column("id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("client_id", sa.String(40), nullable=False),
        sa.Column("secret_hash", _TEXT_64, nullable=False),
        sa.Column("created_by", _ID, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_api_client_agency_id"),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name="fk_api_client_created_by"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_client"),
        sa.UniqueConstraint("client_id", name="uq_api_client_client_id"),
    )
    op.create_index("ix_api_client_agency_id", "api_client", ["agency_id"])
    op.create_table(
        "api_token",
        sa.Column("token_hash", _TEXT_64, nullable=False),
        sa.Column("api_client_id", _ID, nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["api_client_id"], ["api_client.id"], name="fk_api_token_api_client_id"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_api_token"),
    )
    op.create_index("ix_api_token_api_client_id", "api_token", ["api_client_id"])


def _accounts() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", _TEXT_64, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_recovery_code_user_id"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])


def _referrals() -> None:
    op.create_table(
        "referral",
        sa.Column("id", _ID, nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("referred_by", _ID, nullable=True),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("reference", sa.String(40), nullable=True),
        sa.Column("reference_mark", _TEXT_64, nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("arrangement", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.String(20), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("first_time", sa.Boolean(), nullable=False),
        sa.Column("no_minor", sa.Boolean(), nullable=False),
        sa.Column("accepts", sa.Boolean(), nullable=False),
        sa.Column("lawyer_told", sa.Boolean(), nullable=False),
        sa.Column("committed_on", sa.Date(), nullable=True),
        sa.Column("commitment_version", sa.String(20), nullable=True),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("state_since", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("suspended_from", sa.String(30), nullable=True),
        sa.Column("fee_state", sa.String(10), nullable=False),
        sa.Column("fee_receipt", sa.String(40), nullable=True),
        sa.Column("fee_at", _MOMENT, nullable=True),
        sa.Column("fee_by", _ID, nullable=True),
        sa.Column("cohort_id", _ID, nullable=True),
        sa.Column("code_id", _ID, nullable=True),
        sa.Column("enrolment_id", _ID, nullable=True),
        sa.Column("referred_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("purged_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_referral_agency_id"),
        sa.ForeignKeyConstraint(["code_id"], ["enrolment_code.id"], name="fk_referral_code_id"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_referral_cohort_id"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_referral_enrolment_id"
        ),
        sa.ForeignKeyConstraint(["fee_by"], ["user_account.id"], name="fk_referral_fee_by"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_referral_programme_id"
        ),
        sa.ForeignKeyConstraint(
            ["referred_by"], ["user_account.id"], name="fk_referral_referred_by"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_referral"),
        sa.UniqueConstraint("code_id", name="uq_referral_code_id"),
        sa.UniqueConstraint("enrolment_id", name="uq_referral_enrolment_id"),
        sa.UniqueConstraint("reference_mark", name="uq_referral_reference_mark"),
    )
    op.create_index("ix_referral_agency_id_state", "referral", ["agency_id", "state"])
    op.create_index("ix_referral_cohort_id", "referral", ["cohort_id"])
    op.create_table(
        "referral_event",
        sa.Column("id", _ID, nullable=False),
        sa.Column("referral_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(30), nullable=False),
        sa.Column("before", sa.String(30), nullable=False),
        sa.Column("after", sa.String(30), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("reason", _REASON, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by", _TEXT_64, nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name="fk_referral_event_referral_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_referral_event"),
        sa.UniqueConstraint("referral_id", "number", name="uq_referral_event_referral_id_number"),
    )
    op.create_table(
        "identity",
        sa.Column("referral_id", _ID, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("telephone", sa.LargeBinary(), nullable=True),
        sa.Column("file_number", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("recorded_by", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name="fk_identity_recorded_by"
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name="fk_identity_referral_id"),
        sa.PrimaryKeyConstraint("referral_id", name="pk_identity"),
    )


def _attendance() -> None:
    op.create_table(
        "live_session",
        sa.Column("id", _ID, nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("cohort_id", _ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("cancelled_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_live_session_cohort_id"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_live_session_programme_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_live_session"),
    )
    op.create_index("ix_live_session_cohort_id", "live_session", ["cohort_id"])
    op.create_table(
        "attendance",
        sa.Column("session_id", _ID, nullable=False),
        sa.Column("enrolment_id", _ID, nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("arrived_at", _MOMENT, nullable=True),
        sa.Column("left_at", _MOMENT, nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", _ID, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_attendance_enrolment_id"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_attendance_programme_id"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name="fk_attendance_recorded_by"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name="fk_attendance_session_id"
        ),
        sa.PrimaryKeyConstraint("session_id", "enrolment_id", name="pk_attendance"),
    )
    op.create_index("ix_attendance_enrolment_id", "attendance", ["enrolment_id"])


def _conversations() -> None:
    op.create_table(
        "message",
        sa.Column("id", _ID, nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("enrolment_id", _ID, nullable=False),
        sa.Column("sender_id", _ID, nullable=False),
        sa.Column("is_from_staff", sa.Boolean(), nullable=False),
        sa.Column("module_id", _TEXT_64, nullable=True),
        sa.Column("item_id", _TEXT_64, nullable=True),
        sa.Column("answers", _ID, nullable=True),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=False),
        sa.Column("read_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["answers"], ["message.id"], name="fk_message_answers"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_message_enrolment_id"),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_message_programme_id"),
        sa.ForeignKeyConstraint(["sender_id"], ["user_account.id"], name="fk_message_sender_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_index("ix_message_answers", "message", ["answers"])
    op.create_index("ix_message_enrolment_id_sent_at", "message", ["enrolment_id", "sent_at"])
    op.create_table(
        "shared_response",
        sa.Column("attempt_id", _ID, nullable=False),
        sa.Column("item_id", _TEXT_64, nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("enrolment_id", _ID, nullable=False),
        sa.Column("shared_at", _MOMENT, nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name="fk_shared_response_attempt_id"
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_shared_response_enrolment_id"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_shared_response_programme_id"
        ),
        sa.PrimaryKeyConstraint("attempt_id", "item_id", name="pk_shared_response"),
    )
    op.create_index("ix_shared_response_enrolment_id", "shared_response", ["enrolment_id"])
    op.create_table(
        "open_grade",
        sa.Column("attempt_id", _ID, nullable=False),
        sa.Column("item_id", _TEXT_64, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("enrolment_id", _ID, nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("sealed_comment", sa.LargeBinary(), nullable=True),
        sa.Column("graded_by", _ID, nullable=False),
        sa.Column("graded_at", _MOMENT, nullable=False),
        sa.CheckConstraint("number >= 1", name="ck_open_grade_number"),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name="fk_open_grade_attempt_id"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_open_grade_enrolment_id"
        ),
        sa.ForeignKeyConstraint(["graded_by"], ["user_account.id"], name="fk_open_grade_graded_by"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_open_grade_programme_id"
        ),
        sa.PrimaryKeyConstraint("attempt_id", "item_id", "number", name="pk_open_grade"),
    )
    op.create_index("ix_open_grade_enrolment_id", "open_grade", ["enrolment_id"])


def _exchange() -> None:
    op.create_table(
        "exchange_message",
        sa.Column("id", _ID, nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("referral_id", _ID, nullable=True),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("digest", _TEXT_64, nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("carrier", sa.String(10), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_exchange_message_agency_id"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_exchange_message_programme_id"
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name="fk_exchange_message_referral_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_message"),
        sa.UniqueConstraint(
            "agency_id",
            "direction",
            "number",
            name="uq_exchange_message_agency_id_direction_number",
        ),
    )
    op.create_index("ix_exchange_message_referral_id", "exchange_message", ["referral_id"])
    op.create_table(
        "exchange_delivery",
        sa.Column("id", _ID, nullable=False),
        sa.Column("message_id", _ID, nullable=False),
        sa.Column("carrier", sa.String(10), nullable=False),
        sa.Column("is_delivered", sa.Boolean(), nullable=False),
        sa.Column("fault", sa.String(60), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["exchange_message.id"], name="fk_exchange_delivery_message_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_delivery"),
    )
    op.create_index("ix_exchange_delivery_message_id", "exchange_delivery", ["message_id"])
    op.create_table(
        "outbox_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("mark", sa.String(120), nullable=False),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("given_up_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_entry"),
        sa.UniqueConstraint("mark", name="uq_outbox_entry_mark"),
    )
    op.create_index("ix_outbox_entry_due_at", "outbox_entry", ["due_at"])


def _surveys() -> None:
    op.create_table(
        "survey_revision",
        sa.Column("id", _ID, nullable=False),
        sa.Column("survey_id", _TEXT_64, nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", _TEXT_64, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_survey_revision"),
        sa.UniqueConstraint(
            "survey_id", "language", "number", name="uq_survey_revision_survey_id_language_number"
        ),
    )
    op.create_table(
        "survey_turn",
        sa.Column("enrolment_id", _ID, nullable=False),
        sa.Column("survey_id", _TEXT_64, nullable=False),
        sa.Column("wave", sa.String(10), nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_survey_turn_enrolment_id"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_survey_turn_programme_id"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "survey_id", "wave", name="pk_survey_turn"),
    )
    op.create_table(
        "survey_answer",
        sa.Column("id", _ID, nullable=False),
        sa.Column("survey_id", _TEXT_64, nullable=False),
        sa.Column("wave", sa.String(10), nullable=False),
        sa.Column("token", _TEXT_64, nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_survey_answer"),
        sa.UniqueConstraint(
            "survey_id", "wave", "token", name="uq_survey_answer_survey_id_wave_token"
        ),
    )
    op.create_index(
        "ix_survey_answer_survey_id_wave_day", "survey_answer", ["survey_id", "wave", "day"]
    )
    op.create_table(
        "follow_up",
        sa.Column("referral_id", _ID, nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("known_again", sa.Boolean(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=True),
        sa.Column("reported_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_follow_up_programme_id"
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name="fk_follow_up_referral_id"),
        sa.PrimaryKeyConstraint("referral_id", "months", name="pk_follow_up"),
    )
    op.create_table(
        "programme_cost",
        sa.Column("id", _ID, nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("label", sa.String(120), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", _ID, nullable=False),
        sa.Column("entered_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["user_account.id"], name="fk_programme_cost_entered_by"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_programme_cost_programme_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_programme_cost"),
    )


def _awareness() -> None:
    op.create_table(
        "awareness_class",
        sa.Column("id", _ID, nullable=False),
        sa.Column("course_id", _TEXT_64, nullable=False),
        sa.Column("class_hash", _TEXT_64, nullable=False),
        sa.Column("leader_hash", _TEXT_64, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_awareness_class"),
        sa.UniqueConstraint("class_hash", name="uq_awareness_class_class_hash"),
        sa.UniqueConstraint("leader_hash", name="uq_awareness_class_leader_hash"),
    )
    op.create_table(
        "awareness_result",
        sa.Column("id", _ID, nullable=False),
        sa.Column("class_id", _ID, nullable=False),
        sa.Column("module_id", _TEXT_64, nullable=False),
        sa.Column("module_revision_id", _ID, nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("right_count", sa.Integer(), nullable=False),
        sa.Column("asked_count", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["awareness_class.id"], name="fk_awareness_result_class_id"
        ),
        sa.ForeignKeyConstraint(
            ["module_revision_id"],
            ["module_revision.id"],
            name="fk_awareness_result_module_revision_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_awareness_result"),
    )
    op.create_index(
        "ix_awareness_result_class_id_module_id", "awareness_result", ["class_id", "module_id"]
    )


def _statistics() -> None:
    op.create_table(
        "statistic_queue",
        sa.Column("attempt_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["result.attempt_id"], name="fk_statistic_queue_attempt_id"
        ),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_statistic_queue"),
    )
    op.create_table(
        "item_statistic",
        sa.Column("module_revision_id", _ID, nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("item_id", _TEXT_64, nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("n_right", sa.BigInteger(), nullable=False),
        sa.Column("x", sa.BigInteger(), nullable=False),
        sa.Column("xx", sa.BigInteger(), nullable=False),
        sa.Column("r", sa.BigInteger(), nullable=False),
        sa.Column("rr", sa.BigInteger(), nullable=False),
        sa.Column("xr", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["module_revision_id"],
            ["module_revision.id"],
            name="fk_item_statistic_module_revision_id",
        ),
        sa.PrimaryKeyConstraint(
            "module_revision_id",
            "language",
            "item_id",
            "is_first",
            "percent",
            name="pk_item_statistic",
        ),
    )
    op.create_table(
        "option_statistic",
        sa.Column("module_revision_id", _ID, nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("item_id", _TEXT_64, nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["module_revision_id"],
            ["module_revision.id"],
            name="fk_option_statistic_module_revision_id",
        ),
        sa.PrimaryKeyConstraint(
            "module_revision_id",
            "language",
            "item_id",
            "is_first",
            "percent",
            "position",
            name="pk_option_statistic",
        ),
    )
    op.create_table(
        "quiz_statistic",
        sa.Column("module_revision_id", _ID, nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("module_id", _TEXT_64, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("n_passed", sa.BigInteger(), nullable=False),
        sa.Column("t", sa.BigInteger(), nullable=False),
        sa.Column("tt", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["module_revision_id"],
            ["module_revision.id"],
            name="fk_quiz_statistic_module_revision_id",
        ),
        sa.PrimaryKeyConstraint(
            "module_revision_id", "language", "is_first", "percent", name="pk_quiz_statistic"
        ),
    )
    op.create_index("ix_quiz_statistic_module_id", "quiz_statistic", ["module_id"])


def _exports() -> None:
    op.create_table(
        "named_export",
        sa.Column("id", _ID, nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("cohort_id", _ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("reason", _REASON, nullable=False),
        sa.Column("asked_by", _ID, nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("fetched_at", _MOMENT, nullable=True),
        sa.CheckConstraint("decided_by <> asked_by", name="ck_named_export_two_people"),
        sa.ForeignKeyConstraint(["asked_by"], ["user_account.id"], name="fk_named_export_asked_by"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_named_export_cohort_id"),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name="fk_named_export_decided_by"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_named_export_programme_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_named_export"),
    )
    op.create_table(
        "export_job",
        sa.Column("id", _ID, nullable=False),
        sa.Column("asked_by", _ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(80), nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("ready_at", _MOMENT, nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["user_account.id"], name="fk_export_job_asked_by"),
        sa.PrimaryKeyConstraint("id", name="pk_export_job"),
    )
    op.create_index("ix_export_job_asked_by", "export_job", ["asked_by"])


def _privacy() -> None:
    op.create_table(
        "view_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("viewer_id", _ID, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(20), nullable=False),
        sa.Column("subject_id", _ID, nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["viewer_id"], ["user_account.id"], name="fk_view_entry_viewer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_view_entry"),
    )
    op.create_index("ix_view_entry_at", "view_entry", ["at"])
    op.create_index("ix_view_entry_subject_id_at", "view_entry", ["subject_id", "at"])
    op.create_table(
        "incident",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("information", sa.Text(), nullable=False),
        sa.Column("circumstances", sa.Text(), nullable=False),
        sa.Column("happened", sa.String(200), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("people", sa.String(200), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("notices", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("recorded_by", _ID, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name="fk_incident_recorded_by"
        ),
        sa.PrimaryKeyConstraint("number", "version", name="pk_incident"),
    )
    op.create_table(
        "purge_entry",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("subject_id", _ID, nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_purge_entry"),
    )
    op.create_index("ix_purge_entry_subject_id", "purge_entry", ["subject_id"])
    op.create_table(
        "retention_report",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("is_dry_run", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retention_report"),
    )
    op.create_table(
        "purge_permit",
        sa.Column("id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_purge_permit"),
    )


def _columns() -> None:
    op.add_column("cohort", sa.Column("starts_on", sa.Date(), nullable=True))
    op.add_column("cohort", sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column("cohort", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column("cohort", sa.Column("place", sa.String(200), nullable=True))
    op.add_column("enrolment", sa.Column("first_name", sa.LargeBinary(), nullable=True))
    op.add_column("enrolment", sa.Column("address", sa.LargeBinary(), nullable=True))
    op.add_column("enrolment", sa.Column("withdrawn_at", _MOMENT, nullable=True))
    op.add_column("enrolment", sa.Column("suspended_at", _MOMENT, nullable=True))
    op.add_column("enrolment", sa.Column("closed_at", _MOMENT, nullable=True))
    op.add_column("user_account", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("user_account", sa.Column("totp_since", _MOMENT, nullable=True))
    op.add_column("user_account", sa.Column("totp_last_step", sa.BigInteger(), nullable=True))


def _open(table: str) -> None:
    """Let a migration change what guards a table; `_keep` shuts it again."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{act}")
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")


def _keep(table: str, *, purgeable: bool) -> None:
    """Let nobody change or delete what was appended; a permit lets delete what is purgeable."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            without = "WHEN NOT EXISTS (SELECT 1 FROM purge_permit) "
            when = without if purgeable and act == "DELETE" else ""
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {when}BEGIN"
                f" SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    refuse = "virage_refuse_all_but_purge" if purgeable else "virage_refuse_change"
    if purgeable:
        _make_refusal()
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {refuse}()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION virage_refuse_change()"
    )


def _make_refusal() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION virage_refuse_all_but_purge() RETURNS trigger"
        " LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM purge_permit) THEN RETURN OLD; END IF;"
        " RAISE EXCEPTION '% is append-only', TG_TABLE_NAME"
        " USING ERRCODE = 'restrict_violation'; END $$"
    )


def _let_responses_go() -> None:
    """Let the answers of a closed attempt go with a permit; nothing else changes for them."""
    _guard_responses(" AND NOT EXISTS (SELECT 1 FROM purge_permit)")


def _hold_responses() -> None:
    _guard_responses("")


def _guard_responses(but: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER response_closed_delete")
        op.execute(
            "CREATE TRIGGER response_closed_delete BEFORE DELETE ON response WHEN EXISTS"  # noqa: S608 - constants
            f" (SELECT 1 FROM result WHERE attempt_id IN (OLD.attempt_id)){but} BEGIN"
            " SELECT RAISE(ABORT, 'the attempt of this response is closed'); END"
        )
        return
    first = f"IF TG_OP = 'DELETE'{but.replace(' AND NOT', ' AND')} THEN RETURN OLD; END IF;"
    op.execute(
        "CREATE OR REPLACE FUNCTION virage_refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$"  # noqa: S608 - constants
        " DECLARE touched uuid[];"
        f" BEGIN {first if but else ''}"
        "  IF TG_OP <> 'INSERT' THEN touched := touched || OLD.attempt_id; END IF;"
        "  IF TG_OP <> 'DELETE' THEN touched := touched || NEW.attempt_id; END IF;"
        "  PERFORM 1 FROM attempt WHERE id = ANY (touched) FOR SHARE;"
        "  IF EXISTS (SELECT 1 FROM result WHERE attempt_id = ANY (touched)) THEN"
        "   RAISE EXCEPTION 'the attempt of this response is closed'"
        "   USING ERRCODE = 'restrict_violation';"
        "  END IF;"
        "  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;"
        "  RETURN NEW;"
        " END $$"
    )
