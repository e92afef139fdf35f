"""Where the participants' keys are while tests run: one folder for a run and what it starts."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_VARIABLE = "VIRAGE_TEST_KEY_STORE"  # inherited by the processes that a test starts


def key_store_folder() -> Path:
    """Give the folder, made by whoever asks first and removed when that process ends."""
    if _VARIABLE not in os.environ:
        os.environ[_VARIABLE] = tempfile.mkdtemp(prefix="virage-keys-")
        atexit.register(shutil.rmtree, os.environ[_VARIABLE], ignore_errors=True)
    return Path(os.environ[_VARIABLE])
