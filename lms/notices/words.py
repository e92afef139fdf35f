"""What a mail says: that there is something to read, and where. Nothing of what, nothing of whom.

Whoever shares a telephone with the reader sees the subject. It is written here and not in the
catalogue of the pages, so that no page's sentence slips into a mail.
"""

from enum import StrEnum


class Subject(StrEnum):
    """What a mail can be about."""

    MESSAGE = "message"
    REMINDER = "reminder"


SUBJECTS = {
    "fr": {
        Subject.MESSAGE: "Un message vous attend",
        Subject.REMINDER: "Un rappel vous attend",
    },
    "en": {
        Subject.MESSAGE: "There is a message for you",
        Subject.REMINDER: "There is a reminder for you",
    },
}
BODIES = {
    "fr": """\
Bonjour,

{subject}. Pour le lire, connectez-vous à cette adresse :
{url}

Ce courriel est envoyé automatiquement : personne ne lit les réponses.
Vous avez laissé cette adresse pour recevoir ces avis. Vous pouvez la retirer quand vous voulez,
une fois la connexion faite.
""",
    "en": """\
Hello,

{subject}. To read it, sign in at this address:
{url}

This mail is sent automatically: nobody reads the replies.
You left this address so as to be told. You can remove it whenever you like, once you are signed
in.
""",
}


def subject_of(subject: Subject, language: str) -> str:
    """Give the subject of a mail; a language without words of its own gets French."""
    return SUBJECTS.get(language, SUBJECTS["fr"])[subject]


def body_of(subject: Subject, language: str, url: str) -> str:
    """Give the whole text of a mail."""
    text = BODIES.get(language, BODIES["fr"])
    return text.format(subject=subject_of(subject, language), url=url)
