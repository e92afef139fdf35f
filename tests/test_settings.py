"""An operator sets the site up: what is wrong is named, and what is secret stays so."""

from pathlib import Path
from typing import Any

import pytest

from lms.settings import (
    Environment,
    Settings,
    SettingsError,
    check_production,
    load_settings,
    masked,
)


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """Give an instance folder that its owner alone may read."""
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    return folder


def _load(instance: Path, **given: str) -> Settings:
    return load_settings({"LMS_INSTANCE": str(instance), **given})


def test_without_any_settings_the_site_runs_for_development(instance: Path) -> None:
    settings = _load(instance)
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.database_url == f"sqlite:///{instance / 'virage.db'}"
    assert settings.keys_folder == instance / "keys"
    assert not settings.secure_cookies


def test_the_file_is_read_and_the_environment_goes_before_it(instance: Path) -> None:
    lines = ["workers = 4", "code_days = 30", 'trusted_hosts = ["a.example", "b.example"]']
    (instance / "settings.toml").write_text("\n".join(lines), encoding="utf-8")
    settings = _load(instance, LMS_WORKERS="8", LMS_DEMO="yes")
    assert (settings.workers, settings.code_days, settings.demo) == (8, 30, True)
    assert settings.trusted_hosts == ("a.example", "b.example")


def test_hosts_are_parted_by_commas_in_the_environment(instance: Path) -> None:
    settings = _load(instance, LMS_TRUSTED_HOSTS="a.example, b.example ,")
    assert settings.trusted_hosts == ("a.example", "b.example")


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("LMS_ENVIRONMENT", "staging", "development or production"),
        ("LMS_WORKERS", "two", "a whole number"),
        ("LMS_WORKERS", "2.5", "a whole number"),
        ("LMS_WORKERS", "", "a whole number"),
        ("LMS_WORKERS", "0", "from 1 to 64"),
        ("LMS_WORKERS", "65", "from 1 to 64"),
        ("LMS_DEMO", "maybe", "yes or no"),
        ("LMS_SESSION_HOURS", "25", "from 1 to 24"),
        ("LMS_IDLE_MINUTES_PARTICIPANT", "0", "from 1 to 240"),
        ("LMS_IDLE_MINUTES_STAFF", "-1", "from 1 to 240"),
        ("LMS_CODE_DAYS", "367", "from 1 to 366"),
        ("LMS_TRUSTED_PROXIES", "6", "from 0 to 5"),
        ("LMS_BASE_URL", "example.ca", "https://"),
        ("LMS_EXIT_URL", "javascript:alert(1)", "https://"),
        ("LMS_DATABASE_URL", "not an address", "not a database address"),
        ("LMS_DATABASE_URL", "mysql://db/virage", "sqlite:///"),
        ("LMS_DATABASE_URL", "postgresql+psycopg://db:port/virage", "not a database address"),
    ],
)
def test_a_wrong_value_names_its_key_and_what_it_may_be(
    instance: Path, key: str, value: str, allowed: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        _load(instance, **{key: value})
    assert str(refused.value).startswith(f"{key}: ")
    assert allowed in str(refused.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("worker = 2", "worker: there is no such setting"),
        ("instance = 'x'", "instance: there is no such setting"),
        ("workers = [2]", "LMS_WORKERS"),
        ("workers = true", "LMS_WORKERS"),
        ("demo = 3", "LMS_DEMO"),
        ("workers =", "settings.toml"),
        ("\0", "settings.toml"),
    ],
)
def test_a_fault_in_the_file_is_named(instance: Path, text: str, named: str) -> None:
    (instance / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=named):
        _load(instance)


def test_a_file_that_is_not_utf8_is_named(instance: Path) -> None:
    (instance / "settings.toml").write_bytes(b'exit_url = "\xe9"')
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        _load(instance)


def _production(instance: Path, **changes: Any) -> Settings:  # noqa: ANN401 - any setting
    fields: dict[str, Any] = {
        "environment": Environment.PRODUCTION,
        "base_url": "https://virage.example",
    }
    return Settings(instance=instance, **fields | changes)


def test_production_runs_on_https_in_a_closed_folder(instance: Path) -> None:
    check_production(_production(instance))


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o770, 0o777])
def test_production_refuses_a_folder_that_others_can_read(instance: Path, mode: int) -> None:
    instance.chmod(mode)
    with pytest.raises(SettingsError, match=r"LMS_INSTANCE: .* `chmod 700"):
        check_production(_production(instance))
    check_production(_production(instance, environment=Environment.DEVELOPMENT))


def test_production_refuses_plain_http(instance: Path) -> None:
    with pytest.raises(SettingsError, match="LMS_BASE_URL"):
        check_production(_production(instance, base_url="http://virage.example"))


def test_production_refuses_demonstration_people(instance: Path) -> None:
    with pytest.raises(SettingsError, match="LMS_DEMO"):
        check_production(_production(instance, demo=True))


def test_production_without_an_instance_folder_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"LMS_INSTANCE: .*lms init"):
        check_production(_production(tmp_path / "nowhere"))


def test_the_password_of_the_database_is_never_shown(instance: Path) -> None:
    url = "postgresql+psycopg://virage:s3cr3t@db/virage"
    shown = masked(_load(instance, LMS_DATABASE_URL=url))
    assert shown["database_url"] == "postgresql+psycopg://virage:***@db/virage"
    assert "s3cr3t" not in str(shown)
    assert shown["workers"] == "2"


def test_a_wrong_database_address_does_not_show_its_password(instance: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        _load(instance, LMS_DATABASE_URL="mysql://virage:s3cr3t@db/virage")
    assert "s3cr3t" not in str(refused.value)
