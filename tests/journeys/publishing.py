"""Publish a folder as `lms content publish` does."""

from datetime import datetime
from pathlib import Path

from flask import Flask

from lms.content.check import check_content
from lms.kernel.database import Database
from lms.publishing.media import Keeper
from lms.publishing.originals import Sources
from lms.publishing.service import Press, publish_content
from lms.surveys.service import publish_surveys
from lms.web.words import content_words


def publish_folder(app: Flask, database: Database, folder: Path, now: datetime) -> None:
    """Publish, with the words of both languages."""
    content, _problems = check_content(folder, now.date())
    with app.app_context():
        words = content_words()
    with database.write() as db:
        press = Press(words, Keeper(Sources(folder), folder.parent / "media"))
        publish_content(db, content, press, by="test", now=now)
        publish_surveys(db, content, now)
        db.commit()
