"""Logs: JSON lines with the fields on the list, and no others. No names, answers, tokens."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from time import perf_counter

from flask import Flask, Response, g, request

FIELDS = ("fault", "endpoint", "method", "status", "ms", "job", "done")


class JsonLines(logging.Formatter):
    """One record, one line. Messages are fixed words; what varies stands in the listed fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the allowed fields, and of an error the places in the code, not its text."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage() if record.name.startswith("lms") else "message",
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[2]:
            frames = traceback.extract_tb(record.exc_info[2])[-6:]
            line["trace"] = [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in frames]
        return json.dumps(line)


def log_requests(app: Flask) -> None:
    """Write one line a request: the endpoint's name, never the address that was asked for."""
    logger = logging.getLogger("lms.web")

    @app.before_request
    def start() -> None:
        g.started = perf_counter()

    @app.after_request
    def line(response: Response) -> Response:
        if request.endpoint != "static_file":
            elapsed = round((perf_counter() - g.get("started", perf_counter())) * 1000, 1)
            logger.info(
                "request",
                extra={
                    "endpoint": request.endpoint or "",
                    "method": request.method,
                    "status": response.status_code,
                    "ms": elapsed,
                },
            )
        return response


def write_json_logs() -> None:
    """Send all logs of this process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
