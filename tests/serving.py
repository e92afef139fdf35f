"""An application over real HTTP on the loopback, from a thread of this process."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

HOST = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_args: object) -> None:
        """Write nothing."""


def whole(app: WSGIApplication) -> WSGIApplication:
    """Answer in one piece: of a visitor that breaks off, werkzeug leaves the answer's file open."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            if close := getattr(parts, "close", None):
                close()

    return answer


@contextmanager
def serving(app: Flask, *, threaded: bool = True) -> Iterator[int]:
    """Serve an application until the block ends; gives its port."""
    answers = whole(app)
    server = make_server(HOST, 0, answers, threaded=threaded, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
