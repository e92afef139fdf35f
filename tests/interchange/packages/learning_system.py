"""A learning system as small as can be: it serves a package, and notes what it is told.

For SCORM 1.2 a page holds the module in a frame and an API that remembers; for cmi5 the same
server is the launcher and the record store.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

_TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css", "png": "image/png"}
_HOST = """<!DOCTYPE html><meta charset="utf-8"><title>LMS</title>
<script>
const kept = JSON.parse(localStorage.getItem("cmi") || "{}");
new URLSearchParams(location.search).forEach((value, name) => {
  if (name.startsWith("cmi.")) kept[name] = value;
});
const said = [];
let isOpen = false;
window.API = {
  LMSInitialize: () => { isOpen = true; said.push("initialize"); return "true"; },
  LMSFinish: () => { isOpen = false; said.push("finish"); return "true"; },
  LMSGetValue: (name) => kept[name] ?? "",
  LMSSetValue: (name, value) => {
    if (!isOpen) throw new Error("not open");
    if (name === "cmi.suspend_data" && value.length > 4096) throw new Error("too long");
    kept[name] = value;
    return "true";
  },
  LMSCommit: () => { localStorage.setItem("cmi", JSON.stringify(kept)); return "true"; },
  LMSGetLastError: () => "0", LMSGetErrorString: () => "", LMSGetDiagnostic: () => "",
};
</script>
<iframe src="PAGE" title="module" width="900" height="900"></iframe>
"""
ACTOR = {"objectType": "Agent", "account": {"homePage": "https://lms.test", "name": "17"}}
ACTIVITY = "https://lms.test/activities/1"
REGISTRATION = "760e3480-ba55-4991-94b0-01820dbd23a2"
SESSION = {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": "session-1"}


@dataclass(slots=True)
class LearningSystem:
    """What the learning system holds; `files` are those of the package."""

    files: Mapping[str, bytes]
    launch: dict[str, Any] = field(default_factory=dict)
    statements: list[dict[str, Any]] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    url: str = ""
    is_down: bool = False

    def host(self, page: str, known: Mapping[str, str] | None = None) -> str:
        """Give the address of the page that holds a module in a frame, and what it knows."""
        return f"{self.url}/host?{urlencode({'page': page, **(known or {})})}"

    def launch_url(self, page: str) -> str:
        """Give the address that starts a module as cmi5 has it; its token is good once."""
        fetch = f"{self.url}/fetch/{len(self.tokens)}"
        values = {
            "endpoint": f"{self.url}/xapi",
            "fetch": fetch,
            "actor": json.dumps(ACTOR),
            "registration": REGISTRATION,
            "activityId": ACTIVITY,
        }
        return f"{self.url}/{page}?{urlencode(values)}"

    def verbs(self) -> list[str]:
        """Give the verbs of the statements, in the order in which they came."""
        return [one["verb"]["id"].rsplit("/", 1)[-1] for one in self.statements]

    def said(self, verb: str) -> dict[str, Any]:
        """Give the one statement with a verb."""
        [found] = [one for one in self.statements if one["verb"]["id"].endswith(f"/{verb}")]
        return found


class _Handler(BaseHTTPRequestHandler):
    lms: LearningSystem

    def log_message(self, *_args: object) -> None:
        """Write nothing."""

    def do_GET(self) -> None:
        """Give a file of the package, the page around it, or a document."""
        address = urlsplit(self.path)
        values = {name: found[0] for name, found in parse_qs(address.query).items()}
        path = address.path.lstrip("/")
        self.lms.asked.append(path)
        if path == "host":
            self._answer(_HOST.replace("PAGE", f"/{values['page']}").encode(), "text/html")
        elif path == "xapi/activities/state":
            self._document(values["stateId"])
        elif path == "xapi/agents/profile":
            self._document(values["profileId"])
        elif path in self.lms.files:
            kind = _TYPES.get(path.rsplit(".", 1)[-1], "application/octet-stream")
            self._answer(self.lms.files[path], kind)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_PUT(self) -> None:
        """Keep a document."""
        values = parse_qs(urlsplit(self.path).query)
        self.lms.documents[values["stateId"][0]] = json.loads(self._body())
        self._answer(b"", "text/plain", HTTPStatus.NO_CONTENT)

    def do_POST(self) -> None:
        """Give a token once, or note statements."""
        body = self._body()
        if self.path.startswith("/fetch/"):
            self.lms.tokens.add(self.path)
            self._answer(b'{"auth-token": "dG9rZW4="}', "application/json")
        elif self.lms.is_down or self.headers["Authorization"] != "Basic dG9rZW4=":
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self.lms.statements += json.loads(body)
            self._answer(b"[]", "application/json")

    def _document(self, name: str) -> None:
        found = self.lms.launch if name == "LMS.LaunchData" else self.lms.documents.get(name)
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            self._answer(json.dumps(found).encode(), "application/json")

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"] or 0))

    def _answer(self, content: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[LearningSystem]:
    """Serve a package on the loopback."""
    lms = LearningSystem(files, launch=launch_data())
    handler = type("Handler", (_Handler,), {"lms": lms})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    lms.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield lms
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def launch_data(mode: str = "Normal") -> dict[str, Any]:
    """Give what a learning system says of a launch."""
    grouping = [{"objectType": "Activity", "id": "urn:publisher"}]
    return {
        "contextTemplate": {"extensions": SESSION, "contextActivities": {"grouping": grouping}},
        "launchMode": mode,
        "masteryScore": 0.8,
        "moveOn": "CompletedAndPassed",
    }
