"""An explanation as text, to be read by a person from top to bottom."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from lms.completion.agreement import Signature
from lms.completion.evidence import CorrectionFact
from lms.completion.stories import AttemptStory, Explanation, ItemStory, ModuleStory, SectionStory


def explanation_text(told: Explanation) -> str:
    """Write the whole story in lines."""
    lines = [*_head(told), *_seal(told)]
    for number, module in enumerate(told.modules, start=1):
        lines += ["", *_module(number, module)]
    lines += ["", "Corrections", *(map(_correction, told.corrections))]
    if not told.corrections:
        lines.append("  none")
    return "".join(f"{_printable(line)}\n" for line in lines)


def _printable(line: str) -> str:
    """Leave no sign in a line that would steer the terminal: he may have typed one."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "never"


def _head(told: Explanation) -> Iterator[str]:
    line = told.certificate
    yield f"Certificate {line.number}, {line.state}"
    yield f"  issued      {_moment(line.issued_at)}"
    if told.attested_at:
        yield f"  attested    {_moment(told.attested_at)}, text {told.attested_version}"
    for one in line.reprints:
        yield f"  reprinted   {_moment(one.at)} by {one.by}: {one.reason}"
    if line.revoked_at:
        yield f"  revoked     {_moment(line.revoked_at)}: {line.revoked_why}"
    yield f"  completed   {_moment(told.recorded_at)}"
    yield f"  participant {told.pseudonym}, arrangement: {'yes' if told.arrangement else 'no'}"
    yield f"  enrolled    {_moment(told.enrolled_at)}, deadline {told.deadline or 'none'}"
    yield f"  agreed      {_moment(told.agreed_at)}, notice {told.notice_version or 'none'}"
    yield ""
    yield f"Course {told.course}, revision {told.revision}: {next(iter(told.title.values()))}"
    yield f"  digest {told.digest}"
    for name in ("sequence", "pass", "attempts", "pause_seconds", "seat_time", "deadline_days"):
        value = told.rules.get(name, 0)
        yield f"  {name.replace('_', ' ')}: {'no limit' if value is None else value}"


def _seal(told: Explanation) -> Iterator[str]:
    yield ""
    yield f"Record {told.record_digest}"
    yield f"  signature: {told.signature}"
    for one in told.disagreements:
        yield f"  {one}"
    if told.signature is Signature.HOLDS and not told.disagreements:
        yield "  every attempt in the database is as it was signed"


def _module(number: int, module: ModuleStory) -> Iterator[str]:
    yield f"Module {number}, {module.id}: {module.title}"
    if module.waived_at:
        yield f"  waived on {_moment(module.waived_at)}: he need not take it"
    yield from map(_section, module.sections)
    yield f"  time in questions: {module.quiz_time}"
    for attempt in module.attempts:
        yield from _attempt(attempt)


def _section(one: SectionStory) -> str:
    read = f"read {_moment(one.read_at)}" if one.read_at else "not read to its end"
    edition = f"revision {one.revision}" if one.revision else "no edition kept"
    return (
        f"  page {one.id} ({one.title}), {edition}, {one.language}, round {one.round}: "
        f"{one.seat_time}, {read}"
    )


def _attempt(one: AttemptStory) -> Iterator[str]:
    yield f"  Attempt {one.number}, revision {one.revision}, {_passed(one.passed)}"
    yield f"    {_moment(one.started_at)} to {_moment(one.submitted_at)}, ended: {one.ended_by}"
    yield f"    score {Fraction(one.score)} of {one.maximum}; a pass needs {one.passing_percent} %"
    for other in one.regrades:
        yield (
            f"    regraded {_moment(other.graded_at)}: {Fraction(other.score)} of {other.maximum}, "
            f"{_passed(other.passed)}, correction {other.correction}"
        )
    for place, item in enumerate(one.items, start=1):
        yield from _item(place, item)


def _passed(passed: bool) -> str:
    return "passed" if passed else "not passed"


def _item(place: int, item: ItemStory) -> Iterator[str]:
    yield f"    {place}. [{item.id}] {item.question}"
    yield from (f"         {option}" for option in item.options)
    answer = "; ".join(item.answer) or "no answer"
    saved = f", {item.language}, {_moment(item.saved_at)}" if item.saved_at else ""
    yield f"       answer: {answer} ({Fraction(item.score)} of {item.maximum}{saved})"


def _correction(one: CorrectionFact) -> str:
    where = f" in {one.module_id}" if one.module_id else ""
    decided = "; waits for a second person" if one.needs_two else ""
    if one.decided_by:
        word = "confirmed" if one.accepted else "refused"
        decided = f"; {word} {_moment(one.decided_at)} by {one.decided_by}"
    return (
        f"  {one.kind}{where}: {_moment(one.proposed_at)} by {one.proposed_by}"
        f"{decided}: {one.reason}"
    )
