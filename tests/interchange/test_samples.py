"""What comes in from each format: which questions, how they read, and what each of them lost.

Longer than 300 lines: the six formats' samples ask the same of each.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.model import ItemKind
from lms.interchange.formats import READERS, bring_in, guess
from lms.interchange.loss import as_lines
from lms.interchange.questions import Brought, Home
from tests.interchange.bringing import brought_or_why

_SAMPLES = Path(__file__).parent / "samples"
_FILES = {
    "gift": "bank.gift.txt",
    "aiken": "bank.aiken.txt",
    "text2qti": "bank.text2qti.txt",
    "moodle-xml": "bank.moodle.xml",
    "qti21": "item.qti21.xml",
    "qti30": "item.qti30.xml",
}
_BITS = [
    b"{", b"}", b"=", b"~", b"#", b"\\", b"::", b"\n", b"\n\n", b"//", b"->", b"%50%", b"<b>",
    b"</p>", b"<![CDATA[", b"&lt;", b"- ( ) x", b"### y", b"<!-- id: x -->", b"```", b"\xff",
    b"\xe9", b"____", b"1. ", b"A. ", b"ANSWER: A", b"<question>", b"[[testimony: a]]", b"1e9",
    b"END_GROUP", b"\x00",
]  # fmt: skip


def _brought(form: str, language: str = "en") -> Brought:
    return bring_in((_SAMPLES / _FILES[form]).read_bytes(), form, Home(language))


def _losses(brought: Brought, number: int) -> set[str]:
    return {loss.what for loss in brought.report.fates[number - 1].losses}


def _refusals(brought: Brought) -> dict[int, str]:
    return {fate.number: fate.refused for fate in brought.report.refused}


def test_gift_brings_its_kinds_its_weights_its_feedback_and_its_ids() -> None:
    brought = _brought("gift")
    kinds = [item.kind for item in brought.items]
    assert kinds[:4] == [ItemKind.SINGLE, ItemKind.SINGLE, ItemKind.TRUE_FALSE, ItemKind.TEXT]
    assert kinds[4:8] == [ItemKind.NUMBER, ItemKind.NUMBER, ItemKind.MULTIPLE, ItemKind.MATCH]
    sky = brought.items[0]
    assert (sky.id, sky.points, sky.explanation) == ("sky-colour", 2, "Air scatters blue light.")
    assert [choice.feedback for choice in sky.choices] == ["Yes: blue.", "", "Only at dusk."]
    snow = brought.items[2]
    assert [(one.text, one.correct, one.feedback) for one in snow.choices] == [
        ("True", False, "It is cold."),
        ("False", True, "Right."),
    ]
    assert brought.items[3].accepted == ("Ottawa",)
    assert [float(one.value) for one in brought.items[5].numbers] == [233]
    assert brought.items[8].steps == ("Spring", "Summer", "Autumn", "Winter")
    assert brought.items[10].choices[0].text == "The *first*"


def test_gift_names_what_was_lost_and_a_forgotten_brace_costs_one_question_alone() -> None:
    brought = _brought("gift")
    assert [loss.what for loss in brought.report.losses] == ["category weather/general"]
    assert "tag weather" in _losses(brought, 1)
    assert "missing word" in _losses(brought, 2)
    assert {"answer Ontario", "feedback to Ontario"} <= _losses(brought, 4)
    assert "feedback to other answers" in _losses(brought, 5)
    assert "answer foal" in _losses(brought, 8)
    assert "<script>" in _losses(brought, 11)
    assert _refusals(brought) == {
        12: "its braces are not closed",
        14: "it has no answers: a description asks nothing",
    }
    assert brought.items[-1].prompt == "Is this one still read?"


def test_weights_that_are_neither_right_nor_wrong_are_named() -> None:
    gift = (
        b"A?{=a ~%50%b ~c}\n\nB?{~%70%a ~%30%b ~c}\n\nC?{~%50%a ~%50%b ~%-100%c}\n\nD?{=a ~b ~c}\n"
    )
    brought = bring_in(gift, "gift", Home("en"))
    assert [any("weights" in one for one in _losses(brought, at)) for at in (1, 2, 3, 4)] == [
        True,
        True,
        True,
        False,
    ]


def test_a_typed_answer_of_digits_is_a_number_here_and_that_is_said() -> None:
    brought = bring_in(b"When?{=1984}\n", "gift", Home("en"))
    assert brought.items[0].kind is ItemKind.NUMBER
    assert "typed answer" in _losses(brought, 1)


def test_aiken_brings_what_has_an_answer_and_names_the_rest() -> None:
    brought = _brought("aiken")
    assert [item.kind for item in brought.items] == [ItemKind.SINGLE, ItemKind.TRUE_FALSE]
    assert brought.items[1].choices[0].text == "\\[x\\] five"
    assert list(_refusals(brought)) == [3, 4]
    assert "ANSWER: F" in _refusals(brought)[4]


def test_text2qti_brings_groups_as_pools_and_never_runs_a_program() -> None:
    brought = _brought("text2qti")
    assert len(brought.report.fates) == 9
    sky = brought.items[0]
    assert (sky.prompt, sky.points) == ("What colour is a clear sky at noon?", 2)
    assert sky.explanation == "Air scatters *blue* light."
    assert sky.choices[1].feedback == "Only in stories."
    assert [(item.pool, item.points) for item in brought.items[1:3]] == [("group-1", 3)] * 2
    assert [float(item.numbers[0].tolerance) for item in brought.items[2:5]] == [0.0001, 5, 3]
    whole = {loss.what for loss in brought.report.losses}
    assert {"program", "pick: 1", "Quiz title: Weather", "text Read the map first."} <= whole
    assert {"feedback if right", "feedback if wrong"} <= _losses(brought, 1)
    assert list(_refusals(brought)) == [8, 9]


def test_moodle_xml_brings_html_as_markdown_and_names_what_html_has_more() -> None:
    brought = _brought("moodle-xml", "fr")
    sky = brought.items[0]
    assert (sky.id, sky.points, sky.shuffle, sky.hint) == ("sky-1", 3, False, "Look up.")
    assert sky.prompt == "What **colour** is a clear sky?"
    assert sky.body.startswith("- at noon\n- \\( ) in June\n\n")
    assert [choice.text for choice in sky.choices] == ["Blue", "Grey", "\\### Green"]
    assert [choice.correct for choice in sky.choices] == [True, False, False]
    lost = _losses(brought, 1)
    assert {"file sky.png", "picture @@PLUGINFILE@@/sky.png", "style", "a further hint"} <= lost
    assert {"feedback if right", "points 2.5000000", "tag weather", "id SKY_1"} <= lost
    assert [choice.text for choice in brought.items[1].choices] == ["Vrai", "Faux"]
    assert brought.items[2].accepted == ("Ottawa",)
    assert {"usecase", "answer Ottawa*", "answer Ontario"} <= _losses(brought, 3)
    assert "units" in _losses(brought, 4)
    assert brought.items[4].pairs[0].left == "cow -\\> bull"
    assert brought.items[5].steps == ("Spring", "Summer", "Autumn")
    assert brought.items[6].min_words == 15
    assert "Markdown" in _losses(brought, 7)
    assert list(_refusals(brought)) == [8, 9]


def test_what_looks_like_our_signs_in_a_foreign_text_comes_back_as_text() -> None:
    brought = _brought("moodle-xml")
    assert "\\[\\[testimony: lea\\]\\]" in brought.markdown
    assert "\\<!-- id: x --\\>" in brought.markdown
    assert "> Explanation\\: yes." in brought.markdown
    assert "Explanation: yes." not in brought.items[0].explanation


def test_a_single_qti_item_comes_in_with_its_prompt_its_scoring_and_its_losses() -> None:
    brought = _brought("qti21")
    (even,) = brought.items
    assert (even.id, even.kind, even.points) == ("even", ItemKind.MULTIPLE, 2)
    assert (even.prompt, even.shuffle, even.partial) == ("Which are even?", True, "each")
    assert even.body.startswith("Look at these *numbers*.")
    assert [choice.correct for choice in even.choices] == [True, True, False]
    assert even.choices[1].feedback == "Twice two."
    assert {"picture numbers.png", "fixed", "modalFeedback wrong"} <= _losses(brought, 1)
    (root,) = _brought("qti30").items
    assert (root.id, root.kind, float(root.numbers[0].tolerance)) == ("root", "number", 0.0001)
    assert "\\_ or so." in root.prompt


_ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="x" title="X"
 adaptive="false" timeDependent="false"><responseDeclaration identifier="RESPONSE"
 cardinality="{cardinality}" baseType="{base}"><correctResponse>{right}</correctResponse>
 </responseDeclaration><itemBody><p>Do it.</p>{body}</itemBody>{more}</assessmentItem>"""


