"""Messages in words: the templates of every kind, in Korean and English, and what fills them."""

from sellergate.adapters.letters.announcing import AnnouncementWords
from sellergate.adapters.letters.letters import Letters

__all__ = ["AnnouncementWords", "Letters"]
