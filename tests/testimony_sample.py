"""The small course with the words of a person in it, and questions that rest on them.

Every text that goes when she takes her words back holds the word CANARY.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from lms.content.check import check_content
from lms.content.model import Content
from lms.content.report import has_errors
from lms.kernel.ids import new_id
from lms.publishing import service
from lms.publishing.consent_register import Clerk, withdraw_testimony
from lms.publishing.media import Keeper
from lms.publishing.models import TestimonyEvent
from lms.publishing.originals import Sources
from lms.publishing.service import Press, Pressed, Signer, append_pressed, plan_publication
from tests.factories import KEYS, NOW, WORDS
from tests.sample_course import FILES

CANARY = "CANARY"
CONSENT = "{given: 2026-05-01, until: 2027-05-01, scope: [seminar], contact: PARTNER-014}"
COMPOSITE = "kind: composite\nsources: [T01]\nequivalent: lea-facts"
ALONE = "kind: composite\nsources: [T01]"
RESTING = {"first": ("single", "text"), "second": ("must", "pool-1")}
CLERK = Clerk("partner", NOW, audit_key=KEYS.audit)
_FACTS = """\
- id: T01
  statement: {fr: Un fait., en: A fact.}
  source: A source, 2026
  address: example.org
  checked: 2026-11-01
  review_by: 2027-11-01
"""
_LEA = """\
---
id: lea
language: {language}
{kind}
warning: CANARY-WARNING.
---

I was there: CANARY-WORDS-{language}.
"""
_INSTEAD = """\
---
id: lea-facts
language: {language}
kind: summary
sources: [T01]
---

What is known of it, {language}.
"""


def consent_files(*, consent: str = CONSENT) -> dict[str, str]:
    """Give the files of the course; `consent` is what her file says, or that it is a composite."""
    is_original = consent not in {COMPOSITE, ALONE}
    kind = f"kind: original\nequivalent: lea-facts\nconsent: {consent}" if is_original else consent
    files = dict(FILES) | {"facts.yml": _FACTS}
    for language in ("fr", "en"):
        for name, text in (("lea", _LEA), ("lea-facts", _INSTEAD)):
            given = text.format(language=language, kind=kind)
            files[f"testimonies/{name}/{language}.md"] = given
        for folder in ("01-first", "02-second"):
            path = f"modules/{folder}/{language}.md"
            files[path] = _with_her(files[path], language)
    return files


def _with_her(text: str, language: str) -> str:
    words = "Un texte *court*." if language == "fr" else "A *short* text."
    changes = {
        f"{words}\n": f"{words}\n\n[[testimony: lea]]\n",
        "id: single, ": "id: single, testimony: lea, ",
        "id: text ": "id: text, testimony: lea ",
        "id: try, ": "id: try, testimony: lea, ",
        "id: pool-1, ": "id: pool-1, testimony: lea, ",
        "id: must, ": "id: must, testimony: lea, ",
        "La question obligatoire ?": "CANARY-MUST ?",
        "The required question?": "CANARY-MUST?",
        "- (x) B1\n": "- (x) CANARY-RIGHT\n  > CANARY-FEEDBACK\n",
        "- ( ) A1\n": "- ( ) CANARY-WRONG\n",
        "Laquelle est la bonne réponse ?": "CANARY-ASKED, laquelle ?",
        "Which answer is right?": "CANARY-ASKED, which?",
        "= Écoute": "= CANARY-TYPED",
        "= Listen": "= CANARY-TYPED",
        "Est-ce clair ?": "CANARY-PRACTICE ?",
        "Is it clear?": "CANARY-PRACTICE?",
    }
    for old, new in changes.items():
        text = text.replace(old, new, 1)
    return text


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """Write the files into a folder; gives the folder of the content."""
    for name, text in files.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "content"


@cache
def _content(consent: str) -> Content:
    with TemporaryDirectory() as folder:
        home = write_files(Path(folder), consent_files(consent=consent))
        found, problems = check_content(home, NOW.date())
    if has_errors(problems):
        raise ValueError(problems)
    return found


@cache
def _compiled(consent: str) -> Mapping[str, Any]:
    """Render once a run for each consent: what is compiled depends on nothing else."""
    content = _content(consent)
    press = Press(WORDS, Keeper(Sources(), Path("there-are-no-media")))
    return {
        module_id: service._compile(content, module_id, ("fr", "en"), press)  # noqa: SLF001 - to render it once
        for module_id in ("first", "second")
    }


def publish_lea(
    db: Session,
    *,
    consent: str = CONSENT,
    now: datetime = NOW,
    signer: Signer | None = None,
) -> None:
    """Publish the course as its files say that she consents."""
    content = _content(consent)
    pressed = Pressed(content, plan_publication(db, content, Sources()), _compiled(consent))
    signer = signer or Signer(KEYS.audit)
    append_pressed(db, pressed, by="author", now=now, signer=signer)


def take_back(db: Session, *, now: datetime = NOW) -> TestimonyEvent:
    """Take her words back, as the partner does."""
    return withdraw_testimony(db, "lea", Clerk("partner", now, str(new_id()), KEYS.audit))
