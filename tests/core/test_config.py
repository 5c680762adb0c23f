"""Configuration: complete, typed, and every wrong value stops the start with one line."""

import re
from pathlib import Path

import pytest

from core.config import (
    SETTINGS_FILE,
    VARIABLES,
    Config,
    ConfigError,
    load,
    new_secret,
    read_settings,
    write_settings,
)
from tests.conftest import run_stratum
from tests.servers import ROOT

SECRET = "a-secret-0123456789-abcdefghijklmnop"


def configure(instance: Path, **values: str) -> Config:
    return load({"STRATUM_ENV": "demo", "SECRET_KEY": SECRET, "INSTANCE": str(instance), **values})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRATUM_ENV", "staging"),
        ("STRATUM_ENV", "Production"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 64),
        ("DATABASE_URL", "mysql://host/db"),
        ("DATABASE_URL", "stratum.db"),
        ("DATABASE_URL", "sqlite:stratum.db"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost"),
        ("REDIS_URL", "redis://[::1"),
        ("REDIS_URL", "redis://localhost:port"),
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://mail.example.org:99999"),
        ("MEDIA_URL", "ftp://host/media"),
        ("MEDIA_URL", "s3://"),
        ("BASE_URL", "learn.example.org"),
        ("BASE_URL", "ftp://learn.example.org"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://learn.example.org/school"),
        ("BASE_URL", "https://learn.example.org?x=1"),
        ("BASE_URL", "https://me@learn.example.org"),
        ("BASE_URL", "https://[::1"),
        ("TRUSTED_PROXY_HOPS", "-1"),
        ("TRUSTED_PROXY_HOPS", "one"),
        ("TRUSTED_PROXY_HOPS", "10"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "²"),
        ("PORT", "8000.0"),
    ],
)
def test_a_wrong_value_stops_with_one_line_that_names_the_variable(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(ConfigError) as refusal:
        configure(tmp_path, **{name: value})

    line = str(refusal.value)
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert len(line) > len(name) + 20  # A remedy, not only a name.


def test_a_refusal_shows_no_password(tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "BASE_URL", "SECRET_KEY"):
        with pytest.raises(ConfigError) as refusal:
            configure(tmp_path, **{name: "xyz://me:hunter2@host"})
        assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"BASE_URL": "http://learn.example.org"}, "BASE_URL"),
        ({"BASE_URL": ""}, "BASE_URL"),
    ],
)
def test_production_refuses_what_is_unsafe(tmp_path: Path, values: dict[str, str], named: str) -> None:
    safe = {"STRATUM_ENV": "production", "BASE_URL": "https://learn.example.org"}

    with pytest.raises(ConfigError, match=f"^{named}: "):
        configure(tmp_path, **{**safe, **values})


def test_production_is_what_an_operator_gets_who_says_nothing(tmp_path: Path) -> None:
    given = {"SECRET_KEY": SECRET, "INSTANCE": str(tmp_path), "BASE_URL": "https://learn.example.org"}

    config = load(given)

    assert config.env == "production"
    assert not config.is_demo
    assert config.is_https


def test_the_defaults_lie_in_the_instance_and_trust_no_proxy(tmp_path: Path) -> None:
    config = configure(tmp_path)

    assert config.database_url == f"sqlite:///{tmp_path / 'stratum.db'}"
    assert config.media_url == (tmp_path / "media").as_uri()
    assert config.base_url == "http://127.0.0.1:8000"
    assert config.trusted_proxy_hops == 0
    assert (config.redis_url, config.smtp_url) == (None, None)


def test_the_base_address_follows_the_port(tmp_path: Path) -> None:
    assert configure(tmp_path, PORT="9123").base_url == "http://127.0.0.1:9123"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_gets_its_driver(tmp_path: Path, scheme: str) -> None:
    config = configure(tmp_path, DATABASE_URL=f"{scheme}://me:pw@db/stratum")

    assert config.database_url == "postgresql+psycopg://me:pw@db/stratum"


def test_the_environment_wins_over_the_settings_file(tmp_path: Path) -> None:
    write_settings(tmp_path / SETTINGS_FILE, {"PORT": "9001", "TRUSTED_PROXY_HOPS": "2"})

    config = configure(tmp_path, PORT="9002")

    assert config.port == 9002
    assert config.trusted_proxy_hops == 2


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    write_settings(tmp_path / SETTINGS_FILE, {"PORT": "9001"})

    assert configure(tmp_path, PORT="").port == 9001


def test_a_wrong_line_in_the_settings_file_stops_the_start_too(tmp_path: Path) -> None:
    write_settings(tmp_path / SETTINGS_FILE, {"PORT": "many"})

    with pytest.raises(ConfigError, match=r"^PORT: "):
        configure(tmp_path)


def test_the_settings_file_is_readable_by_its_owner_only_and_written_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / SETTINGS_FILE
    write_settings(path, {"SECRET_KEY": "first"})
    write_settings(path, {"SECRET_KEY": "second"})

    assert path.stat().st_mode & 0o777 == 0o600
    assert read_settings(path) == {"SECRET_KEY": "first"}


def test_comments_and_blank_lines_of_the_settings_file_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text("# a note\n\n PORT = 9001 \nSECRET_KEY=with=signs\n")

    assert read_settings(path) == {"PORT": "9001", "SECRET_KEY": "with=signs"}


def test_a_secret_made_here_is_accepted(tmp_path: Path) -> None:
    assert configure(tmp_path, SECRET_KEY=new_secret()).secret_key
    assert new_secret() != new_secret()


def test_the_documentation_lists_exactly_the_variables() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "configuration.md").read_text(), re.MULTILINE)

    assert sorted(rows) == sorted(VARIABLES)


def test_a_command_stops_with_the_line_and_no_traceback(tmp_path: Path) -> None:
    done = run_stratum(
        "content", "--help", instance=tmp_path, STRATUM_ENV="demo", SECRET_KEY=SECRET, PORT="many"
    )

    assert done.returncode != 0
    assert "PORT: 'many'" in done.stderr
    assert "Traceback" not in done.stderr
