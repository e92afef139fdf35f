"""Does the database still say what was signed? The record against the rows it was made from."""

import hashlib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from lms.completion.document import attempt_document
from lms.completion.evidence import ClosedTry, Evidence
from lms.completion.models import CompletionRecord
from lms.completion.signed import canonical_json
from lms.content.model import ItemKind
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
            _without_texts(bound, now, one, evidence)
            changed = sorted(name for name in bound if bound[name] != now[name])
            if changed:
                yield f"{where}: the database says otherwise ({', '.join(changed)})"


def _without_texts(
    bound: Mapping[str, Any], now: dict[str, Any], one: ClosedTry, evidence: Evidence
) -> None:
    """Take a text that is gone as the record says it was: texts are deleted at closure."""
    said = {item["id"]: item for item in bound["items"]}
    for item in now["items"]:
        texts = evidence.items[one.attempt.module_revision_id, item["id"]]
        is_text = any(text["shown"]["kind"] == ItemKind.OPEN for text in texts.values())
        if is_text and item["answer"] is None and item["id"] in said:
            item |= {name: said[item["id"]][name] for name in ("answer", "language", "saved_at")}
