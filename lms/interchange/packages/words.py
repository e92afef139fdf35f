"""The words that a package shows; those of French come from the catalogue of the web."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class PlayerWords:
    """What the player's script writes; names in braces are filled in by the script."""

    question: str = "Question {number} of {total}"
    right: str = "Right: {points}"
    partly: str = "Partly right: {points}"
    wrong: str = "Not right: {points}"
    unscored: str = "Done: not scored"
    points: str = "{raw} of {maximum}"
    passed: str = "Module {number} is passed"
    not_passed: str = "Not passed yet"
    score: str = "{score} points: {reached}%. A pass needs {percent}%."
    musts: str = "These questions have to be right to pass, and were not: {places}."
    read_again: str = "Read again: {title}"
    unanswered: str = "Some questions have no answer yet"
    answer_question: str = "Answer question {place}"
    go_to_page: str = "Go to page {page}"
    no_lms: str = "No learning system was found: nothing of this is recorded."
    not_sent: str = (
        "What you did could not be sent to the learning system yet. Keep this page open: it is "
        "sent again by itself."
    )
    not_kept: str = (
        "Your texts are too long for this learning system to keep. Hand in before you leave."
    )
    session_over: str = "This session is over. Open the module again from your learning system."

    def as_document(self) -> dict[str, str]:
        """Give the words as the script reads them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """What whoever puts the package in place has to know; `{count}` is filled in."""

    title: str = "Before this package is used"
    gates: str = (
        "The gates now belong to the learning system that plays this package: the order of the "
        "modules, the number of tries, the pauses between them, the deadline and the reading "
        "time. Virage enforces none of them here."
    )
    records: str = (
        "Virage records nothing of what is done here: no pass, no completion record, no "
        "certificate. What is reported is kept by the learning system, under its own rules."
    )
    keys: str = (
        "The right answers are in this package, as in every package of its kind: whoever holds "
        "the file can read them."
    )
    edition: str = (
        "A package cannot be called back or corrected. After a new publication, export it again "
        "and put it in the place of this one."
    )
    originals: str = (
        "Original testimonies are never in a package, since a consent can be withdrawn. "
        "Replaced by an equivalent: {count}."
    )
    questions: str = "Questions left out because they rest on an original testimony: {count}."
    files: str = "Pictures, sounds and films of original testimonies left out: {count}."
    links: str = "Links to other modules and to pages of this site, now plain text: {count}."


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Whom to call: name, number as printed and as dialled, when, what for."""

    name: str
    phone: str
    tel: str
    hours: str
    note: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class PackageWords:
    """All words of a package, in English unless others are given."""

    title: str = "Training, module {number}"
    module: str = "Module {number}"
    page: str = "Page {number} of {total}"
    minutes: str = "About {minutes} minutes of reading, then the questions."
    objectives: str = "After this module you can"
    pages: str = "Pages"
    questions: str = "Questions"
    previous: str = "Previous page"
    following: str = "Next page"
    locked: str = "The questions open when every page of the module is read."
    hand_in: str = "Hand in my answers"
    try_again: str = "Try again"
    leave: str = "Save and leave"
    saved: str = "Saved. You can close this window."
    about: str = "About this package"
    help: str = "Help, day or night"
    help_checked: str = ""  # when the numbers were dialled last
    help_lines: tuple[HelpLine, ...] = ()
    practice: str = "Practice question {place}"
    practice_hint: str = "For yourself: the answer is not recorded and does not count."
    see: str = "See if it is right"
    must: str = "This answer has to be right to pass."
    worth: str = "Points: {count}"
    several_hint: str = "Choose all that are right."
    order_hint: str = "Give each step its place: 1 is the first."
    choose: str = "Choose"
    your_answer: str = "Your answer"
    right_answer: str = "Right answer"
    min_words: str = "Write at least {count} words."
    account: str = "Account"
    captions: str = "Captions"
    read_film: str = "Read instead of watching"
    read_sound: str = "Read instead of listening"
    size: str = "{size} MB"
    no_script: str = "The questions need JavaScript."
    labels: Mapping[str, str] = field(
        default_factory=lambda: {
            "composite": (
                "Composite account. Written for this course from several published accounts. It "
                "is not the testimony of a real person."
            ),
            "paraphrase": (
                "Published account, retold in other words. The publication is named in the text."
            ),
            "summary": (
                "Factual summary. It tells what is known about the same matters; nobody speaks in "
                "it."
            ),
            "withdrawn": (
                "The testimony that stood here is no longer shown. You lose nothing by that: go "
                "on reading."
            ),
        }
    )
    player: PlayerWords = PlayerWords()
    notice: NoticeWords = NoticeWords()
