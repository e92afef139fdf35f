"""Somebody who walks through a course as its author: presses buttons, and sends what is there."""

import re
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from tests.web.author.browsing import Browser
from tests.web.markup import Html

_SELECT = re.compile(r'<select id="[^"]*" name="([^"]+)".*?</select>', re.DOTALL)
_CHOSEN = re.compile(r'<option value="([^"]*)" selected')


@dataclass(slots=True)
class Walker:
    """A browser on a walk; `answer` is the page that it sees."""

    browser: Browser
    answer: TestResponse = field(init=False)

    def begin(self, path: str = "/en/author/courses/1/preview") -> "Walker":
        """Open the course."""
        self.answer = self.browser.get(path)
        return self

    @property
    def page(self) -> Html:
        """The page as read."""
        return Html.of(self.answer.text)

    @property
    def text(self) -> str:
        """The words of the page."""
        return self.page.text

    def fields(self) -> dict[str, Any]:
        """Give what the form of the page would send as it stands."""
        sent: dict[str, Any] = {}
        for name, value in self.page.form("/preview").fields:
            if name in sent:
                known = sent[name] if isinstance(sent[name], list) else [sent[name]]
                sent[name] = [*known, value]
            else:
                sent[name] = value
        for found in _SELECT.finditer(self.answer.text):
            chosen = _CHOSEN.search(found[0])
            sent[found[1]] = chosen[1] if chosen else ""
        sent.pop("csrf_token", None)
        return sent

    def send(self, **changes: Any) -> "Walker":  # noqa: ANN401 - a list is sent repeated
        """Send the form with these fields changed."""
        action = self.page.form("/preview").action
        self.answer = self.browser.post(action, **{**self.fields(), **changes})
        return self

    def press(self, label: str, **changes: Any) -> "Walker":  # noqa: ANN401 - as `send`
        """Press the first button with this label."""
        button = next(one for one in self.page.all("button") if one.text.strip() == label)
        return self.send(**{button["name"]: button["value"], **changes})

    def buttons(self) -> list[str]:
        """Give the labels of the buttons in the form."""
        return [one.text.strip() for one in self.page.all("button") if "form" in one.parents]

    def option(self, name: str, text: str) -> str:
        """Give the value that the page sends for an option with this text."""
        pattern = rf'name="{name}" value="(\d+)"[^>]*>\s*<label[^>]*>{re.escape(text)}<'
        return str(re.findall(pattern, self.answer.text)[0])

    def questions(self) -> dict[str, str]:
        """Give the prompts of the questions on the page, each with the name of its answer."""
        found = re.findall(
            r'id="question-(\d+)".*?(?:<legend>|<label for="q\d+-answer">|"question"><strong>)'
            r"(.*?)</",
            self.answer.text,
            re.DOTALL,
        )
        return {prompt.strip(): f"q{place}-answer" for place, prompt in found}


def seen(walker: Walker, text: str) -> Walker:
    assert text in walker.text, walker.text[:2000]
    return walker


def read_second(walker: Walker) -> Walker:
    """Read the one page of the second module, of a course in free order."""
    walker.press("The second").press("Start reading").press("Continue")
    return seen(walker, "Questions on module 2")


def answers(walker: Walker, *, right: bool = True) -> dict[str, str]:
    """Give an answer to every question of the second module."""
    found = {}
    for prompt, name in walker.questions().items():
        number = prompt.rpartition(" ")[2] if prompt.startswith("Case") else ""
        letter = ("B" if number else "A") if right else "C"
        found[name] = walker.option(name, f"{letter}{number}")
    return found
