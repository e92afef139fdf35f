"""Write docs/STATES.md from the table: `python -m lms.referrals.states_page > docs/STATES.md`."""

import sys
from collections.abc import Mapping

from lms.referrals.states import Act, State, diagram, table

_HEAD = """\
# The states of a file

<!-- Made from lms/referrals/states.py; do not edit. Anew:
     python -m lms.referrals.states_page > docs/STATES.md
     tests/referrals/test_states_page.py says when it is out of date. -->

A file is one referred person's. Every page, message and job moves it by this table and in no other
way; each step is appended with its number, its moment and who did it. What the rules do by
themselves, and when, stands in `RULE` (lms/journey/files.py). Why it is so:
[adr/0026-states-of-a-file.md](adr/0026-states-of-a-file.md).

Three acts can happen almost anywhere (suspend, cancel, reissue): they are in the table, not in the
picture.
"""
STATES: Mapping[State, str] = {
    State.REFERRED: "the agency has sent him; nothing is asked of him yet",
    State.FEE_DUE: "the fee was asked for",
    State.READY: "the fee is paid or waived; his code can be issued, or is on its way",
    State.CODE_EXPIRED: "nobody used the code in time",
    State.ENROLLED: "he used his code; he has read nothing yet",
    State.IN_PROGRESS: "he has read or tried something",
    State.COMPLETED_PENDING_REVIEW: "he has done all that the course asks; a person looks it over",
    State.NEEDS_FOLLOW_UP: "a talk comes first",
    State.COMPLETED: "confirmed; he can have his certificate. Never undone",
    State.REPORTED: "the agency has the word",
    State.EXPIRED: "the last day is over",
    State.WITHDRAWN: "he has left, as is his right",
    State.RETURNED_TO_PROSECUTOR: "the file is back with the prosecutor, with one word",
    State.CANCELLED: "the agency erred, or it was the wrong person",
    State.SUSPENDED: "the agency asked to wait; time does not run it out",
    State.CLOSED: "nothing happens any more; the periods of retention run from here",
    State.PURGED: "reference and learning are deleted; a mark refuses the same reference for good",
}
ACTS: Mapping[Act, str] = {
    Act.CHARGE: "the fee is asked for",
    Act.SETTLE: "the fee is noted as paid or waived",
    Act.ENROL: "he uses his code",
    Act.LAPSE: "the code runs out unused",
    Act.REISSUE: "the code ends, and the enrolment of whoever used it; a new code is made",
    Act.BEGIN: "he has read or tried something",
    Act.FINISH: "a completion is on record",
    Act.CONFIRM: "somebody looked it over; by the rules alone only where the site turned that off",
    Act.FOLLOW_UP: "a talk is asked for, with a reason that stays here",
    Act.GO_ON: "the talk was held",
    Act.REPORT: "the word was sent, with the certificate's number if he has it within 20 hours",
    Act.EXPIRE: "the last day ended, in the programme's zone, and no attempt is still to be graded",
    Act.WITHDRAW: "he leaves",
    Act.RETURN: "the file goes back",
    Act.SUSPEND: "the agency asks to wait",
    Act.RESUME: "the agency asks to go on, from where it stood",
    Act.CANCEL: "the file should not be; his course closes and his sessions end",
    Act.CLOSE: "30 days after a report; at once after a return that was told, or a cancellation",
    Act.PURGE: "the retention job",
}
_OUTCOMES = """\
## The one word

| word | set when | its day |
|---|---|---|
| completed | the result is confirmed | the day of the last pass, as on the certificate |
| not_completed | the file goes back after its last day | the day on which it goes back |
| withdrawn | the file goes back after he left | the day on which it goes back |
"""


def page() -> str:
    """Give the whole page."""
    return "\n".join(
        [
            _HEAD,
            "```mermaid",
            diagram(),
            "```",
            "",
            "## What each state means",
            "",
            _list(STATES),
            "",
            "## What each act is",
            "",
            _list(ACTS),
            "",
            "## The table",
            "",
            table(),
            "",
            _OUTCOMES,
        ]
    )


def _list(words: Mapping[State, str] | Mapping[Act, str]) -> str:
    return "\n".join(f"- `{word}`: {text}" for word, text in words.items())


if __name__ == "__main__":
    sys.stdout.write(page())
