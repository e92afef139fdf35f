"""A small course in two languages, as an author writes it: all kinds of question, one pool."""

from pathlib import Path

COURSE = """\
id: seminar
kind: diversion
languages: [fr, en]
title: {fr: Petit séminaire, en: Small seminar}
modules: [first, second]
sequence: in-order
quiz: {pass: 80, attempts: unlimited, pause: 10 min}
deadline: 90 days
"""

_HEAD = """\
---
id: {id}
title: {title}
language: {language}
minutes: {minutes}
reviewed: 2026-11-01
review_by: 2027-11-01
objectives:
  - {objective}
{more}---

# {title}
"""

_FIRST_QUESTIONS = """
### {seven}
<!-- id: true-false -->
- (x) {yes}
- ( ) {no}

### {one}
<!-- id: single, section: listening -->
- ( ) A1
- (x) B1
- ( ) C1

### {several}
<!-- id: multiple, points: 3 -->
- [x] A2
- [x] B2
- [ ] C2
- [x] D2

### {typed}
<!-- id: text -->
- = {word}

### {number}
<!-- id: number -->
- = 7 +- 0.5

### {match}
<!-- id: match, points: 3 -->
- {one_word} -> 1
- {two_word} -> 2
- {three_word} -> 3

### {order}
<!-- id: order -->
1. A3
2. B3
3. C3
4. D3

### {open}
<!-- id: open, graded: no, min_words: 3 -->
____
"""

_SECOND_QUESTIONS = """
### {must}
<!-- id: must, must: yes -->
- (x) A
- ( ) B
- ( ) C
""" + "".join(
    f"""
### {{pool}} {number}
<!-- id: pool-{number}, pool: cases -->
- ( ) A{number}
- (x) B{number}
- ( ) C{number}
"""
    for number in range(1, 5)
)


def _first(language: str, head: dict[str, str], words: dict[str, str]) -> str:
    text = _HEAD.format(id="first", language=language, minutes=5, more="", **head)
    text += f"""
## {words["listening"]} {{#listening}}

{words["text"]}

- a
- b

### {words["practice"]}
<!-- id: try, practice: yes -->
- (x) {words["yes"]}
- ( ) {words["no"]}

## {words["speaking"]} {{#speaking}}

{words["text"]}

## Quiz
"""
    return text + _FIRST_QUESTIONS.format(**words)


def _second(language: str, head: dict[str, str], words: dict[str, str]) -> str:
    rules = "warning: {}\nquiz: {{draw: {{cases: 2}}}}\n".format(words["warning"])
    text = _HEAD.format(id="second", language=language, minutes=3, more=rules, **head)
    text += f"\n## {words['going']} {{#going}}\n\n{words['text']}\n\n## Quiz\n"
    return text + _SECOND_QUESTIONS.format(**words)


_FRENCH = {
    "yes": "Vrai",
    "no": "Faux",
    "seven": "La semaine a sept jours.",
    "one": "Laquelle est la bonne réponse ?",
    "several": "Lesquelles sont bonnes ?",
    "typed": "Quel est le mot ?",
    "word": "Écoute",
    "number": "Combien ?",
    "match": "Associez chaque mot.",
    "one_word": "un",
    "two_word": "deux",
    "three_word": "trois",
    "order": "Mettez en ordre.",
    "open": "Que retenez-vous ?",
    "must": "La question obligatoire ?",
    "pool": "Le cas",
    "listening": "Écouter",
    "speaking": "Parler",
    "going": "Partir",
    "text": "Un texte *court*.",
    "practice": "Est-ce clair ?",
    "warning": "Parle de violence.",
}
_ENGLISH = {
    "yes": "True",
    "no": "False",
    "seven": "A week has seven days.",
    "one": "Which answer is right?",
    "several": "Which ones are right?",
    "typed": "What is the word?",
    "word": "Listen",
    "number": "How many?",
    "match": "Match each word.",
    "one_word": "one",
    "two_word": "two",
    "three_word": "three",
    "order": "Put in order.",
    "open": "What do you take away?",
    "must": "The required question?",
    "pool": "Case",
    "listening": "Listening",
    "speaking": "Speaking",
    "going": "Going",
    "text": "A *short* text.",
    "practice": "Is it clear?",
    "warning": "Speaks of violence.",
}

FACTS = """\
- id: T01
  statement:
    en: "Somebody counted them."
    fr: "Quelqu’un les a comptés."
  source: "Somebody, 2023"
  address: "example.org/one"
  checked: 2026-11-01
  review_by: 2027-11-01
"""

FILES = {
    "courses/seminar.yml": COURSE,
    "facts.yml": FACTS,
    "modules/01-first/fr.md": _first(
        "fr", {"title": "Le premier", "objective": "Savoir écouter"}, _FRENCH
    ),
    "modules/01-first/en.md": _first(
        "en", {"title": "The first", "objective": "Know how to listen"}, _ENGLISH
    ),
    "modules/02-second/fr.md": _second(
        "fr", {"title": "Le deuxième", "objective": "Savoir partir"}, _FRENCH
    ),
    "modules/02-second/en.md": _second(
        "en", {"title": "The second", "objective": "Know how to go"}, _ENGLISH
    ),
}


def write_course(folder: Path) -> Path:
    """Write the course's files into a folder; gives the folder of the content."""
    for name, text in FILES.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "content"
