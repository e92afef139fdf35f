"""From the text of a testimony to its value."""

from lms.content.answers import trim
from lms.content.fields import Fields
from lms.content.front_matter import read_front_matter
from lms.content.model import Consent, Place, Problem, Testimony, TestimonyKind
from lms.content.outline import check_outline
from lms.content.rules import fault
from lms.content.sections import first_text
from lms.content.source import scan
from lms.content.words import as_fact_id, as_id, as_language

_REQUIRED = ("id", "language")
_KEYS = (*_REQUIRED, "kind", "sources", "consent", "warning", "equivalent")
_CONSENT_REQUIRED = ("given", "until", "scope", "contact")
_CONSENT_KEYS = (*_CONSENT_REQUIRED, "languages", "withdrawn")
_KINDS = "composite, paraphrase, original or summary"


def parse_testimony(path: str, text: str) -> tuple[Testimony | None, tuple[Problem, ...]]:
    """Return the testimony that a text describes, and all that is wrong with it."""
    front = read_front_matter(path, text)
    problems = list(front.problems)
    lines, unclosed = scan(front.body, front.first_line)
    testimony = None
    if front.head is not None:
        markdown = trim(front.body)
        testimony = _read(Fields(front.head, problems), path, markdown)
    problems += check_outline(path, lines, unclosed, above=2)
    if front.head is not None and first_text(lines) is None:
        place = Place(path, front.first_line)
        problems.append(fault("empty-file", place, "the testimony has no text"))
    return testimony, tuple(problems)


def _read(fields: Fields, path: str, markdown: str) -> Testimony | None:
    fields.only(_KEYS, _REQUIRED)
    testimony_id = fields.id("id")
    language = fields.value("language", as_language, "a language like fr or en")
    kind = _read_kind(fields)
    sources = fields.words("sources", as_fact_id, "the id of a fact")
    consent = _read_consent(fields)
    warning = fields.text("warning")
    equivalent = fields.id("equivalent") or ""
    if kind is TestimonyKind.ORIGINAL and "consent" not in fields.table.values:
        message = "an original testimony needs the consent of the person"
        cure = "add `consent: {given: …, until: …, scope: […], contact: …}`"
        fields.problems.append(fault("consent-not-in-force", fields.place("kind"), message, cure))
    if kind and kind is not TestimonyKind.ORIGINAL and not sources:
        message = f"a {kind} names the facts it is drawn from"
        cure = "add `sources: [S05]`"
        fields.problems.append(fault("sources-missing", fields.place("sources"), message, cure))
    if not (testimony_id and language and kind):
        return None
    return Testimony(
        id=testimony_id,
        language=language,
        kind=kind,
        markdown=markdown,
        place=Place(path),
        sources=sources,
        consent=consent,
        warning=warning,
        equivalent=equivalent,
    )


def _as_kind(word: str) -> TestimonyKind | None:
    return TestimonyKind(word) if word in set(TestimonyKind) else None


def _read_kind(fields: Fields) -> TestimonyKind | None:
    """Return what the testimony is; it must say so."""
    if "kind" in fields.table.values:
        return fields.value("kind", _as_kind, _KINDS)
    message = "the testimony does not say what it is"
    problem = fault("testimony-kind", fields.table.place, message, f"add `kind:` {_KINDS}")
    fields.problems.append(problem)
    return None


def _read_consent(fields: Fields) -> Consent | None:
    """Return the consent, where every part of it can be read."""
    inner = fields.inner("consent")
    if inner is None:
        return None
    inner.only(_CONSENT_KEYS, _CONSENT_REQUIRED)
    given = inner.day("given")
    until = inner.day("until")
    scope = inner.words("scope", as_id, "the id of a course")
    languages = inner.words("languages", as_language, "a language like fr or en")
    contact = inner.text("contact")
    withdrawn = inner.day("withdrawn")
    # An unreadable date of withdrawal still says that the person took the words back, and
    # languages that cannot be read are not all languages.
    unclear = "withdrawn" in inner.table.values and withdrawn is None
    unclear |= "languages" in inner.table.values and not languages
    if not (given and until and contact) or unclear:
        return None
    return Consent(given, until, scope, contact, withdrawn, languages)
