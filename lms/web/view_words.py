"""The log of views in words: who looked, as an office and never a name, at what, and what for."""

from lms.accounts.roles import Role
from lms.web.words import _


def role_text(role: str) -> str:
    """Name an office; an unknown one by its own word."""
    words = {
        Role.INSTRUCTOR.value: _("An instructor of your group"),
        Role.COORDINATOR.value: _("The coordination"),
        Role.AGENCY.value: _("The agency"),
        Role.PRIVACY.value: _("The person in charge of privacy"),
        Role.AUTHOR.value: _("An author"),
        Role.PARTNER.value: _("A testimony partner"),
        Role.ADMINISTRATOR.value: _("Whoever runs the site"),
    }
    return words.get(role, role)


def what_text(what: str) -> str:
    """Name a class of data; an unknown one is part of the file."""
    words = {
        "person": _("Your modules, tries and times"),
        "attempt": _("One of your tries, question by question"),
        "reflection": _("Your modules, and the texts that you let be read"),
        "open-answer": _("A text that the course asks to be read"),
        "result": _("Your result"),
        "messages": _("Your messages"),
        "corrections": _("What was corrected for you"),
        "file": _("Your file: where it stands, last day, fee"),
        "letter": _("Your code letter"),
        "identity": _("Your name, telephone or file number"),
        "first-name": _("The first name that you left"),
        "status": _("Where your file stands, in one word"),
        "certificate": _("Your certificate"),
        "list": _("A list in which you stand"),
        "roster": _("A list in which you stand"),
    }
    return words.get(what, _("Part of your file"))


def purpose_text(what: str, purpose: str) -> str:
    """Say what for: as it was given, or what this is looked at for."""
    if purpose:
        return purpose
    words = {
        "person": _("To help you with the training"),
        "attempt": _("To look at a result again"),
        "reflection": _("To help you with the training"),
        "open-answer": _("To say whether it is done"),
        "messages": _("To answer you"),
        "corrections": _("To put something right"),
        "letter": _("To send you your code"),
        "first-name": _("For the session with the group"),
        "status": _("To know where the file stands"),
        "certificate": _("To print or check it"),
    }
    return words.get(what, _("To run the programme"))
