"""Does the database still say what was signed? The record against the rows it was made from."""

import hashlib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from lms.completion.document import attempt_document
from lms.completion.evidence import Evidence
from lms.completion.models import CompletionRecord
from lms.completion.signed import canonical_json
from lms.kernel.signing import key_id, public_key, verify


class Signature(StrEnum):
    """What can be said of a record's signature."""

    HOLDS = "holds"
    BROKEN = "does not hold: the record is not what was signed"
    OTHER_KEY = "was made with another key: verify an export with that one"
    NONE = "none: the record is older than signatures"


def signature_of(record: CompletionRecord, signing_key: bytes) -> Signature:
    """Judge the signature of a record by this site's key."""
    public = public_key(signing_key)
    if not record.signature:
        return Signature.NONE
    if record.key_id != key_id(public):
        return Signature.OTHER_KEY
    bound = canonical_json(record.document)
    is_same = hashlib.sha256(bound).hexdigest() == record.digest
    holds = is_same and verify(public, bound, record.signature)
    return Signature.HOLDS if holds else Signature.BROKEN


def disagreements(
    record: CompletionRecord, evidence: Evidence, signing_key: bytes
) -> tuple[str, ...]:
    """Name each attempt whose rows no longer say what the record says, a sentence each.

    What came after the record, such as a regrade, is no disagreement. Records of before the
    signature bound no attempts; those of another key cannot be compared, for want of the salts.
    """
    if signature_of(record, signing_key) in {Signature.NONE, Signature.OTHER_KEY}:
        return ()
    return tuple(_compare(record.document, evidence, signing_key))


def _compare(document: Mapping[str, Any], evidence: Evidence, signing_key: bytes) -> Iterator[str]:
    tries = {str(one.attempt.id): one for one in evidence.tries}
    for module in document["modules"]:
        for bound in module["attempts"]:
            where = f"module {module['id']}, attempt {bound['number']}"
            one = tries.get(bound["id"])
            if one is None:
                yield f"{where}: it is not in the database"
                continue
            now = attempt_document(one, evidence, signing_key)
            now["regrades"] = now["regrades"][: len(bound["regrades"])]
            changed = sorted(name for name in bound if bound[name] != now[name])
            if changed:
                yield f"{where}: the database says otherwise ({', '.join(changed)})"
