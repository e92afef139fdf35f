"""A request as JSON and back: the way into the process that renders."""

from dataclasses import asdict
from typing import Any

from lms.publishing.markdown.request import FactNote, RenderRequest, Words


def data_from(request: RenderRequest) -> dict[str, Any]:
    """Give a request as plain data."""
    return asdict(request)


def request_from(data: dict[str, Any]) -> RenderRequest:
    """Give the request that plain data stands for."""
    facts = {name: FactNote(**fact) for name, fact in data["facts"].items()}
    return RenderRequest(**{**data, "facts": facts, "words": Words(**data["words"])})
