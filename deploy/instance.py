"""The instance: the data folder with its settings, and what must hold before it is served."""

import hashlib
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from core import config as configuration
from core.config import SETTINGS_FILE, Config, ConfigError

LOADED_FILE = "content.loaded"
DEMO_ACCOUNTS = (
    ("learner@demo.example", "in the middle of the certification"),
    ("new@demo.example", "not enrolled in anything yet"),
    ("instructor@demo.example", "teaches all courses"),
    ("admin@demo.example", "runs the school"),
    ("support@demo.example", "looks after people and enrollments"),
    ("finance@demo.example", "looks after the money"),
    ("manager@demo.example", "bought seats for a team"),
)
DEMO_PASSWORD = "demo-password-1"


def configure(mode: str, environ: Mapping[str, str]) -> Config:
    """Load the configuration for `demo` or `production`; the first time, write the instance's settings.env.

    The environment wins over the file. Nothing is written while anything is wrong. Raises ConfigError, also
    for an instance that was made for the other mode.
    """
    given = {name: value for name, value in environ.items() if value}
    settings = Path(given.get("INSTANCE", "instance")).absolute() / SETTINGS_FILE
    fresh = {} if settings.exists() else {"STRATUM_ENV": mode, "SECRET_KEY": configuration.new_secret()}
    config = configuration.load({**fresh, **given})
    _require_mode(config, mode)
    require_free_port(config.port)
    if config.has_own_sandbox:
        require_free_port(config.sandbox_port)
    kept = {"STRATUM_ENV": config.env, "PORT": str(config.port)}
    if "SECRET_KEY" not in given:
        kept["SECRET_KEY"] = config.secret_key
    configuration.write_settings(settings, kept)
    return config


def _require_mode(config: Config, mode: str) -> None:
    if config.env == mode:
        return
    other = "make run" if config.is_demo else "make serve"
    raise ConfigError(
        f"STRATUM_ENV: {config.instance.name}/ is set to {config.env}; start it by `{other}`, "
        "or give this command a folder of its own, as INSTANCE=other"
    )


def require_free_port(port: int) -> None:
    """Raise ConfigError where something else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise ConfigError(f"PORT: {port} is in use; choose another, as PORT={port % 65534 + 1}") from None


def sandbox_command(config: Config) -> list[str]:
    """How the bundled Stripe is started: beside the demo, with its state in the instance."""
    return [
        *(sys.executable, "-m", "sandbox", "--no-control", "--port", str(config.sandbox_port)),
        *("--url", str(config.stripe_api_base), "--state", str(config.instance / "sandbox.db")),
        *("--webhook", f"http://127.0.0.1:{config.port}/webhooks/stripe"),
        *("--secret", config.stripe_webhook_secrets[0]),
    ]


def count_users(url: str, like: str = "%") -> int:
    """How many people have an address like this (an SQL pattern)."""
    from sqlalchemy import create_engine, text  # Late: a demo starts without it.
    from sqlalchemy.pool import NullPool

    with create_engine(url, poolclass=NullPool).connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM users WHERE email LIKE :like"), {"like": like})
    return int(count or 0)


def refuse_demo_accounts(url: str) -> None:
    """Raise ConfigError where an account with a public password would be served."""
    if count_users(url, "%@demo.example"):
        raise ConfigError(
            "DATABASE_URL: it holds demo accounts, whose passwords everyone knows; use a new database"
        )


def content_mark(folder: Path) -> str:
    """A hash of all shipped content: as long as it stays, there is nothing to load again."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder)}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def loaded_mark(config: Config) -> str | None:
    """The mark of the content that this instance has loaded, if any."""
    path = config.instance / LOADED_FILE
    return path.read_text() if path.is_file() else None


def write_loaded_mark(config: Config, mark: str) -> None:
    """Remember which content was loaded."""
    (config.instance / LOADED_FILE).write_text(mark)


def greeting(config: Config) -> str:
    """What the operator reads once everything is up."""
    if config.is_demo:
        accounts = "\n".join(f"  {address:26} {what}" for address, what in DEMO_ACCOUNTS)
        head = f"\n{config.base_url}\nDemo accounts, password {DEMO_PASSWORD}:"
        shop = (
            f"Payments go to the sandbox on {config.stripe_api_base}: no money moves.\n"
            * config.has_own_sandbox
        )
        return f"{head}\n{accounts}\n{shop}Ctrl-C stops everything."
    lines = [f"\n{config.base_url} (listening on 127.0.0.1:{config.port})"]
    if not count_users(config.database_url):
        lines.append("Make the first admin with .venv/bin/flask stratum user create ADDRESS --role admin")
    return "\n".join(lines)