def _qti(cardinality: str, base: str, right: str, body: str, more: str = "") -> Brought:
    values = "".join(f"<value>{one}</value>" for one in right.split("|") if one)
    text = _ITEM.format(cardinality=cardinality, base=base, right=values, body=body, more=more)
    return bring_in(text.encode(), "qti21", Home("en"))


def test_the_interactions_of_qti_become_our_kinds() -> None:
    choices = "".join(f'<simpleChoice identifier="{one}">{one}</simpleChoice>' for one in "ABC")
    order = _qti(
        "ordered",
        "identifier",
        "C|A|B",
        f'<orderInteraction responseIdentifier="RESPONSE">{choices}</orderInteraction>',
    )
    assert order.items[0].steps == ("C", "A", "B")
    sides = "".join(
        f'<simpleAssociableChoice identifier="{one}">{one}</simpleAssociableChoice>'
        for one in "ABCDE"
    )
    pair = _qti(
        "multiple",
        "pair",
        "A D|C B",
        f'<associateInteraction responseIdentifier="RESPONSE">{sides}</associateInteraction>',
    )
    assert [(one.left, one.right) for one in pair.items[0].pairs] == [("A", "D"), ("C", "B")]
    assert {"associate", "answer E"} <= _losses(pair, 1)
    inline = "".join(f'<inlineChoice identifier="{one}">{one}</inlineChoice>' for one in "ABC")
    gap = _qti(
        "single",
        "identifier",
        "B",
        f'<p>Go <inlineChoiceInteraction responseIdentifier="RESPONSE">{inline}'
        "</inlineChoiceInteraction> now.</p>",
    )
    assert [one.correct for one in gap.items[0].choices] == [False, True, False]
    text = '<p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    assert _qti("single", "string", "yes", text).items[0].accepted == ("yes",)
    long = '<extendedTextInteraction responseIdentifier="RESPONSE"/>'
    assert _qti("single", "string", "", long).items[0].kind is ItemKind.OPEN


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('<hotspotInteraction responseIdentifier="RESPONSE"/>', "answers by hotspotInteraction"),
        ('<customInteraction responseIdentifier="RESPONSE"/>', "answers by customInteraction"),
        ("<p>Nothing.</p>", "it asks for no answer"),
        ("<p><textEntryInteraction/></p><p><textEntryInteraction/></p>", "it asks for 2 answers"),
    ],
)
def test_an_interaction_that_is_not_taken_is_named(body: str, why: str) -> None:
    (fate,) = _qti("single", "string", "x", body).report.fates
    assert fate.title == "X"
    assert why in fate.refused


