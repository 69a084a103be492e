"""Seller authorization for marketplaces.

from sellergate import Gate

with Gate.open("sqlite:///shop.db") as gate:
    gate.check("seller-1", "product-9", stage="cart")
"""

from sellergate.domain.errors import SellergateError
from sellergate.domain.gate import GateAnswer, Mode, Reason, Snapshot, Stage
from sellergate.embedded import Gate
from sellergate.settings import ConfigurationError

__all__ = ["ConfigurationError", "Gate", "GateAnswer", "Mode", "Reason", "SellergateError", "Snapshot", "Stage"]
