"""What whoever puts a package in place has to know: lines, and the page inside the package."""

from dataclasses import dataclass

from lms.interchange.packages.markup import element, page_source
from lms.interchange.packages.pages import page_head
from lms.interchange.packages.words import NoticeWords


@dataclass(frozen=True, slots=True)
class Left:
    """What of the published course is not in the package, counted."""

    originals: int = 0
    questions: int = 0
    files: int = 0
    links: int = 0


def notice_lines(left: Left, words: NoticeWords) -> tuple[str, ...]:
    """Say what the package leaves to its learning system, and what is not in it."""
    counted = (
        (left.originals, words.originals),
        (left.questions, words.questions),
        (left.files, words.files),
        (left.links, words.links),
    )
    told = (text.format(count=count) for count, text in counted if count)
    return (words.gates, words.records, words.keys, words.edition, *told)


def notice_page(lines: tuple[str, ...], title: str, language: str) -> bytes:
    """Give the notice as a page of the package."""
    paragraphs = [element("p", line) for line in lines]
    body = element("body", element("main", element("h1", title), *paragraphs))
    return page_source(element("html", page_head(title, "player/"), body, lang=language))
