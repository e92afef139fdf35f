"""Markdown as GitHub reads it, made safe, in a process of its own (docs/adr/0006)."""

from lms.publishing.markdown.capped import render_markdown
from lms.publishing.markdown.page import render_here
from lms.publishing.markdown.request import (
    Alert,
    FactNote,
    Refusal,
    RenderRefusedError,
    RenderRequest,
    Words,
)
from lms.publishing.markdown.sanitise import refused, sanitise

__all__ = [
    "Alert",
    "FactNote",
    "Refusal",
    "RenderRefusedError",
    "RenderRequest",
    "Words",
    "refused",
    "render_here",
    "render_markdown",
    "sanitise",
]
