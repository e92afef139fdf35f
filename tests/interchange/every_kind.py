"""One question of every kind, with every setting, and texts that try to be something else."""

from dataclasses import replace
from pathlib import Path

from lms.content.model import Item
from lms.content.parse_module import parse_module
from lms.interchange.put import items_of
from lms.interchange.write_markdown import NOWHERE

HEAD = """---
id: sample
title: Sample
language: {language}
minutes: 5
reviewed: 2026-11-01
review_by: 2027-11-01
---

# Sample

## Page {{#page}}

Some words.

### A practice question?
<!-- id: practised, practice: yes, section: page -->
- ( ) one
  > Not this one.
- (x) two

"""
QUIZ = """## Quiz

### Is the sky *blue*[^T01]?
<!-- id: truth, points: 2, must: yes, section: page, facts: T01 T02, testimony: lea -->
- (x) Vrai
  > Yes: look up.
- ( ) Faux

### Is the sky green?
<!-- id: truth-turned -->
- ( ) Faux
- (x) Vrai

### Which of two?
<!-- id: two -->
- ( ) %50% of all
- (x) %50% of [markdown] none

### Which one? It costs = 3 {euros} #1 ~ more: `a\\b`
<!-- id: one, pool: numbers, shuffle: no -->

A body with **bold** words.

1. a list
2. of two

| a | b |
|---|---|
| 1 | 2 |

> [!NOTE]
> A note: with {braces}.

```
- ( ) code = ~ # {x}

:: more ::
```

> Hint: think of // [tag:x] ] \\] and more.
>
> Twice.

- ( ) [html]first
- (x) second, with
  two lines
- ( ) third
  > **Never**: see [there](https://example.org/a_(b)).
  >
  > - because
  > - of that
- ( ) <fourth> & "quoted"

> Explanation: it is so.
>
> It was so before.

### Which are right?
<!-- id: several, points: 3, partial: none -->
- [x] a
- [x] b
- [x] c
- [ ] d

### Which else are right?
<!-- id: several-each, points: 7 -->
- [x] none of these
- [ ] d
  > Not d.

### Which word?
<!-- id: word -->
- = TRUE
- = a->b
- = 50 * 2 = 100
- = œuvre {x}

### Which number?
<!-- id: number -->

> Indice : plus petit.

- = 7 +- 0.5
- = -12,25
- = 12345678 +- 0

### Match them.
<!-- id: match, points: 3, partial: none -->
- a->b -> 1
- c = d -> {2}
- e ~ f -> 3 -> 4

### Put in order.
<!-- id: order -->
1. ALL
2. none
3. One more
   line
4. = four

### What now?
<!-- id: open, graded: yes, min_words: 15 -->
____

> Explanation: there is no right answer.
"""


def every_item(language: str = "fr") -> tuple[Item, ...]:
    """Give the questions, without their places."""
    module, _ = parse_module("", HEAD.format(language=language) + QUIZ)
    assert module is not None
    items = tuple(replace(item, place=NOWHERE) for item in items_of(module))
    assert len(items) == 12
    return items


def module_items(path: Path) -> tuple[Item, ...]:
    """Give the questions of a real module, without their places."""
    module, _ = parse_module("", path.read_text(encoding="utf-8"))
    assert module is not None
    return tuple(replace(item, place=NOWHERE) for item in items_of(module))