def test_scoring_of_its_own_is_named_and_a_standard_template_is_not() -> None:
    text = '<p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    own = "<responseProcessing><exitResponse/></responseProcessing>"
    base = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"
    assert "scoring" in _losses(_qti("single", "string", "x", text, own), 1)
    for name, is_lost in (("match_correct", False), ("map_response.xml", False), ("CC2_x", True)):
        template = f'<responseProcessing template="{base}/{name}"/>'
        brought = _qti("single", "string", "x", text, template)
        assert ("scoring" in _losses(brought, 1)) is is_lost


@pytest.mark.parametrize("form", list(_FILES))
def test_the_format_of_a_file_is_guessed(form: str) -> None:
    assert guess((_SAMPLES / _FILES[form]).read_bytes()) == form


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.encode("latin-1"),
    ],
    ids=["utf-8-mark", "utf-16", "crlf", "latin-1"],
)
@pytest.mark.parametrize("form", ["gift", "moodle-xml"])
def test_a_file_of_another_encoding_reads_the_same(form: str, encode) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    gift = "::Où:: Où est-ce allé? {=là#été ~ça}\n\nB? {=a ~b}\n"
    xml = (
        '<?xml version="1.0"?><quiz><question type="multichoice"><name><text>Où</text></name>'
        "<questiontext><text>Où est-ce\nallé?</text></questiontext><single>true</single>"
        '<answer fraction="100"><text>là</text></answer><answer><text>ça</text></answer>'
        "</question></quiz>"
    )
    text = gift if form == "gift" else xml
    data: bytes = encode(text)
    brought = bring_in(data, form, Home("fr"))
    assert brought.items[0].prompt == "Où est-ce allé?"
    assert [choice.text for choice in brought.items[0].choices] == ["là", "ça"]
    is_latin = not data.startswith((b"\xff\xfe", b"\xef")) and b"\xe0" in data
    assert [loss.what for loss in brought.report.losses] == (["encoding"] if is_latin else [])


def test_the_report_names_every_question_and_every_loss_on_lines_of_its_own() -> None:
    brought = _brought("gift")
    lines = as_lines(brought.report).splitlines()
    assert lines[0] == "gift: 14 questions: 12 brought in, 2 refused"
    assert "  the file: category weather/general: a quiz has none: write `pool:` by hand" in lines
    assert "  3 “Snow is warm.” → snow-is-warm: whole" in lines
    assert "  12 “Forgotten”: refused: its braces are not closed" in lines
    for fate in brought.report.fates:
        assert any(line.startswith(f"  {fate.number} ") for line in lines)
        for loss in fate.losses:
            assert f"    {loss.what}: {loss.why}" in lines


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_of_any_file_every_question_is_taken_or_refused_with_a_reason(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(sorted(READERS)))
    text = bytearray((_SAMPLES / _FILES[form]).read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(text)))
        text[at : at + data.draw(st.integers(0, 20))] = data.draw(st.sampled_from(_BITS))
    brought = brought_or_why(bytes(text), form)
    if isinstance(brought, str):
        assert "\n" not in brought
        return
    report = brought.report
    assert [fate.number for fate in report.fates] == list(range(1, len(report.fates) + 1))
    assert [fate.item_id for fate in report.taken] == [item.id for item in brought.items]
    assert all(fate.refused and not fate.item_id for fate in report.refused)
    assert len({item.id for item in brought.items}) == len(brought.items)
