"""A prosecutor's clerk has a file and the public key: what was changed by a byte is refused."""

import json
import random
from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from lms.completion.printing import CertificatePrint, Fact, certificate_pdf
from lms.completion.signed import (
    Judged,
    canonical_json,
    digest_of,
    export_record,
    judge_file,
    sign_pdf,
)
from lms.kernel.signing import key_id, public_key, sign

KEY = bytes(range(32))
PUBLIC = public_key(KEY)
OTHER = bytes(range(1, 33))
MUTATIONS = 2000
DOCUMENT = {"title": "Été", "modules": [{"id": "first", "score": {"raw": "7/2", "max": 5}}]}
WORDS = CertificatePrint(
    language="fr",
    issued_on=date(2026, 3, 14),
    issuer="Virage",
    heading="Attestation de réussite",
    title="Petit séminaire",
    statement="La personne a suivi la formation entière.",
    completed=Fact("Terminée le", "14 mars 2026"),
    hours=Fact("Durée", "7 heures"),
    number=Fact("Numéro", "00000H-H"),
    secret=Fact("Code", "7K3M-Q9TX-2B8W-ZD4R-C"),
    check_heading="Vérifier",
    how_to_check="Entrez les deux.",
    check_url="https://seminar.example.ca/fr/check",
    qr_url="https://seminar.example.ca/fr/check?n=00000H-H&s=7K3M-Q9TX-2B8W-ZD4R-C",
    qr_alt="Adresse",
)


@cache
def _pdf() -> bytes:
    return sign_pdf(certificate_pdf(WORDS), digest_of(DOCUMENT), KEY)


@cache
def _export() -> bytes:
    return export_record(DOCUMENT, sign(KEY, canonical_json(DOCUMENT)), key_id(PUBLIC))


FILES = pytest.mark.parametrize("made", [_pdf, _export])


def _refused(data: bytes, public: bytes = PUBLIC) -> bool:
    return judge_file(data, public).judged is not Judged.GENUINE


@FILES
def test_what_this_site_handed_out_is_genuine_and_names_its_record(
    made: Callable[[], bytes],
) -> None:
    verdict = judge_file(made(), PUBLIC)
    assert verdict.judged is Judged.GENUINE
    assert digest_of(DOCUMENT) in verdict.sentence
    assert key_id(PUBLIC) in verdict.sentence


@FILES
def test_whatever_byte_is_changed_the_file_is_refused(made: Callable[[], bytes]) -> None:
    true, chance = made(), random.Random(19)  # noqa: S311 - where to change a byte
    ends = [*range(40), *range(len(true) - 340, len(true))]
    places = ends + [chance.randrange(len(true)) for _ in range(MUTATIONS - len(ends))]
    accepted = []
    for place in places:
        other = (true[place] + chance.randrange(1, 256)) % 256
        changed = true[:place] + bytes([other]) + true[place + 1 :]
        if not _refused(changed):
            accepted.append((place, other))
    assert accepted == []
    assert len(places) == MUTATIONS


@FILES
def test_a_file_that_was_cut_or_added_to_is_refused(made: Callable[[], bytes]) -> None:
    true = made()
    for length in (0, 1, 5, 100, len(true) // 2, len(true) - 200, len(true) - 1):
        assert _refused(true[:length]), length
    for more in (b"\n", b" ", b"\x00", b"\n%%EOF\n", true):
        assert _refused(true + more), more
        assert _refused(more + true), more


@FILES
def test_another_key_signs_for_somebody_else(made: Callable[[], bytes]) -> None:
    other = public_key(OTHER)
    assert judge_file(made(), other).judged is Judged.NOT_GENUINE
    forged = made().replace(key_id(PUBLIC).encode(), key_id(other).encode())
    assert _refused(forged)
    assert _refused(forged, other)


def test_words_printed_by_somebody_else_are_refused_with_the_true_signature() -> None:
    true = _pdf()
    trailer = true[true.rindex(b"\n%Virage-Record") :]
    assert _refused(certificate_pdf(WORDS) + trailer.replace(b"%Virage-Record", b"%Virage-record"))
    forged = CertificatePrint(
        **{name: getattr(WORDS, name) for name in WORDS.__slots__} | {"title": "Autre"}
    )
    assert not _refused(certificate_pdf(WORDS) + trailer)
    assert _refused(certificate_pdf(forged) + trailer)


def test_a_certificate_is_bound_to_its_record() -> None:
    other = digest_of({"another": "record"}).encode()
    assert _refused(_pdf().replace(digest_of(DOCUMENT).encode(), other))


def test_the_same_words_signed_again_are_the_same_file() -> None:
    assert sign_pdf(certificate_pdf(WORDS), digest_of(DOCUMENT), KEY) == _pdf()


def test_a_certificate_without_a_signature_is_refused() -> None:
    assert judge_file(certificate_pdf(WORDS), PUBLIC).judged is Judged.NOT_GENUINE


def test_a_record_without_a_signature_is_refused() -> None:
    unsigned = export_record(DOCUMENT, "", "")
    assert judge_file(unsigned, PUBLIC).judged is Judged.NOT_GENUINE


def test_a_record_that_was_laid_out_anew_is_told_apart_and_refused() -> None:
    pretty = json.dumps(json.loads(_export()), indent=1).encode()
    verdict = judge_file(pretty, PUBLIC)
    assert verdict.judged is Judged.NOT_GENUINE
    assert "written anew" in verdict.sentence


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{}",
        b"[]",
        b"%PDF",
        b"\xff\xfe{",
        b"{" * 100_000,
        b'{"document":{},"document":{"a":1},"signature":"","key_id":""}',
        b'{"document":[],"signature":"","key_id":""}',
        b'{"document":{"a":NaN},"signature":"","key_id":""}',
        b'{"document":{"a":' + b"9" * 5000 + b'},"signature":"","key_id":""}',
        b'{"document":{"a":"\\ud800"},"signature":"","key_id":""}',
        b'{"document":{},"signature":1,"key_id":""}',
        b'{"document":{},"signature":"","key_id":"","more":1}',
    ],
)
def test_what_is_neither_is_not_judged_and_raises_nothing(data: bytes) -> None:
    assert judge_file(data, PUBLIC).judged is Judged.NOT_JUDGED
