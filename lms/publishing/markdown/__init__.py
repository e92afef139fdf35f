"""Markdown as GitHub reads it, made safe, in a process of its own (docs/adr/0006).

What renders (`page`) and what makes safe (`sanitise`) are loaded by that process alone: a server
that shows pages needs neither.
"""

from lms.publishing.markdown.capped import render_markdown
from lms.publishing.markdown.request import (
    Alert,
    FactNote,
    Refusal,
    RenderRefusedError,
    RenderRequest,
    Words,
)

__all__ = [
    "Alert",
    "FactNote",
    "Refusal",
    "RenderRefusedError",
    "RenderRequest",
    "Words",
    "render_markdown",
]
