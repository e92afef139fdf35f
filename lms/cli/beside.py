"""The jobs beside a server: a process of its own, which imports what jobs need and no page."""

import multiprocessing
import os
from importlib import import_module


def work_beside() -> None:
    """Start the jobs in a process of their own; it ends with this one."""
    context = multiprocessing.get_context("spawn")
    context.Process(target=_work, args=(os.getpid(),), daemon=True).start()


def _work(parent: int) -> None:
    import_module("lms.cli.jobs").work_until_alone(parent)
