"""Every rule that the check knows: its name, its weight, and what it asks for.

A problem names its rule; a rule that is not in this list does not exist. Each has a section in
docs/AUTHORING.md and a wrong and a right example in tests/content/cases.
"""

from dataclasses import dataclass

from lms.content.model import Place, Problem, Severity

_E = Severity.ERROR
_W = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the check: what a problem is called, how much it weighs, what it asks for."""

    name: str
    severity: Severity
    summary: str


RULES: tuple[Rule, ...] = tuple(
    Rule(name, severity, summary)
    for name, severity, summary in (
        # the folder and its files
        ("unreadable-folder", _E, "the content folder exists and can be read"),
        ("no-modules", _E, "the folder holds at least one module"),
        ("unreadable-file", _E, "every file is an ordinary file that can be read"),
        ("outside-folder", _E, "no link on disk leads out of the content folder"),
        ("file-too-big", _E, "a text file is at most 200 kB"),
        ("not-utf8", _E, "a text file is written in UTF-8"),
        ("control-character", _E, "a text file holds no NUL and no other control character"),
        ("lost-character", _E, "no character was lost on its way into the file"),
        ("direction-mark", _W, "no invisible mark turns the direction of the text"),
        ("empty-file", _E, "a file says something"),
        ("stray-file", _W, "every file stands where the product looks for it"),
        # shape
        ("front-matter", _E, "the file begins with front matter that is closed and well formed"),
        ("required-key", _E, "the front matter gives every required key"),
        ("unknown-key", _E, "the front matter gives only known keys"),
        ("repeated-key", _E, "a key is given once"),
        ("value-type", _E, "a value is of the kind that its key asks for"),
        ("out-of-range", _E, "a number lies within its bounds"),
        ("id-shape", _E, "an id is made of small letters, digits and hyphens"),
        ("path-agrees", _E, "the front matter agrees with the name of the file and its folder"),
        ("one-id-a-folder", _E, "a module has one id in every language, and no other has it"),
        ("one-title", _E, "one line begins with a single #, before the first section"),
        ("title-agrees", _E, "the title after # is the title in the front matter"),
        ("heading-jump", _E, "headings go down one level at a time"),
        ("heading-space", _W, "a space stands between the #s and the heading"),
        ("underlined-heading", _E, "a heading is written with #, not underlined"),
        ("unclosed-block", _E, "a code fence or a comment that is opened is closed"),
        ("lost-text", _E, "every text stands where the product shows it"),
        ("empty-section", _W, "a section says something"),
        ("section-id", _W, "a section states its id"),
        ("repeated-id", _E, "an id is given once"),
        ("quiz-last", _E, "the quiz comes last, and there is one"),
        ("to-write", _E, "nothing that a template left to be written is left"),
        ("review-due", _W, "the module is reviewed before its review_by date"),
        ("review-overdue", _E, "the module is reviewed within 90 days of its review_by date"),
        # questions
        ("item-id", _E, "a question has an id"),
        ("kind-changed", _E, "a question keeps its kind from one publication to the next"),
        ("no-answers", _E, "a question has answers"),
        ("too-few-answers", _E, "a choice, a match and an order have two answers or more"),
        ("mixed-answers", _E, "the answers of one question are all written in one way"),
        ("one-right-answer", _E, "a ( ) question has exactly one (x)"),
        ("no-right-answer", _E, "a [ ] question has at least one [x]"),
        ("empty-answer", _E, "an answer says something"),
        ("option-twice", _E, "an answer is given once"),
        ("match-repeated", _E, "the sides of a match are all different"),
        ("settings-shape", _E, "settings are written <!-- key: value, key: value -->"),
        ("unknown-setting", _E, "a question has only known settings"),
        ("repeated-setting", _E, "a setting is given once"),
        ("setting-idle", _W, "a setting does something for this kind of question"),
        ("note-twice", _E, "a question has one hint and one explanation at most"),
        ("practice-not-said", _E, "a question inside a section says practice: yes"),
        ("practice-in-quiz", _E, "a question of the quiz is not for practice"),
        ("survey-right-answer", _E, "a survey has no right answers"),
        ("course-survey", _E, "a survey of a course is in all its languages, all on one scale"),
        # gates
        ("course-module", _E, "every module of a course exists"),
        ("module-without-quiz", _E, "every module of a course has a quiz"),
        ("draw-pool", _E, "a draw names a pool that some question is in"),
        ("pool-not-drawn", _E, "a draw names every pool that some question is in"),
        ("pool-too-small", _E, "a pool has as many questions as are drawn from it"),
        ("pool-for-retakes", _E, "where a quiz can be retaken, a pool has twice what is drawn"),
        ("pool-uneven", _W, "the questions of one pool are worth the same"),
        ("pass-reachable", _E, "the pass mark can be reached with the points that are drawn"),
        ("must-in-pool", _E, "a must question is always asked"),
        ("must-ungraded", _E, "a must question is graded"),
        ("attempts-fit-deadline", _E, "all attempts, readings and pauses fit in the deadline"),
        ("course-skipped", _E, "nothing opens before what comes before it is read and passed"),
        ("course-unfinishable", _E, "from everywhere in a course there is a way to its end"),
        ("course-stuck", _W, "nobody comes to a place where only an instructor can help him on"),
        ("page-without-time", _W, "where a course asks for seat time, every page asks for some"),
        ("minutes", _W, "the reading time fits the number of words"),
        ("section-unknown", _E, "a question names a section that exists"),
        ("question-without-section", _W, "a marked question names the section that teaches it"),
        # two languages
        ("language-missing", _E, "a course is complete in its first language"),
        ("translation-missing", _W, "a course is complete in its other languages"),
        ("same-sections", _E, "the languages have the same sections in the same order"),
        ("same-items", _E, "the languages have the same questions"),
        ("same-kind", _E, "a question is of the same kind in every language"),
        ("same-options", _E, "a question has as many options in every language"),
        ("same-right", _E, "the same positions and numbers are right in every language"),
        ("same-points", _E, "a question is worth the same in every language"),
        ("same-pool", _E, "a question is in the same pool in every language"),
        ("same-gates", _E, "what decides a pass is the same in every language"),
        ("same-testimony", _E, "a testimony has one kind, consent and sources in every language"),
        ("first-language", _E, "what is written in another language is written in the first one"),
        ("older-side", _W, "no language stays behind another"),
        ("translation-late", _E, "a language follows another within the course's translation_term"),
        # facts
        ("fact-unknown", _E, "a fact that is named stands in facts.yml"),
        ("fact-language", _E, "a fact is stated in every language of the courses"),
        ("fact-review", _W, "a fact is checked again before its review_by date"),
        ("fact-not-dialled", _W, "a phone number was dialled, and a day says when"),
        ("number-without-fact", _W, "a number in the text has a fact beside it"),
        # testimony
        ("testimony-unknown", _E, "a testimony that is called exists"),
        ("testimony-language", _E, "a testimony exists in the language that calls it"),
        ("testimony-alone", _E, "[[testimony: id]] stands alone on its line"),
        ("testimony-kind", _E, "a testimony says what it is"),
        ("sources-missing", _E, "what is not an original names what it is drawn from"),
        ("consent-not-in-force", _E, "an original testimony has a consent in force"),
        ("consent-scope", _E, "the consent covers every course and language that shows it"),
        ("equivalent-missing", _W, "an original names what takes its place"),
        ("equivalent-unknown", _E, "what takes a testimony's place exists in its language"),
        ("equivalent-kind", _E, "what takes a testimony's place needs no consent"),
        ("question-testimony", _E, "a question rests on a testimony that its module shows"),
        ("testimony-gates", _E, "a course holds when a testimony is taken back"),
        # reader
        ("picture-alt", _E, "a picture has a text for those who do not see it"),
        ("media-missing", _E, "a picture, sound or film is in the folder"),
        ("media-outside", _E, "pictures, sound and film come from the folder, not from the web"),
        ("captions", _E, "sound and film have captions"),
        ("transcript", _E, "sound and film have a transcript"),
        ("dead-link", _E, "a link leads to a module, a section or a file that exists"),
        ("raw-html", _W, "the text holds no HTML"),
        ("reading-grade", _W, "a section reads at grade 10 or below"),
        ("long-sentence", _W, "a sentence has 40 words or fewer"),
        ("longest-is-right", _W, "the longest option is not always the right one"),
    )
)

_BY_NAME = {rule.name: rule for rule in RULES}


def fault(rule: str, place: Place, message: str, cure: str = "") -> Problem:
    """Return the problem that breaks this rule here, with the rule's own weight."""
    return Problem(place, rule, message, cure, _BY_NAME[rule].severity)
