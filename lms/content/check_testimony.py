"""Rules about testimonies: each that is called exists, and nobody speaks without consent."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from lms.content.model import (
    Consent,
    Module,
    Place,
    Problem,
    Testimony,
    TestimonyCall,
    TestimonyKind,
)
from lms.content.read import Reading, key_place
from lms.content.rules import fault
from lms.content.texts import Body
from lms.content.words import nearest

_CALL = re.compile(r"\[\[testimony\b")


def check_testimonies(reading: Reading, texts: Sequence[Body], today: date) -> Iterator[Problem]:
    """Find calls that lead nowhere, and originals without a consent that holds."""
    for testimony in reading.content.testimonies.values():
        if testimony.kind is TestimonyKind.ORIGINAL and testimony.consent is not None:
            yield from _check_consent(reading, testimony, testimony.consent, today)
    for module in reading.content.modules.values():
        for section in module.sections:
            for block in section.blocks:
                if isinstance(block, TestimonyCall):
                    yield from _check_call(reading, module, block)
    yield from _check_alone(reading, texts)


def _check_consent(
    reading: Reading, testimony: Testimony, consent: Consent, today: date
) -> Iterator[Problem]:
    """Find a consent that was taken back, has ended or has not begun."""
    path = testimony.place.path
    place = key_place(path, reading.texts[path], "consent")
    cure = "it is not shown anywhere; ask the partner, or delete it"
    if consent.withdrawn is not None:
        message = f"the consent was withdrawn on {consent.withdrawn}"
    elif today > consent.until:
        message = f"the consent ended on {consent.until}"
    elif today < consent.given:
        message = f"the consent begins on {consent.given}"
    elif not consent.scope:
        message = "the consent covers no course"
    else:
        return
    yield fault("consent-not-in-force", place, message, cure)


def _check_call(reading: Reading, module: Module, call: TestimonyCall) -> Iterator[Problem]:
    """Find a call of what does not exist, is not translated, or may not be shown here."""
    testimonies = reading.content.testimonies
    known = {name for name, _ in testimonies}
    folder = f"{reading.root}/testimonies/{call.testimony_id}/"
    if call.testimony_id not in known:
        if any(path.startswith(folder) for path in reading.paths):
            return  # it is there, and what is wrong with it is said in its own place
        message = f"no testimony has the id `{call.testimony_id}`"
        cure = nearest(call.testimony_id, known)
        yield fault("testimony-unknown", call.place, message, cure)
        return
    testimony = testimonies.get((call.testimony_id, module.language))
    if testimony is None:
        if f"{folder}{module.language}.md" not in reading.paths:
            message = f"`{call.testimony_id}` is not written in `{module.language}`"
            cure = f"write testimonies/{call.testimony_id}/{module.language}.md"
            yield fault("testimony-language", call.place, message, cure)
        return
    yield from _check_scope(reading, module, call.place, testimony)


def _check_scope(
    reading: Reading, module: Module, place: Place, testimony: Testimony
) -> Iterator[Problem]:
    """Find where an original would be shown without the person's consent to it."""
    if testimony.kind is not TestimonyKind.ORIGINAL or testimony.consent is None:
        return
    for course in reading.content.courses.values():
        if module.id in course.modules and course.id not in testimony.consent.scope:
            message = f"the consent for `{testimony.id}` does not cover the course `{course.id}`"
            yield fault("consent-scope", place, message, "ask the partner, or take the call away")
    if not testimony.consent.is_in(module.language):
        message = f"the consent for `{testimony.id}` does not cover `{module.language}`"
        yield fault("consent-scope", place, message, "call what can stand in its place instead")


def _check_alone(reading: Reading, texts: Sequence[Body]) -> Iterator[Problem]:
    """Find calls in the middle of a text, or where nothing shows a testimony."""
    calls = {
        block.place
        for module in reading.content.modules.values()
        for section in module.sections
        for block in section.blocks
        if isinstance(block, TestimonyCall)
    }
    for body in texts:
        for paragraph in body.paragraphs:
            for match in _CALL.finditer(paragraph.masked):
                place = Place(body.path, *paragraph.position(match.start()))
                if Place(body.path, place.line) not in calls:
                    message = "a testimony is called in the middle of a text"
                    cure = "put [[testimony: id]] alone on a line, inside a section of a module"
                    yield fault("testimony-alone", place, message, cure)
