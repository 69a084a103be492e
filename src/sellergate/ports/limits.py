"""How often one may ask."""

from typing import Protocol


class RateLimiter(Protocol):
    """Counts calls and refuses those beyond what the operator allows. Every hit that is let through is counted."""

    def hit_request(self, seller_id: str) -> None:
        """One authorization request of this seller. Raises RateLimited."""

    def hit_write(self, subject: str) -> None:
        """One writing call of this subject, whatever it does. Raises RateLimited."""
