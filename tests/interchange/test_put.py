"""Questions put into a module's text: at the end of its quiz, and nothing else changes."""

import pytest

from lms.content.parse_module import parse_module
from lms.interchange.formats import bring_in
from lms.interchange.loss import BadFileError
from lms.interchange.put import home_of, put_questions
from lms.interchange.questions import Home
from tests.interchange.every_kind import HEAD, QUIZ

_MODULE = HEAD.format(language="en") + QUIZ
_BARE = HEAD.format(language="en")
_NEW = "### New?\n<!-- id: new -->\n\n- ( ) a\n- (x) b\n"


def _ids(text: str) -> list[str]:
    module, problems = parse_module("", text)
    assert module is not None
    assert {"quiz-last", "repeated-id"}.isdisjoint(problem.rule for problem in problems)
    return [item.id for item in module.items]


def test_new_questions_come_last_and_the_text_before_them_stays_byte_for_byte() -> None:
    whole = put_questions(_MODULE, _NEW, "en")
    assert whole.startswith(_MODULE.rstrip())
    assert whole.endswith(_NEW)
    assert _ids(whole) == [*_ids(_MODULE), "new"]


@pytest.mark.parametrize(("language", "title"), [("fr", "Questionnaire"), ("en", "Quiz")])
def test_a_module_without_a_quiz_gets_one_under_its_own_words(language: str, title: str) -> None:
    whole = put_questions(_BARE, _NEW, language)
    assert f"\n\n## {title}\n\n### New?" in whole
    assert _ids(whole) == ["new"]


def test_a_section_that_stands_after_the_quiz_stays_after_it() -> None:
    whole = put_questions(f"{_MODULE}\n## Last {{#last}}\n\nWords.\n", _NEW, "en")
    assert whole.index("### New?") < whole.index("## Last {#last}\n\nWords.\n")
    module, _ = parse_module("", whole)
    assert module is not None
    assert module.items[-1].id == "new"


def test_the_ends_of_lines_stay_as_the_file_has_them() -> None:
    whole = put_questions(_MODULE.replace("\n", "\r\n"), _NEW, "en")
    assert whole.count("\n") == whole.count("\r\n")
    assert _ids(whole)[-1] == "new"


def test_a_heading_inside_code_is_no_quiz() -> None:
    text = _BARE + "```\n## Quiz\n```\n"
    assert put_questions(text, _NEW, "en").count("\n## Quiz\n") == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_MODULE + "\n```\nnot closed", "is not closed"),
        (_MODULE + "x" * 200_000, "the most is 200 kB"),
    ],
)
def test_a_text_that_cannot_take_questions_says_why(text: str, words: str) -> None:
    with pytest.raises(BadFileError, match=words):
        put_questions(text, _NEW, "en")


def test_a_text_that_is_no_module_has_no_quiz_to_fit_in() -> None:
    with pytest.raises(BadFileError, match="front matter"):
        home_of("# A title alone\n", "en")


def test_an_id_is_kept_made_or_made_different_and_that_is_said() -> None:
    home = home_of(_MODULE, "en")
    assert {"truth", "practised"} <= home.taken
    gift = "// [id:truth]\nA?{=a ~b}\n\n// [id:kept]\nB?{=a ~b}\n" + "\nIs this it?{=a ~b}\n" * 2
    brought = bring_in(gift.encode(), "gift", home)
    assert [item.id for item in brought.items] == ["truth-2", "kept", "is-this-it", "is-this-it-2"]
    assert [[loss.what for loss in fate.losses] for fate in brought.report.fates] == [
        ["id truth"],
        [],
        [],
        [],
    ]


def test_a_bank_in_the_other_language_gets_the_same_ids_question_by_question() -> None:
    french = bring_in("Où?{=là ~ici}\n\nQuand?{}\n".encode(), "gift", Home("fr"))
    text = put_questions(_BARE.replace("language: en", "language: fr"), french.markdown, "fr")
    english = bring_in(b"Where?{=there ~here}\n\nWhen?{}\n", "gift", home_of(_BARE, "en", text))
    assert [item.id for item in english.items] == [item.id for item in french.items]
    other = bring_in(b"When?{}\n\nWhere?{=there ~here}\n", "gift", home_of(_BARE, "en", text))
    assert [item.id for item in other.items] == [
        "when",
        "where",
    ]  # another kind is another question
