"""What is made of a text: the page that it would be, and the problems that the check finds in it.

Nothing here knows a database or a request: files in, plain data out. It may stall or end the
process that runs it, which is one of `server`'s and nobody else's.
"""

import resource
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms.content.check import check_files
from lms.content.files import Files, decode
from lms.content.model import Content, Item, Module, Problem
from lms.content.parse_module import parse_module
from lms.content.read import read
from lms.publishing.compile import CompiledModule, compile_module
from lms.publishing.compile_section import ItemPage
from lms.publishing.instead import without
from lms.publishing.markdown.page import render_here
from lms.publishing.markdown.request import Refusal, RenderRefusedError, RenderRequest
from lms.publishing.media import Shown
from lms.publishing.media_uses import find_media
from lms.publishing.preview.job import QUIZ, Job, Standing
from lms.publishing.preview.shape import Shape, addresses, module_shape, testimony_shape
from lms.publishing.safe_html import SafeHtml
from lms.publishing.withheld import withheld_key, withheld_shown

MOST_PROBLEMS = 500
TEXT_SECONDS = 3  # of CPU for one text, as when it is published
ALL_SECONDS = 10  # of CPU for all texts of a page


def make_page(job: Job, standing: Standing) -> dict[str, Any]:
    """Give the part of the page that the author looks at, or why there is none.

    `kind` says what came of it: page, refused, unreadable, or none for a file without a page.
    """
    content = read(_files(job, standing)).content
    inside = job.path.partition("/")[2]
    if inside.startswith("modules/"):
        shape = module_shape(content, job.path, part=job.part, line=job.line, today=job.today)
    elif inside.startswith("testimonies/"):
        shape = testimony_shape(content, job.path, today=job.today)
    else:
        return {"kind": "none"}
    if shape is None:
        return {"kind": "unreadable"}
    try:
        return _page(job, shape, standing)
    except RenderRefusedError as refusal:
        return {"kind": "refused", "reason": refusal.reason.name, "where": refusal.name}
    except MemoryError:
        return {"kind": "refused", "reason": Refusal.TOO_BIG.name, "where": ""}


def make_problems(job: Job, standing: Standing) -> dict[str, Any]:
    """Give the problems of this file, errors first, and how many other files have."""
    published = Content({}, _published(job.path, standing), {}, {}, {})
    _, problems = check_files(_files(job, standing), job.today, published=published)
    own = [one for one in problems if one.place.path == job.path]
    own.sort(key=lambda one: (one.severity != "error", one))
    return {
        "kind": "problems",
        "rows": [_row(one) for one in own[:MOST_PROBLEMS]],
        "errors": sum(one.severity == "error" for one in own),
        "warnings": sum(one.severity != "error" for one in own),
    }


def _files(job: Job, standing: Standing) -> Files:
    texts = {**standing.texts, job.path: job.text.encode("utf-8", "surrogatepass")}
    return Files("content", texts, standing.paths | {job.path}, ())


def _published(path: str, standing: Standing) -> dict[tuple[str, str], Module]:
    """Give this module as it is published: a question must not change its kind."""
    text = standing.published.get(path)
    given = None if text is None else decode(path, text.encode())
    module = parse_module(path, given)[0] if isinstance(given, str) else None
    return {} if module is None else {(module.id, module.language): module}


def _row(problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.place.line,
        "column": problem.place.column,
        "rule": problem.rule,
        "message": problem.message,
        "help": problem.help,
        "severity": problem.severity.value,
    }


def _page(job: Job, shape: Shape, standing: Standing) -> dict[str, Any]:
    uses = find_media(shape.content, shape.module)
    media = standing.shown_in(uses, shape.module.language)
    compiled = _compile(job, shape, addresses(shape.content, standing.links), media)
    is_quiz = shape.part == QUIZ
    page = None if is_quiz else compiled.sections[shape.part - 1]
    module = shape.module
    gone = shape.closed | job.closed
    blocks: Sequence[Mapping[str, Any]] = page.blocks if page else []
    instead = page.blocks_instead if page else None
    if page is not None and page.testimonies & gone:
        blocks, instead = without(instead or blocks, gone), None
    return {
        "kind": "page",
        "title": module.title if is_quiz else module.sections[shape.part - 1].title,
        "is_testimony": not module.id,
        "part": shape.part,
        "parts": [section.title for section in module.sections],
        "has_quiz": shape.has_quiz,
        "blocks": blocks,
        "instead": instead,
        "testimonies": sorted(page.testimonies) if page else [],
        "items": [_item(one, gone) for one in compiled.items],
        "asked": [_asked(one) for one in module.items],
        "courses": shape.courses,
        "has_media": len(media.pictures) + len(media.films) < len(uses),
    }


def _item(item: ItemPage, gone: frozenset[str]) -> dict[str, Any]:
    """Give an item's texts; of one that rests on a closed testimony only that it is there."""
    is_gone = item.testimony in gone
    return {
        "id": item.item_id,
        "shown": withheld_shown(item.shown) if is_gone else item.shown,
        "key": withheld_key(item.key) if is_gone else item.key,
        "testimony": item.testimony,
    }


def _asked(item: Item) -> dict[str, Any]:
    return {"id": item.id, "points": item.points, "must": item.must, "pool": item.pool}


def _compile(job: Job, shape: Shape, here: Mapping[str, str], media: Shown) -> CompiledModule:
    """Compile with links from module to module that stay within the previews."""
    module = shape.module

    def render(texts: Sequence[RenderRequest]) -> Sequence[SafeHtml]:
        return [_render(replace(text, links=_relinked(text, here))) for text in texts]

    lang = module.language
    words, shown = {lang: job.words}, {lang: media}
    return compile_module(shape.content, module.id, [lang], words, render, shown)


def _relinked(text: RenderRequest, here: Mapping[str, str]) -> Mapping[str, str]:
    return {typed: here.get(address, address) for typed, address in text.links.items()}


def _render(request: RenderRequest) -> SafeHtml:
    """Give a text's HTML; the kernel ends this process if it takes longer than publication may."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (min(used + TEXT_SECONDS, hard), hard))
    return render_here(request)
