"""A completion record with less in it: that the course was passed and when, and no more.

The record as it was signed holds every attempt, score and time. When these go, it is written anew
and signed anew; `reduced_from` is the digest of the whole one, which its holder may have.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.completion.models import Certificate, CompletionRecord, Reprint, Revocation
from lms.completion.signed import canonical_json, digest_of
from lms.kernel.signing import key_id, public_key, sign
from lms.privacy.permit import put_back, take_out

_WHOLE = ("format", "programme", "course", "rules", "completion_status", "success_status",
          "recorded_at")  # fmt: skip
_OF_A_MODULE = ("id", "revision", "digest", "minutes")


def reduced_document(document: Mapping[str, Any], digest: str, now: datetime) -> dict[str, Any]:
    """Give a record's document without attempts, scores, times, corrections and attendance."""
    made = {name: document[name] for name in _WHOLE if name in document}
    modules = [
        {name: one[name] for name in _OF_A_MODULE if name in one} | {"attempts": []}
        for one in document["modules"]
    ]
    return made | {"modules": modules, "reduced_at": now.isoformat(), "reduced_from": digest}


def reduce_record(
    db: Session, completion_ids: Sequence[uuid.UUID], signing_key: bytes, now: datetime
) -> int:
    """Put reduced records in the place of whole ones; the permit must be held. Gives how many."""
    papers = Certificate.completion_id.in_(completion_ids)
    numbers = db.scalars(select(Certificate.id).where(papers)).all()
    reprints = take_out(db, Reprint, Reprint.certificate_id.in_(numbers))
    certificates = take_out(db, Certificate, papers)
    revocations = take_out(db, Revocation, Revocation.completion_id.in_(completion_ids))
    records = take_out(db, CompletionRecord, CompletionRecord.id.in_(completion_ids))
    whole = [row for row in records if "reduced_from" not in row["document"]]
    for row in whole:
        row.update(_signed(row, signing_key, now))
    for model, rows in (
        (CompletionRecord, records), (Certificate, certificates), (Revocation, revocations),
        (Reprint, reprints),
    ):  # fmt: skip
        put_back(db, model, rows, {})
    return len(whole)


def _signed(row: Mapping[str, Any], signing_key: bytes, now: datetime) -> dict[str, Any]:
    """Sign anew what was signed; a record that is older than signatures stays without one."""
    document = reduced_document(row["document"], row["digest"], now)
    signed = {"document": document, "digest": digest_of(document)}
    if not row["signature"]:
        return signed
    signature = sign(signing_key, canonical_json(document))
    return signed | {"signature": signature, "key_id": key_id(public_key(signing_key))}
