"""Key sets published at a URL or in a file."""

from pathlib import Path
from typing import Final

import httpx

from sellergate.ports.keys import KeysUnavailable

TIMEOUT_SECONDS: Final = 5.0
MOST_BYTES: Final = 1024 * 1024


class JwksUrl:
    """A key set at a URL. Redirects are not followed: the configured address is the one that is trusted."""

    def __init__(self, url: str) -> None:
        self._url = url

    def fetch(self) -> bytes:
        """The document as it is now. Raises KeysUnavailable."""
        try:
            answer = httpx.get(self._url, timeout=TIMEOUT_SECONDS, headers={"Accept": "application/json"})
            answer.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise KeysUnavailable(f"The key set could not be fetched: {error}") from error
        return _bounded(answer.content)


class JwksFile:
    """A key set in a file, read anew each time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fetch(self) -> bytes:
        """The document as it is now. Raises KeysUnavailable."""
        try:
            return _bounded(self._path.read_bytes())
        except OSError as error:
            raise KeysUnavailable(f"The key set could not be read: {error}") from error


def _bounded(content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        raise KeysUnavailable("The key set is larger than 1 MiB.")
    return content
