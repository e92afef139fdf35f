"""Help lines, as FACTS R01-R13 give them; checked on the date that the page shows."""

from dataclasses import dataclass
from datetime import date

from lms.web.words import _

CHECKED = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One line: its name and number as printed, the number as dialled, when, what for."""

    name: str
    phone: str
    tel: str
    hours: str
    note: str
    sms: str = ""
    sms_to: str = ""
    chat_url: str = ""
    chat_label: str = ""
    lang: str = ""


def help_lines() -> tuple[HelpLine, ...]:
    """Give the lines in the order of urgency, in the reader's language."""
    always = _("Day and night, every day")
    return (
        HelpLine(_("Emergency"), "9-1-1", "911", always, _("Someone is in danger now.")),
        HelpLine(
            _("Suicide prevention"), "1 866 APPELLE (1 866 277-3553)", "18662773553", always,
            _("For yourself, or for someone you worry about."),
            sms=_("Text 535353"), sms_to="535353",
            chat_url="https://suicide.ca", chat_label=_("Chat: suicide.ca"),
        ),
        HelpLine(
            _("Suicide crisis line, Canada"), "9-8-8", "988", always,
            _("Call or text, in English or French."), sms=_("Text 9-8-8"), sms_to="988",
        ),
        HelpLine(
            _("Info-Social, 811 option 2"), "811", "811", always,
            _("A social worker, for distress or for trouble in a couple or family."),
        ),
        HelpLine(
            _("Info-Santé, 811 option 1"), "811", "811", always,
            _("A nurse, free and confidential."),
        ),
        HelpLine(
            _("Drugs: help and referral"), "1 800 265-2626", "18002652626", always,
            _("Free, anonymous, in English and French."),
        ),
        HelpLine(
            _("Canadian Human Trafficking Hotline"), "1-833-900-1010", "18339001010", always,
            _("For anyone who is exploited, and for anyone worried about someone."),
        ),
        HelpLine(
            _("Sexual violence helpline"), "1 888 933-9007", "18889339007", always,
            _("Anonymous, for all ages and genders, in English and French."),
        ),
        HelpLine(
            _("SOS violence conjugale"), "1 800 363-9010", "18003639010", always,
            _("Free, in English and French."), lang="fr",
        ),
    )  # fmt: skip


_SHORT = frozenset({"911", "18662773553", "18339001010", "18889339007"})


def short_help_lines() -> tuple[HelpLine, ...]:
    """Give the lines that stand on the page of a testimony: the few that it can call for."""
    return tuple(line for line in help_lines() if line.tel in _SHORT)
