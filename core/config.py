"""Configuration from the environment: typed, complete, checked once at the start.

Every variable is listed here and in docs/configuration.md (a test compares the two). A wrong value raises
ConfigError with one line that names the variable and the remedy.
"""

import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from flask import current_app

VARIABLES = (
    "STRATUM_ENV", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "SMTP_URL", "MEDIA_URL", "BASE_URL",
    "TRUSTED_PROXY_HOPS", "INSTANCE", "PORT",
)  # fmt: skip
ENVIRONMENTS = ("demo", "production")
SETTINGS_FILE = "settings.env"


class ConfigError(Exception):
    """One line for the operator: which variable is wrong, and what to do."""


@dataclass(frozen=True)
class Config:
    """What the operator says. What the school says of itself is a row of settings (core/school.py)."""

    env: str
    secret_key: str
    database_url: str
    redis_url: str | None
    smtp_url: str | None
    media_url: str
    base_url: str
    trusted_proxy_hops: int
    instance: Path
    port: int

    @property
    def is_demo(self) -> bool:
        return self.env == "demo"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def hostname(self) -> str:
        """The host without its port; an IPv6 address in its brackets, as a Host header has it."""
        return self.host[: self.host.rfind("]") + 1] or self.host.partition(":")[0]

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def load(environ: Mapping[str, str]) -> Config:
    """Read the configuration: the environment first, then the instance's settings.env where it says nothing."""
    instance = Path(environ.get("INSTANCE") or "instance").absolute()
    values = {**read_settings(instance / SETTINGS_FILE), **{k: v for k, v in environ.items() if v}}
    env = _one_of("STRATUM_ENV", values.get("STRATUM_ENV", "production"), ENVIRONMENTS)
    port = _integer("PORT", values.get("PORT", "8000"), 1, 65535)
    config = Config(
        env=env,
        secret_key=_secret(values.get("SECRET_KEY", "")),
        database_url=_database_url(values.get("DATABASE_URL") or f"sqlite:///{instance / 'stratum.db'}"),
        redis_url=_url("REDIS_URL", values.get("REDIS_URL"), ("redis", "rediss", "unix")),
        smtp_url=_url("SMTP_URL", values.get("SMTP_URL"), ("smtp", "smtps", "smtp+starttls")),
        media_url=_media_url(values.get("MEDIA_URL") or (instance / "media").as_uri()),
        base_url=_base_url(values.get("BASE_URL") or f"http://127.0.0.1:{port}"),
        trusted_proxy_hops=_integer("TRUSTED_PROXY_HOPS", values.get("TRUSTED_PROXY_HOPS", "0"), 0, 9),
        instance=instance,
        port=port,
    )
    if env == "production" and not config.is_https:
        raise ConfigError(
            "BASE_URL: production needs an https address, as BASE_URL=https://learn.example.org"
        )
    return config


def load_or_exit(environ: Mapping[str, str]) -> Config:
    """The configuration, or the end of the process with the one line that says what is wrong."""
    try:
        return load(environ)
    except ConfigError as error:
        sys.exit(f"The configuration is not right. {error}")


def read_settings(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of a settings file; an absent file has none."""
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def write_settings(path: Path, values: Mapping[str, str]) -> None:
    """Write a settings file that only its owner may read; one that exists is left as it is."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))


def new_secret() -> str:
    """A secret key fit for production."""
    return secrets.token_urlsafe(48)


def current_config() -> Config:
    """The configuration of the running app."""
    config: Config = current_app.config["STRATUM"]
    return config


def _secret(value: str) -> str:
    if len(value) < 32 or len(set(value)) < 10:
        raise ConfigError("SECRET_KEY: missing or too weak; use what `openssl rand -base64 48` prints")
    return value


def _integer(name: str, value: str, least: int, most: int) -> int:
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ConfigError(f"{name}: {value!r} is not a whole number from {least} to {most}")
    return int(value)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ConfigError(f"{name}: {value!r} is not one of {', '.join(allowed)}")
    return value


def _url(name: str, value: str | None, schemes: tuple[str, ...]) -> str | None:
    if not value:
        return None
    parts = _split(name, value)
    if parts.scheme not in schemes:
        raise ConfigError(f"{name}: must begin with {' or '.join(s + '://' for s in schemes)}")
    if parts.scheme != "unix" and not parts.hostname:
        raise ConfigError(f"{name}: names no host; write it as {parts.scheme}://host.example.org")
    return value


def _database_url(value: str) -> str:
    scheme = value.partition(":")[0]
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        _split("DATABASE_URL", value)
        return "postgresql+psycopg" + value[len(scheme) :]
    path = value.removeprefix("sqlite:///")
    if path == value or path.partition("?")[0] in ("", ":memory:"):
        raise ConfigError(
            "DATABASE_URL: must be sqlite:/// and the path of a file, or begin with postgresql://"
        )
    return value


def _media_url(value: str) -> str:
    parts = _split("MEDIA_URL", value)
    if not (parts.scheme == "file" and parts.path) and not (parts.scheme == "s3" and parts.netloc):
        raise ConfigError("MEDIA_URL: must be a folder as file:///srv/media, or s3://bucket/prefix")
    return value


def _base_url(value: str) -> str:
    parts = _split("BASE_URL", value)
    extras = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or extras:
        raise ConfigError("BASE_URL: must be an address without a path, as https://learn.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def _split(name: str, value: str) -> SplitResult:
    """The parts of an address; what is not one, or has a port that is none, is refused without showing it."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ConfigError(f"{name}: is no address; check its brackets and its port (1 to 65535)") from None
    return parts
