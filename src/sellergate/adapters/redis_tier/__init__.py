"""Facts that processes share, in Redis or Valkey."""

from sellergate.adapters.redis_tier.address import Address, parse_address
from sellergate.adapters.redis_tier.background import BackgroundTier
from sellergate.adapters.redis_tier.breaker import State
from sellergate.adapters.redis_tier.tier import TIMEOUT_SECONDS, RedisTier
from sellergate.adapters.redis_tier.windows import SharedWindows

__all__ = ["TIMEOUT_SECONDS", "Address", "BackgroundTier", "RedisTier", "SharedWindows", "State", "parse_address"]
