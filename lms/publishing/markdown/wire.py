"""A request as JSON and back: the way into the process that renders."""

from dataclasses import asdict, fields
from typing import Any

from lms.publishing.markdown.request import FactNote, RenderRequest, Words


def data_from(request: RenderRequest) -> dict[str, Any]:
    """Give a request as plain data; `asdict` copies each of its hundred links for each text."""
    plain = {one.name: getattr(request, one.name) for one in fields(request)}
    facts = {name: asdict(fact) for name, fact in request.facts.items()}
    return {**plain, "facts": facts, "words": asdict(request.words)}


def request_from(data: dict[str, Any]) -> RenderRequest:
    """Give the request that plain data stands for."""
    facts = {name: FactNote(**fact) for name, fact in data["facts"].items()}
    return RenderRequest(**{**data, "facts": facts, "words": Words(**data["words"])})
