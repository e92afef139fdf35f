"""Plain text as Markdown that shows just that text, and is read as nothing else."""

import re

_INLINE = re.compile(
    r"[\\`*\[\]<>~|]|&(?=#|[A-Za-z][A-Za-z0-9]*;)|(?<![^\W_])_|_(?![^\W_])|\{(?=#)"
)
_ADDRESS = re.compile(r"(https?|ftp|www)(://|\.)[^ \t\n<]*", re.IGNORECASE)
_SCHEME = re.compile(r"(https?|ftp|www)(?=://|\.)", re.IGNORECASE)
# What would begin a heading, a list, an answer or an underline at the start of a line.
_START = re.compile(
    r"#|[-+](?=\s|$)|-+(?=\s*$)|=(?=\s|=*\s*$)|\((?=[ \t]?[xX]?[ \t]?\))|\d{1,9}(?=[.)](?:\s|$))"
)
_LABEL = re.compile(r"\b((?:hint|indice|explanation|explication)[ \u00a0\u202f]?):", re.IGNORECASE)
_CLOSING = re.compile(r"(?:^|(?<=\s))#+$")
# What no Markdown file may hold, and what ends lines without being seen.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff\ufeff]")


def clean(text: str) -> str:
    """Return a text without control characters; every end of line is a newline."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return the words of a text on one line; spaces that do not break stay what they are."""
    return re.sub(r"[ \t\n]+", " ", clean(text)).strip()


def escape(text: str) -> str:
    """Return the words of a plain text as one line of Markdown, wherever it is put."""
    line = at_start(escape_inside(one_line(text)))
    return _CLOSING.sub(lambda found: "\\#" * len(found[0]), line)


def escape_inside(text: str) -> str:
    """Return plain words as Markdown inside a line; spaces at the ends are kept."""
    bare = clean(text)
    line = _LABEL.sub(r"\1\\:", _INLINE.sub(_marked, bare))
    if line == bare:
        return line
    # A mark inside an address would be taken for a part of it: such a one is no link.
    return _ADDRESS.sub(lambda one: _unlinked(one[0]), line)


def at_start(line: str) -> str:
    """Return a line of Markdown that begins with words so that it begins nothing else."""
    start = _START.match(line)
    if not start:
        return line
    at = start.end() if start[0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"


def escape_lines(text: str) -> str:
    """Return a plain text of several lines as Markdown: its empty lines part paragraphs."""
    return "\n".join(escape(line) for line in clean(text).split("\n")).strip("\n")


def _unlinked(address: str) -> str:
    return _SCHEME.sub(r"\1\\", address) if "\\" in address else address


def _marked(found: re.Match[str]) -> str:
    return "{\\" if found[0] == "{" else f"\\{found[0]}"
