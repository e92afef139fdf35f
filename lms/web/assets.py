"""Static files under names that hold their digest: kept for ever by browsers, new when changed."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, abort, request, send_from_directory

FOLDER = Path(__file__).parent / "static"
DIGEST_LENGTH = 12


def serve_assets(app: Flask) -> None:
    """Serve each file of the static folder under /static/<digest>-<name>, and nothing else."""
    names: Mapping[str, str] = {
        path.name: f"{_digest(path)}-{path.name}" for path in sorted(FOLDER.iterdir())
    }
    files = {hashed: name for name, hashed in names.items()}

    def static_file(name: str) -> Response:
        if name not in files:
            abort(404)
        response = send_from_directory(FOLDER, files[name])
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.add_url_rule("/static/<name>", "static_file", static_file)
    app.jinja_env.globals["asset"] = lambda name: f"{request.script_root}/static/{names[name]}"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGEST_LENGTH]
