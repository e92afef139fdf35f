"""An author at the command line: what is due, what can be measured, which sites are linked."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from lms.cli import due, link_check
from lms.cli.link_check import Answer, Verdict, check_link, is_public
from tests.cli.conftest import Run

NOW = datetime(2026, 11, 21, 14, tzinfo=UTC)


def test_what_is_due_is_printed_a_line_each_and_the_command_succeeds(
    run: Run, folder: Path
) -> None:
    with time_machine.travel(NOW, tick=False):
        assert run("content", "due", str(folder)).stdout == ""
        found = run("content", "due", str(folder), "--days", "400")
    assert found.exit_code == 0
    lines = found.stdout.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("2027-11-01  in 345 d") for line in lines)
    assert sum("read module" in line for line in lines) == 4
    assert "check fact T01 again: Somebody, 2023  [content/facts.yml:1]" in lines[0]


def test_a_calendar_comes_with_its_own_ends_of_lines(run: Run, folder: Path) -> None:
    with time_machine.travel(NOW, tick=False):
        found = run("content", "due", str(folder), "--days", "400", "--format", "ics")
    assert found.stdout_bytes.startswith(b"BEGIN:VCALENDAR\r\n")
    assert found.stdout_bytes.count(b"\n") == found.stdout_bytes.count(b"\r\n")
    assert found.stdout_bytes.count(b"BEGIN:VEVENT") == 5


def test_a_folder_that_is_not_there_is_wrong_usage(run: Run, folder: Path) -> None:
    for command in ("due", "quality", "links"):
        assert run("content", command, str(folder / "nowhere")).exit_code == 2


def test_measures_are_printed_for_people_and_for_programs(run: Run, folder: Path) -> None:
    text = run("content", "quality", str(folder))
    assert text.exit_code == 0
    assert "content/modules/01-first/en.md: The first" in text.stdout
    found = json.loads(run("content", "quality", str(folder), "--format", "json").stdout)
    assert [(one["module"], one["language"]) for one in found] == [
        ("first", "en"),
        ("first", "fr"),
        ("second", "en"),
        ("second", "fr"),
    ]


def test_other_sites_are_listed_and_asked_only_where_somebody_says_so(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(address: str) -> Answer:
        asked.append(address)
        return Answer(Verdict.GONE, "404")

    monkeypatch.setattr(due, "check_link", answer)
    listed = run("content", "links", str(folder))
    assert listed.exit_code == 0
    assert listed.stdout == "https://example.org/one  [content/facts.yml:1]\n"
    assert asked == []
    checked = run("content", "links", str(folder), "--check")
    assert checked.exit_code == 1
    assert "gone (404)" in checked.stdout
    assert asked == ["https://example.org/one"]


def _ask(status: int = 200, location: str = "") -> link_check.Ask:
    def ask(_host: str, _address: str, _path: str) -> tuple[int, str]:
        return status, location

    return ask


def _verdict(address: str, found: list[str], ask: link_check.Ask | None = None) -> Verdict:
    return check_link(address, resolve=lambda _host: found, ask=ask or _ask()).verdict


PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",  # noqa: S104 - refused
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:0:53aa:64c:0:fbff:f8ff:fffe", "nothing",
    ],
)  # fmt: skip
def test_what_stands_beside_the_machine_is_never_asked(address: str) -> None:
    assert not is_public(address)

    def refuse(*_given: str) -> tuple[int, str]:
        raise AssertionError("this address must not be asked")

    for found in ([address], [PUBLIC, address]):
        assert _verdict("https://example.org/", found, refuse) is Verdict.NOT_ASKED


@pytest.mark.parametrize(
    "address", [PUBLIC, f"::ffff:{PUBLIC}", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
)
def test_a_public_address_is_asked_and_it_is_the_one_that_was_looked_at(address: str) -> None:
    asked: list[tuple[str, str, str]] = []

    def ask(host: str, chosen: str, path: str) -> tuple[int, str]:
        asked.append((host, chosen, path))
        return 204, ""

    assert _verdict("https://example.org/a?b=1#c", [address], ask) is Verdict.ANSWERS
    assert asked == [("example.org", address, "/a?b=1")]


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/", "https://example.org:22/", "https://ana@example.org/",
        "https:///nothing", "ftp://example.org/", "https://[::1", "https://example.org:x/",
    ],
)  # fmt: skip
def test_only_plain_https_is_asked(address: str) -> None:
    assert _verdict(address, [PUBLIC]) is Verdict.NOT_ASKED


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.ANSWERS),
        (301, Verdict.MOVED),
        (308, Verdict.MOVED),
        (404, Verdict.GONE),
        (410, Verdict.GONE),
        (403, Verdict.UNSURE),
        (405, Verdict.UNSURE),
        (503, Verdict.UNSURE),
    ],
)
def test_an_answer_is_told_for_what_it_is_and_no_redirect_is_followed(
    status: int, verdict: Verdict
) -> None:
    said = check_link(
        "https://example.org/", resolve=lambda _: [PUBLIC], ask=_ask(status, "https://10.0.0.1/")
    )
    assert said.verdict is verdict
    assert ("10.0.0.1" in said.detail) == (verdict is Verdict.MOVED)


def test_a_site_that_does_not_answer_is_said_to_fail() -> None:
    def silent(*_given: str) -> tuple[int, str]:
        raise TimeoutError("timed out")

    def unknown(_host: str) -> list[str]:
        raise OSError("no such name")

    assert _verdict("https://example.org/", [PUBLIC], silent) is Verdict.FAILS
    assert check_link("https://example.org/", resolve=unknown).verdict is Verdict.FAILS
    assert _verdict("https://example.org/", []) is Verdict.NOT_ASKED


def test_the_days_ahead_have_an_end(run: Run, folder: Path) -> None:
    assert run("content", "due", str(folder), "--days", "99999").exit_code == 2
