"""Configuration from the environment: typed, complete, checked once at the start.

Every variable is listed here and in docs/configuration.md (a test compares the two). A wrong value raises
ConfigError with one line that names the variable and the remedy.
"""

import hashlib
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from flask import current_app

VARIABLES = (
    "STRATUM_ENV", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "SMTP_URL", "MEDIA_URL", "BASE_URL",
    "TRUSTED_PROXY_HOPS", "INSTANCE", "PORT", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE",
)  # fmt: skip
ENVIRONMENTS = ("demo", "production")
SETTINGS_FILE = "settings.env"
SANDBOX_KEY = "sk_test_sandbox"
STRIPE_PAGES = ("https://checkout.stripe.com", "https://billing.stripe.com")


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
    stripe_secret_key: str | None
    stripe_webhook_secrets: tuple[str, ...]
    stripe_api_base: str | None

    @property
    def takes_money(self) -> bool:
        """Whether payments are set up at all, be it for money that does not move."""
        return self.stripe_secret_key is not None

    @property
    def is_live(self) -> bool:
        """Whether payments move money."""
        return _is_live(self.stripe_secret_key)

    @property
    def takes_test_money(self) -> bool:
        """Whether payments are set up and move none."""
        return self.takes_money and not self.is_live

    @property
    def has_own_sandbox(self) -> bool:
        """Whether the bundled sandbox plays Stripe: `make run` without a key of the operator's."""
        return self.stripe_secret_key == SANDBOX_KEY and self.stripe_api_base == _sandbox_base(
            self.base_url, self.port
        )

    @property
    def sandbox_port(self) -> int:
        """The port on 127.0.0.1 of the bundled sandbox."""
        return self.port + 1

    @property
    def checkout_origins(self) -> tuple[str, ...]:
        """Where a buyer is sent to pay, and to change their card: Stripe's pages, or the sandbox's."""
        if not self.takes_money:
            return ()
        return (self.stripe_api_base,) if self.stripe_api_base else STRIPE_PAGES

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
    port = _integer("PORT", values.get("PORT", "8000"), 1, 65534)
    base_url = _base_url(values.get("BASE_URL") or f"http://127.0.0.1:{port}")
    stripe = _stripe(values, env, base_url, port)
    config = Config(
        env=env,
        secret_key=_secret(values.get("SECRET_KEY", "")),
        database_url=_database_url(values.get("DATABASE_URL") or f"sqlite:///{instance / 'stratum.db'}"),
        redis_url=_url("REDIS_URL", values.get("REDIS_URL"), ("redis", "rediss", "unix")),
        smtp_url=_url("SMTP_URL", values.get("SMTP_URL"), ("smtp", "smtps", "smtp+starttls")),
        media_url=_media_url(values.get("MEDIA_URL") or (instance / "media").as_uri()),
        base_url=base_url,
        trusted_proxy_hops=_integer("TRUSTED_PROXY_HOPS", values.get("TRUSTED_PROXY_HOPS", "0"), 0, 9),
        instance=instance,
        port=port,
        stripe_secret_key=stripe.key,
        stripe_webhook_secrets=stripe.webhook_secrets,
        stripe_api_base=stripe.api_base,
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


@dataclass(frozen=True)
class _Stripe:
    key: str | None
    webhook_secrets: tuple[str, ...]
    api_base: str | None


def _stripe(values: Mapping[str, str], env: str, base_url: str, port: int) -> _Stripe:
    """How money is taken. A demo without a key has the bundled sandbox, one port above its own."""
    key = values.get("STRIPE_SECRET_KEY")
    base = _url("STRIPE_API_BASE", values.get("STRIPE_API_BASE"), ("http", "https"))
    secrets_given = tuple(
        each.strip() for each in values.get("STRIPE_WEBHOOK_SECRET", "").split(",") if each.strip()
    )
    if env == "demo" and key is None and base is None:
        return _Stripe(
            SANDBOX_KEY, (_sandbox_secret(values.get("SECRET_KEY", "")),), _sandbox_base(base_url, port)
        )
    _refuse_unsafe_stripe(key, base, secrets_given, env)
    return _Stripe(key, secrets_given, base.rstrip("/") if base else None)


def _refuse_unsafe_stripe(
    key: str | None, base: str | None, secrets_given: tuple[str, ...], env: str
) -> None:
    if key is None and (base or secrets_given):
        raise ConfigError(
            "STRIPE_SECRET_KEY: missing, though other STRIPE_ variables are set; give it or drop them"
        )
    if key is None:
        return
    if not key.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")):
        raise ConfigError("STRIPE_SECRET_KEY: must begin with sk_test_, rk_test_, sk_live_ or rk_live_")
    if _is_live(key) and env == "demo":
        raise ConfigError(
            "STRIPE_SECRET_KEY: a live key moves money and is refused in a demo; use one of test mode"
        )
    if _is_live(key) and base:
        raise ConfigError(
            "STRIPE_API_BASE: is refused with a live key, which belongs to Stripe alone; drop one of them"
        )
    if key == SANDBOX_KEY and env == "production":
        raise ConfigError("STRIPE_SECRET_KEY: the sandbox's key belongs to the demo; use a key of Stripe's")
    if not secrets_given:
        raise ConfigError(
            "STRIPE_WEBHOOK_SECRET: missing; without it no payment is heard of. Copy whsec_... from the endpoint"
        )
    if not all(each.startswith("whsec_") and len(each) > len("whsec_") for each in secrets_given):
        raise ConfigError("STRIPE_WEBHOOK_SECRET: each of the comma list must begin with whsec_")


def _is_live(key: str | None) -> bool:
    return (key or "").startswith(("sk_live_", "rk_live_"))


def _sandbox_base(base_url: str, port: int) -> str:
    """The sandbox listens beside the demo, where the browser of the demo can reach it."""
    parts = urlsplit(base_url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"http://{host}:{port + 1}"


def _sandbox_secret(secret_key: str) -> str:
    # Derived, so that the school and the sandbox agree without a file between them.
    return "whsec_" + hashlib.sha256(b"sandbox webhook " + secret_key.encode()).hexdigest()[:32]


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
