"""The process that renders: texts in by standard input, one line a text out by standard output."""

import json
import resource
import sys
from typing import TextIO

from lms.publishing.markdown.page import render_here
from lms.publishing.markdown.request import Refusal, RenderRefusedError
from lms.publishing.markdown.wire import request_from

CPU_SECONDS = 2  # for one text
MEMORY = 768 * 1024 * 1024


def main(given: TextIO, answers: TextIO) -> None:
    """Render text after text; each answer is written before the next text is begun."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for data in json.load(given):
        _limit_cpu()
        json.dump(_answer(data), answers)
        answers.write("\n")
        answers.flush()


def _limit_cpu() -> None:
    """Let the kernel end this process if the next text takes too long, even within C code."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS + 1, hard))


def _answer(data: dict[str, object]) -> dict[str, str]:
    try:
        return {"html": render_here(request_from(data))}
    except RenderRefusedError as refusal:
        return {"refused": refusal.reason.name}
    except MemoryError:
        return {"refused": Refusal.TOO_BIG.name}


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
