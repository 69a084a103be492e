"""The stores in dictionaries: for tests, for users' tests, and for a demonstration that leaves nothing behind."""

from sellergate.adapters.memory.store import MemoryStore

__all__ = ["MemoryStore"]
