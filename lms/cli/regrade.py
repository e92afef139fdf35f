"""`lms regrade`: a question was wrong; see who would flip, then regrade."""

import json
from typing import Any

import click

from lms.accounts.service import find_user
from lms.cli.edge import transaction
from lms.corrections.key_change import Line, Preview, Question, preview_change
from lms.corrections.kinds import Desk
from lms.corrections.models import Correction
from lms.corrections.regrade import Choice, Effect
from lms.corrections.scope import staff_of
from lms.corrections.scores import change_key
from lms.kernel.clock import system_clock
from lms.settings import load_settings, site_keys

_TITLES = {
    Effect.PASSES: "not passed, would pass (a second person decides)",
    Effect.LOSES: "passed, would lose the pass (listed and not applied: a person decides)",
    Effect.SCORE: "another score, the same verdict (applied at once)",
    Effect.UNCLEAR: "cannot be graded by this key: an option is gone (left as it is)",
}
choice_option = click.option(
    "--choice",
    type=click.Choice([str(one) for one in Choice]),
    required=True,
    help="Drop the question, give its points to all, or grade by the key published now.",
)
revision_option = click.option(
    "--revision",
    type=click.IntRange(1, 1_000_000),
    help="Only attempts at this revision of the module; default: all.",
)
format_option = click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.group()
def regrade() -> None:
    """Regrade everybody who was asked a question that was wrong."""


@regrade.command("preview")
@click.argument("module")
@click.argument("item")
@choice_option
@revision_option
@click.option("--by", "login", help="Show what this account could apply; default: everybody.")
@format_option
def preview(
    module: str, item: str, choice: str, revision: int | None, login: str | None, shape: str
) -> None:
    """Show who would flip, by pseudonym, item and attempt; nothing is written."""
    question = Question(module, item, Choice(choice), revision or 0)
    with transaction() as db:
        staff = None if login is None else staff_of(find_user(db, login))
        made = preview_change(db, question, staff)
    if shape == "json":
        click.echo(json.dumps(document_of(made)))
        return
    click.echo(f"{module}/{item}: {choice}; {len(made.lines)} attempts")
    for effect, title in _TITLES.items():
        lines = made.of(effect)
        click.echo(f"\n{len(lines)} {title}")
        for line in lines:
            click.echo(f"  {_told(line, item)}")
    click.echo(f"\n{len(made.of(Effect.NONE))} stay as they are")


@regrade.command("apply")
@click.argument("module")
@click.argument("item")
@choice_option
@revision_option
@click.option("--reason", required=True, help="Why; 1 to 500 characters, kept for ever.")
@click.option("--by", "login", required=True, help="An instructor (own groups) or coordinator.")
@format_option
def apply_(
    module: str,
    item: str,
    *,
    choice: str,
    revision: int | None,
    reason: str,
    login: str,
    shape: str,
) -> None:
    """Append the new scores; what would make a pass waits for a second person."""
    question = Question(module, item, Choice(choice), revision or 0)
    settings = load_settings()
    keys = site_keys(settings)
    with transaction(settings) as db:
        desk = Desk(staff_of(find_user(db, login)), keys, system_clock())
        done = change_key(db, question, reason, desk)
        told = _applied(done)
    if shape == "json":
        click.echo(json.dumps(told))
        return
    click.echo(f"{told['applied']} scores appended")
    if told["waiting"]:
        click.echo(
            f"{told['waiting']} would pass and wait for a second person:"
            f" lms corrections confirm {told['correction']} --by LOGIN"
        )
    if told["lost"]:
        click.echo(
            f"{told['lost']} would lose their pass: not applied; see lms corrections passes --by"
            f" {login}"
        )
    if told["unclear"]:
        click.echo(f"{told['unclear']} cannot be graded by this key and stay as they are")


def _applied(done: Correction) -> dict[str, Any]:
    detail = done.detail
    return {
        "correction": str(done.id),
        "applied": detail["applied"],
        "waiting": len(detail["changes"]),
        "lost": len(detail["lost"]),
        "unclear": len(detail["unclear"]),
    }


def document_of(made: Preview) -> dict[str, Any]:
    """Give a preview for programs: exact points as fractions, in words."""
    question = made.question
    return {
        "module": question.module_id,
        "item": question.item_id,
        "choice": question.choice,
        "revision": question.revision or None,
        "attempts": [
            {
                "pseudonym": line.pseudonym,
                "attempt": str(line.before.attempt_id),
                "number": line.attempt_number,
                "effect": line.effect,
                "passed": line.before.passed,
                "would_pass": None if line.after is None else line.after.passed,
                "points": _points(line),
                "would_have": None if line.after is None else _after(line),
            }
            for line in made.lines
        ],
    }


def _told(line: Line, item: str) -> str:
    would = "?" if line.after is None else _after(line)
    who = f"{line.pseudonym}  {item}  attempt {line.attempt_number}"
    return f"{who}  {line.before.attempt_id}  {_points(line)} -> {would}"


def _points(line: Line) -> str:
    return f"{line.before.score.raw} of {line.before.score.maximum}"


def _after(line: Line) -> str:
    after = line.after or line.before
    return f"{after.score.raw} of {after.score.maximum}"
