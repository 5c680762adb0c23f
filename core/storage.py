"""Files that people brought: in a folder, or in S3-compatible storage, behind one protocol.

A key is a relative path such as `media/figures/barrier.svg`. What was put is on the disk (or with
the supplier) when `put` returns, whole or not at all; a key that would leave the storage is refused.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from core.config import ConfigError, current_config

ADDRESS_SECONDS = 300
_PART = re.compile(r"[\w][\w.,@ -]*")


class Storage(Protocol):
    """Bytes by key. Putting again replaces; deleting what is absent is no error.

    All raise OSError where the disk or the supplier fails.
    """

    def put(self, key: str, data: bytes) -> None: ...

    def read(self, key: str) -> bytes:
        """The bytes. Raises FileNotFoundError for a key that holds nothing."""
        ...

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None: ...

    def address(self, key: str) -> str | None:
        """Where a browser may fetch it for the next 5 minutes; None where the app itself must send it."""
        ...


def media() -> Storage:
    """The storage of the running app, from MEDIA_URL."""
    return storage_at(current_config().media_url)


@cache
def storage_at(url: str) -> Storage:
    """The storage at `file:///folder` or `s3://bucket/prefix?endpoint=https://...`."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderStorage(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        endpoint = parse_qs(parts.query).get("endpoint", [None])[0]
        return S3Storage(parts.netloc, parts.path.strip("/"), endpoint)
    raise ConfigError("MEDIA_URL: must be a folder as file:///srv/media, or s3://bucket/prefix")


def origin_of(url: str) -> str | None:
    """Where browsers are sent for the media at `url`, as scheme and host; None where the app sends them itself."""
    address = storage_at(url).address("any")
    parts = urlsplit(address or "")
    return f"{parts.scheme}://{parts.netloc}" if address else None


def checked(key: str) -> str:
    """The key itself. Raises ValueError for one that is absolute, climbs, hides or holds odd characters."""
    if not all(_PART.fullmatch(part) for part in key.split("/")):
        raise ValueError(f"{key!r} cannot be a storage key")
    return key


class FolderStorage:
    """Files in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, data: bytes) -> None:
        target = self._folder / checked(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.parent / f".{uuid4().hex}"
        try:
            _write_through(unfinished, data)
            unfinished.replace(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)

    def read(self, key: str) -> bytes:
        return (self._folder / checked(key)).read_bytes()

    def exists(self, key: str) -> bool:
        return (self._folder / checked(key)).is_file()

    def delete(self, key: str) -> None:
        (self._folder / checked(key)).unlink(missing_ok=True)

    def address(self, key: str) -> str | None:
        checked(key)
        return None


class S3Storage:
    """Objects in a bucket; credentials and region come from where the S3 library finds them."""

    def __init__(self, bucket: str, prefix: str = "", endpoint: str | None = None) -> None:
        # Late: it takes long, and a school with a folder never needs it.
        import boto3
        from botocore.config import Config as Settings

        settings = Settings(
            connect_timeout=5, read_timeout=10, retries={"max_attempts": 2}, signature_version="s3v4"
        )
        self._bucket, self._prefix = bucket, prefix
        self._client: Any = boto3.client("s3", endpoint_url=endpoint, config=settings)

    def put(self, key: str, data: bytes) -> None:
        with _asking():
            self._client.put_object(**self._named(key), Body=data)

    def read(self, key: str) -> bytes:
        with _asking():
            try:
                answer = self._client.get_object(**self._named(key))
            except self._client.exceptions.NoSuchKey:
                raise FileNotFoundError(key) from None
            data: bytes = answer["Body"].read()
            return data

    def exists(self, key: str) -> bool:
        with _asking():
            try:
                self._client.head_object(**self._named(key))
            except self._client.exceptions.ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    return False
                raise
            return True

    def delete(self, key: str) -> None:
        with _asking():
            self._client.delete_object(**self._named(key))

    def address(self, key: str) -> str | None:
        named = self._named(key)
        url: str = self._client.generate_presigned_url("get_object", Params=named, ExpiresIn=ADDRESS_SECONDS)
        return url

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": "/".join(filter(None, (self._prefix, checked(key))))}


@contextmanager
def _asking() -> Iterator[None]:
    """What the supplier's library raises becomes OSError, as a disk that fails tells it."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OSError("the object storage failed") from error


def _write_through(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    with suppress(OSError):  # Some network file systems cannot.
        os.fsync(descriptor)
    os.close(descriptor)
