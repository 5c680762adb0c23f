"""Media of a bundle in the storage, each under a key made of what it holds."""

import hashlib

from core import storage
from publishing.bundle import Bundle
from publishing.texts.media_files import ending


def storage_key(bundle: Bundle, path: str) -> str:
    """The key of the file at this path, empty where the path is."""
    return key_of(path, bundle.files[path]) if path else ""


def key_of(path: str, data: bytes) -> str:
    """The same bytes have the same key, whatever the file is called; the ending stays for its kind."""
    return f"media/{hashlib.sha256(data).hexdigest()}.{ending(path)}"


def store(bundle: Bundle) -> None:
    """Put every media file into the storage that is not there yet."""
    shelf = storage.media()
    for path, data in bundle.media().items():
        key = key_of(path, data)
        if not shelf.exists(key):
            shelf.put(key, data)
