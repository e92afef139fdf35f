"""Static files under names that hold their digest: kept for ever by browsers, new when changed.

They are read and packed once a process. Pages are never packed: what is secret in them could be
told from their length (BREACH, https://breachattack.com).
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, request

FOLDER = Path(__file__).parent / "static"
DIGEST_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: what it is, as it stands and as most browsers take it."""

    hashed: str
    kind: str
    body: bytes
    packed: bytes


def serve_assets(app: Flask) -> None:
    """Serve each file of the static folder under /static/<digest>-<name>, and nothing else."""
    assets = _assets()
    files = {asset.hashed: asset for asset in assets.values()}

    def static_file(name: str) -> Response:
        if name not in files:
            abort(404)
        asset = files[name]
        is_packed = request.accept_encodings.quality("gzip") > 0
        response = Response(asset.packed if is_packed else asset.body, mimetype=asset.kind)
        if is_packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.add_url_rule("/static/<name>", "static_file", static_file)
    app.jinja_env.globals["asset"] = lambda name: (
        f"{request.script_root}/static/{assets[name].hashed}"
    )


@cache
def _assets() -> Mapping[str, Asset]:
    return {path.name: _read(path) for path in sorted(FOLDER.iterdir())}


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:DIGEST_LENGTH]
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(f"{digest}-{path.name}", kind, body, gzip.compress(body, mtime=0))
