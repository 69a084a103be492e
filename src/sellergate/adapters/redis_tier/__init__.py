"""Facts that processes share, in Redis or Valkey."""

from sellergate.adapters.redis_tier.address import Address, parse_address
from sellergate.adapters.redis_tier.background import BackgroundTier
from sellergate.adapters.redis_tier.tier import RedisTier

__all__ = ["Address", "BackgroundTier", "RedisTier", "parse_address"]
