"""Does the proof find what it looks for? Break the product on purpose, in a copy, and see.

`python -m tests.proof.mutants` copies the tree to a folder of its own, changes one line there at a
time and lets the state machine look for it; each line says after how many sequences it was found,
and how many steps the shortest one has. Some minutes; not part of `make test`.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.proof.search import search

ROOT = Path(__file__).parents[2]
COPIED = ("lms", "migrations", "tests", "pyproject.toml")
MOST_SEQUENCES = 400


@dataclass(frozen=True, slots=True)
class Mutant:
    """One line of the product, changed."""

    name: str
    path: str
    old: str
    new: str


MUTANTS = (
    Mutant("nothing is changed", "lms/gates/gate.py", "if standing.passed:", "if standing.passed:"),
    Mutant(
        "a quiz opens during the pause",
        "lms/gates/gate.py",
        "until is not None and now < until",
        "until is not None and now > until",
    ),
    Mutant(
        "one attempt too many",
        "lms/gates/gate.py",
        "standing.attempts >= tries",
        "standing.attempts > tries",
    ),
    Mutant("an extra attempt is none", "lms/gates/gate.py", " + standing.extra_attempts", ""),
    Mutant(
        "unread pages do not count", "lms/gates/gate.py", "if unread is not None", "if unread == ''"
    ),
    Mutant("later modules are open", "lms/gates/gate.py", "first == module_id", "module_id"),
    Mutant(
        "the last day is one day long", "lms/gates/gate.py", "today > deadline", "today >= deadline"
    ),
    Mutant("a page asks for a little less", "lms/gates/gate.py", "if short > 0", "if short > 1000"),
    Mutant(
        "what a page says is believed",
        "lms/gates/seat_time.py",
        "min(report.active_ms - known, passed)",
        "report.active_ms - known",
    ),
    Mutant(
        "two tabs count twice",
        "lms/gates/seat_time.py",
        "min(now - since, LONGEST_REPORT)",
        "min(now - report.opened_at, LONGEST_REPORT)",
    ),
    Mutant(
        "a time credit makes pages longer",
        "lms/gates/seat_time.py",
        "(100 + arrangement.time_credit_percent)",
        "(100 - arrangement.time_credit_percent // 4)",
    ),
    Mutant(
        "what was missed is not read again",
        "lms/assessment/service.py",
        "[] if standing.passed_at else sections_to_review(graded)",
        "[]",
    ),
    Mutant(
        "an old tab writes over a newer answer",
        "lms/assessment/service.py",
        'where=Response.version == bindparam("replaces"),',
        'where=Response.version >= bindparam("replaces"),',
    ),
    Mutant(
        "half an answer is not kept",
        "lms/journey/take_quiz.py",
        "    try:\n        return save_answer(",
        "    if -1 in new.answer:\n        return new.version + 1\n"
        "    try:\n        return save_answer(",
    ),
    Mutant(
        "an attempt that was left counts nothing",
        "lms/journey/take_quiz.py",
        "{item: response.answer for item, response in saved.items()}",
        '{i: r.answer for i, r in saved.items() if ending.by == "submitted"}',
    ),
    Mutant(
        "partly right is right",
        "lms/assessment/grading.py",
        "len(ticked & right) - len(ticked - right), len(right)",
        "len(ticked & right), len(right)",
    ),
    Mutant(
        "a required question may be wrong",
        "lms/assessment/grading.py",
        "enough and musts",
        "enough",
    ),
    Mutant(
        "just short is enough",
        "lms/assessment/grading.py",
        "is_enough(raw, maximum, passing_percent)",
        "is_enough(raw, maximum, passing_percent - 5)",
    ),
    Mutant(
        "the key of today grades the attempt of yesterday",
        "lms/assessment/queries.py",
        ".join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)\n"
        "    .outerjoin(Result, Result.attempt_id == Attempt.id)\n    .where(",
        ".join(ModuleRevision, (ModuleRevision.module_id == Attempt.module_id)"
        " & ModuleRevision.id.in_("
        "select(ModuleRevision.metadata.tables['published_module'].c.revision_id)))\n"
        "    .outerjoin(Result, Result.attempt_id == Attempt.id)\n    .where(",
    ),
    Mutant(
        "a pool asks the same again",
        "lms/assessment/draw.py",
        "members.sort(key=lambda item: last_seen.get(item.id, 0))",
        "",
    ),
    Mutant(
        "completed with one module missing",
        "lms/completion/service.py",
        "passed = all(module_id",
        "passed = any(module_id",
    ),
    Mutant(
        "somebody else's attempt may be handed in",
        "lms/journey/take_quiz.py",
        "Attempt.id == attempt_id, Attempt.enrolment_id == learner.enrolment_id)\n        .with",
        "Attempt.id == attempt_id)\n        .with",
    ),
    Mutant(
        "the rules of today count for whoever enrolled yesterday",
        "lms/journey/actor.py",
        "CourseRevision.id == Enrolment.course_revision_id",
        "CourseRevision.id.in_("
        "select(CourseRevision.metadata.tables['published_course'].c.revision_id))",
    ),
)


def run(mutant: Mutant, folder: Path) -> Mapping[str, Any]:
    """Search a copy of the tree that has one line changed."""
    path = folder / mutant.path
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        raise LookupError(f"{mutant.path} has not once: {mutant.old}")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.proof.mutants", "--search"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        path.write_text(text, encoding="utf-8")
    found: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Try every mutant and print what became of it."""
    with TemporaryDirectory(prefix="virage-mutants-") as name:
        folder = Path(name)
        for part in COPIED:
            source = ROOT / part
            if source.is_dir():
                ignore = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, folder / part, ignore=ignore)
            else:
                shutil.copy(source, folder / part)
        for mutant in MUTANTS:
            found = run(mutant, folder)
            told = "not found" if not found["fault"] else found["fault"].splitlines()[0]
            counts = f"{found['sequences']:5} sequences {found['steps']:3} steps"
            sys.stdout.write(f"{mutant.name:58} {counts}  {told}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    if "--search" in sys.argv:
        sys.stdout.write(json.dumps(search(MOST_SEQUENCES)) + "\n")
    else:
        main()
