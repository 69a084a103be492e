"""Where the public keys come from that tokens are checked with."""

from typing import Protocol


class KeysUnavailable(Exception):
    """The key set could not be fetched, or what was fetched is not one."""


class KeySource(Protocol):
    """A published JSON Web Key Set."""

    def fetch(self) -> bytes:
        """The document as it is now. Blocks for a few seconds at most. Raises KeysUnavailable."""
