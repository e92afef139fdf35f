"""A small survey, published without the renderer; people who answer it."""

from sqlalchemy.orm import Session

from lms.surveys.models import SurveyRevision
from lms.surveys.service import answer
from lms.surveys.sheet import Sheet, Wave
from tests.factories import NOW, change_rules, published_course

SURVEY = "mood"
SCALE = ["Non", "Peut-être", "Oui"]
WORDS = {"fr": ("Votre avis", "Est-ce ainsi"), "en": ("Your opinion", "Is it so")}


def publish_survey(db: Session) -> None:
    """Publish a survey of two questions in two languages, and let the small course ask it."""
    published_course(db)
    for language, (title, prompt) in WORDS.items():
        questions = [
            {
                "id": name,
                "prompt": f"{prompt} ({name})?",
                "body": "",
                "choices": SCALE,
                "reverse": name == "turned",
            }
            for name in ("straight", "turned")
        ]
        document = {"title": title, "intro": "<p>…</p>", "questions": questions}
        db.add(
            SurveyRevision(
                survey_id=SURVEY,
                language=language,
                number=1,
                digest="0" * 64,
                document=document,
                published_at=NOW,
            )
        )
    db.flush()
    change_rules(db, surveys={"before": SURVEY, "after": SURVEY})


def sheet(token: str, *, wave: Wave = Wave.BEFORE, straight: int = 0, turned: int = 0) -> Sheet:
    """Give a sheet of today."""
    answers = {"straight": straight, "turned": turned}
    return Sheet(SURVEY, wave, token, "fr", NOW.date(), answers)


def answer_all(db: Session, tokens: list[str]) -> None:
    """Keep a sheet of each of these, in this order."""
    for token in tokens:
        answer(db, sheet(token))
