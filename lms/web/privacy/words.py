"""Words of the privacy officer's pages: offices, rules of retention, and what is kept for good."""

from lms.accounts.roles import Role
from lms.privacy.periods import AFTER_CLOSURE, CLOSES_AFTER, Rule
from lms.web.words import _


def office_text(role: str) -> str:
    """Name the office of somebody who looked."""
    words = {
        Role.INSTRUCTOR.value: _("Instructor"),
        Role.COORDINATOR.value: _("Coordination"),
        Role.AGENCY.value: _("Agency"),
        Role.PRIVACY.value: _("Privacy officer"),
    }
    return words.get(role, role)


def class_text(what: str) -> str:
    """Name the class of fields that was looked at."""
    words = {
        "person": _("Modules, tries, times"),
        "attempt": _("A try, question by question"),
        "reflection": _("Modules, and shared texts"),
        "open-answer": _("A text that is to be read"),
        "result": _("Result"),
        "messages": _("Messages"),
        "corrections": _("Corrections"),
        "file": _("File"),
        "letter": _("Code letter"),
        "identity": _("Name, telephone, file number"),
        "first-name": _("First name"),
        "status": _("Status word"),
        "certificate": _("Certificate"),
        "list": _("List"),
        "roster": _("List"),
    }
    return words.get(what, what)


def rule_text(name: str) -> str:
    """Say what a line of a report counts."""
    words = {
        "closed": _("Enrolments closed %(days)s days after their end", days=CLOSES_AFTER.days),
        Rule.CLOSURE.value: _("At closure: texts, messages, arrangements"),
        Rule.ACCOUNT.value: _("After %(days)s days: login, first name, address, identity",
                              days=AFTER_CLOSURE[Rule.ACCOUNT].days),
        Rule.LEARNING.value: _("After %(days)s days: tries, answers, scores, times",
                               days=AFTER_CLOSURE[Rule.LEARNING].days),
        Rule.FILE.value: _("After two years: reference, pseudonym, certificate"),
        "sessions": _("Sign-in sessions of long ago"),
        "tokens": _("Tokens of the API that ran out"),
        "guesses": _("Counts of failed tries to log in"),
        "mail": _("Mail that could not be sent"),
        "views": _("Old entries of the log of views"),
        "exchanged": _("Old messages that led to no file"),
        "files": _("Files of exports"),
    }  # fmt: skip
    return words.get(name, name)


def kept_rows() -> list[list[str]]:
    """Give the register of what is kept without a link to anybody, how, and why."""
    return [
        [
            _("Counts of answers by question"),
            _("Sums by question, language and score; no answer of anybody can be told from them "
              "once his tries are deleted"),
            _("To find and mend questions that are wrong"),
            _("Shown from a stated number of answers on"),
        ],
        [
            _("Files after two years"),
            _("State, result, days, group and agency; without reference, pseudonym, certificate or "
              "account"),
            _("To say how many were referred, completed and returned"),
            _("No figure under ten, nor by taking one table from another"),
        ],
        [
            _("Numbers of the exchange after two years"),
            _("Number, kind, agency and day of each message; its content is emptied"),
            _("The register of exchanges stays whole"),
            _("Counted by agency and month"),
        ],
        [
            _("Numbers of certificates after two years"),
            _("That a number was given; not to whom, nor when"),
            _("No number is given twice"),
            _("Not shown"),
        ],
        [
            _("Sheets of the surveys"),
            _("Under a one-way mark, with the day alone; never linked to anybody"),
            _("To see whether views change"),
            _("No figure under ten"),
        ],
        [
            _("What the agency reports after 12 and 24 months"),
            _("Known again or not, and the month"),
            _("To say honestly what is known of later offences"),
            _("No figure under ten"),
        ],
        [
            _("Results of the awareness course"),
            _("Under a random mark, with the day alone; no account, no name"),
            _("So that a class sees its own total"),
            _("Shown from ten on"),
        ],
    ]  # fmt: skip
