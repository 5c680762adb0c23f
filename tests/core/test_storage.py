"""The folder and the S3 storage keep the same promises."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from app import create_app
from core.config import ConfigError
from core.storage import FolderStorage, S3Storage, Storage, storage_at
from tests.conftest import make_config


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    """A small S3 on this machine with a bucket `school`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="school")
        yield endpoint
        server.stop()


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return storage_at((tmp_path / "with space").as_uri())
    endpoint = request.getfixturevalue("s3_endpoint")
    return storage_at(f"s3://school/{tmp_path.name}?endpoint={endpoint}")


def test_gives_back_what_was_put(storage: Storage) -> None:
    storage.put("media/figures/barrier.svg", b"<svg/>")
    assert storage.read("media/figures/barrier.svg") == b"<svg/>"
    assert storage.exists("media/figures/barrier.svg")


def test_putting_again_replaces(storage: Storage) -> None:
    storage.put("logo.png", b"old")
    storage.put("logo.png", b"new")
    assert storage.read("logo.png") == b"new"


def test_a_missing_key_is_a_missing_file(storage: Storage) -> None:
    assert not storage.exists("absent.png")
    with pytest.raises(FileNotFoundError):
        storage.read("absent.png")


def test_deleting_twice_is_no_error(storage: Storage) -> None:
    storage.put("logo.png", b"x")
    storage.delete("logo.png")
    storage.delete("logo.png")
    assert not storage.exists("logo.png")


@pytest.mark.parametrize(
    "key",
    [
        "../secret",
        "/etc/passwd",
        "a/../../b",
        "a//b",
        "",
        ".hidden",
        "a/.hidden",
        "a\\b",
        "a\0b",
        "a/",
        "a\n",
    ],
)
def test_a_key_that_escapes_is_refused(storage: Storage, key: str) -> None:
    for use in (storage.read, storage.exists, storage.delete, storage.address, lambda k: storage.put(k, b"")):
        with pytest.raises(ValueError, match="cannot be a storage key"):
            use(key)


def test_a_folder_sends_through_the_app(tmp_path: Path) -> None:
    assert FolderStorage(tmp_path).address("logo.png") is None


def test_s3_gives_a_signed_address_of_five_minutes(s3_endpoint: str) -> None:
    storage = S3Storage("school", "media", s3_endpoint)
    storage.put("logo.png", b"x")
    address = storage.address("logo.png")
    assert address is not None
    assert address.startswith(f"{s3_endpoint}/school/media/logo.png?")
    assert "X-Amz-Expires=300" in address
    assert "X-Amz-Signature=" in address


def test_pages_let_pictures_and_films_come_from_where_they_lie_and_nothing_else(
    s3_endpoint: str, tmp_path: Path
) -> None:
    """An address of ours leads there; without the policy's leave the browser would show none of them."""
    app = create_app(make_config(tmp_path, MEDIA_URL=f"s3://school/media?endpoint={s3_endpoint}"))

    policy = app.test_client().get("/healthz").headers["Content-Security-Policy"].split("; ")

    assert f"img-src 'self' {s3_endpoint}" in policy
    assert f"media-src 'self' {s3_endpoint}" in policy
    assert str(policy).count(s3_endpoint) == 2


def test_a_put_that_fails_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("logo.png", b"old")

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        storage.put("logo.png", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["logo.png"]
    assert storage.read("logo.png") == b"old"


def test_an_unknown_kind_of_storage_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match="MEDIA_URL"):
        storage_at("ftp://example.org/media")


@pytest.mark.parametrize("deed", ["put", "read", "exists", "delete"])
def test_a_supplier_that_does_not_answer_fails_like_a_disk(
    deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = S3Storage("school", "media", "http://127.0.0.1:1")  # nothing listens there
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")

    with pytest.raises(OSError, match="object storage"):
        getattr(storage, deed)("a.png", *([b"x"] if deed == "put" else []))


def test_a_supplier_that_refuses_fails_like_a_disk(s3_endpoint: str) -> None:
    with pytest.raises(OSError, match="object storage"):
        S3Storage("no-such-bucket", "media", s3_endpoint).put("a.png", b"x")
