"""The site's settings: one frozen value, read once from LMS_* and instance/settings.toml."""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from lms.kernel.keys import Keys, read_keys

_SECRET_WORDS = ("url", "password", "secret")
_PLAIN_URLS = ("base_url", "exit_url")


class SettingsError(Exception):
    """A setting cannot be used; the message names its key and what it may be."""


class Environment(StrEnum):
    """Where the site runs; production refuses what development lets pass."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `LMS_DATABASE_URL` sets `database_url`, and so on for each."""

    instance: Path
    environment: Environment = Environment.DEVELOPMENT
    database_url: str = ""  # empty: SQLite in the instance folder
    content: Path = Path("content")
    base_url: str = "http://127.0.0.1:8000"  # printed on certificates
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    trusted_proxies: int = 0  # how many proxies stand before the server
    exit_url: str = "https://meteo.gc.ca/"
    demo: bool = False
    idle_minutes_participant: int = 30
    idle_minutes_staff: int = 15
    session_hours: int = 8
    code_days: int = 90
    workers: int = 2
    key_store_url: str = ""  # empty: people.db in the keys folder; never in the same backup
    identity: bool = False  # whether coordinators may keep names; most sites leave it to the agency
    completion_review: bool = True  # a person looks before a referred person's pass is final
    two_graders: bool = False  # open answers that count are read by two people
    smtp_host: str = ""  # empty: no mail leaves
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    mail_from: str = ""
    contact: str = ""  # whom to call about the training, as printed on letters

    @property
    def keys_folder(self) -> Path:
        """Where the key files are."""
        return self.instance / "keys"

    @property
    def person_keys_url(self) -> str:
        """Where the keys of the participants are: never in the same backup as the database."""
        return self.key_store_url or f"sqlite:///{self.keys_folder / 'people.db'}"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are for HTTPS only."""
        return self.base_url.startswith("https://")

    @property
    def session_length(self) -> timedelta:
        """How long a session may last at the most, used or not."""
        return timedelta(hours=self.session_hours)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, the environment before the file, or say which key is wrong."""
    environ = os.environ if environ is None else environ
    instance = Path(environ.get("LMS_INSTANCE", "instance")).resolve()
    given: dict[str, Any] = _read_file(instance / "settings.toml")
    names = {field.name for field in fields(Settings)} - {"instance"}
    for key in sorted(given.keys() - names):
        raise SettingsError(f"settings.toml: {key}: there is no such setting")
    for name in names:
        if (value := environ.get(f"LMS_{name.upper()}")) is not None:
            given[name] = value
    parsed = {name: _parse(name, value) for name, value in given.items()}
    parsed["database_url"] = parsed.get("database_url") or f"sqlite:///{instance / 'virage.db'}"
    settings = Settings(instance=instance, **parsed)
    _judge(settings)
    return settings


def site_keys(settings: Settings) -> Keys:
    """Read the site's keys, with the store of the participants' own."""
    return read_keys(settings.keys_folder, settings.person_keys_url)


def check_production(settings: Settings) -> None:
    """Refuse to run for real on an instance folder that others can read."""
    if settings.environment is not Environment.PRODUCTION:
        return
    try:
        mode = stat.S_IMODE(settings.instance.stat().st_mode)
    except OSError as error:
        raise SettingsError(
            f"LMS_INSTANCE: {settings.instance} cannot be read ({error.strerror}); run `lms init`"
        ) from error
    if mode & 0o077:
        raise SettingsError(
            f"LMS_INSTANCE: {settings.instance} can be read by others ({mode:04o}); "
            f"run `chmod 700 {settings.instance}`"
        )
    if not settings.secure_cookies:
        raise SettingsError("LMS_BASE_URL: in production the address must begin with https://")
    if settings.demo:
        raise SettingsError("LMS_DEMO: demonstration people do not belong in production")


def masked(settings: Settings) -> dict[str, str]:
    """Give all settings as text, with whatever could be a secret hidden."""
    shown = {}
    for field in fields(settings):
        value = str(getattr(settings, field.name))
        if value and field.name.endswith("_url") and field.name not in _PLAIN_URLS:
            value = make_url(value).render_as_string(hide_password=True)
        elif any(word in field.name for word in _SECRET_WORDS[1:]):
            value = "***"
        shown[field.name] = value
    return shown


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path}: {error}") from error


def _parse(name: str, value: Any) -> Any:  # noqa: ANN401 - what TOML or the environment gave
    default = Settings.__dataclass_fields__[name].default
    key = f"LMS_{name.upper()}"
    text = str(value).strip()
    try:
        match default:
            case bool():
                return _parse_bool(text)
            case Environment():
                return Environment(text)
            case int():
                return int(text)
            case Path():
                return Path(text).resolve()
            case tuple():
                parts = value if isinstance(value, list) else text.split(",")
                return tuple(str(part).strip() for part in parts if str(part).strip())
            case _:
                return text
    except ValueError as error:
        allowed = _allowed(default)
        raise SettingsError(f"{key}: {text!r} cannot be used; it must be {allowed}") from error


def _parse_bool(text: str) -> bool:
    words = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def _allowed(default: object) -> str:
    match default:
        case bool():
            return "yes or no"
        case Environment():
            return " or ".join(Environment)
        case int():
            return "a whole number"
        case _:
            return "a text"


def _judge(settings: Settings) -> None:
    bounds = {
        "workers": (1, 64),
        "session_hours": (1, 24),
        "idle_minutes_participant": (1, 240),
        "idle_minutes_staff": (1, 240),
        "code_days": (1, 366),
        "trusted_proxies": (0, 5),
    }
    for name, (low, high) in bounds.items():
        if not low <= getattr(settings, name) <= high:
            raise SettingsError(f"LMS_{name.upper()}: must be from {low} to {high}")
    for name in ("base_url", "exit_url"):
        if not getattr(settings, name).startswith(("http://", "https://")):
            raise SettingsError(f"LMS_{name.upper()}: must begin with https:// or http://")
    try:
        backend = make_url(settings.database_url).get_backend_name()
    except (ArgumentError, ValueError) as error:  # a port that is none is a ValueError
        raise SettingsError("LMS_DATABASE_URL: this is not a database address") from error
    if backend not in {"sqlite", "postgresql"}:
        raise SettingsError("LMS_DATABASE_URL: must begin with sqlite:/// or postgresql+psycopg://")
