"""Alembic's environment: `lms.kernel.migrate` gives the connection, in its transaction."""

from typing import Any, Literal

from alembic import context

import lms.accounts.models
import lms.agencies.models
import lms.assessment.models
import lms.attendance.models
import lms.authoring.models
import lms.awareness.models
import lms.completion.models
import lms.conversations.models
import lms.corrections.models
import lms.enrolment.models
import lms.exchange.models
import lms.exports.models
import lms.kernel.audit
import lms.kernel.outbox
import lms.outcomes.models
import lms.privacy.models
import lms.progress.models
import lms.publishing.models
import lms.referrals.models
import lms.surveys.models  # noqa: F401 - each models module puts its tables into Base.metadata
from lms.kernel.table import Base, UtcDateTime


def render_item(kind: str, thing: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401 - Alembic's hook
    """Write our own column type as what the database sees: a migration imports no model."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=render_item,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
