"""What denials are called."""

from sellergate.domain.gate import Stage
from sellergate.faces.console.language import Words


def stage_names(words: Words) -> dict[str, str]:
    """Where in a sale the gate was asked."""
    return {
        Stage.CART: words.pgettext("stage", "Cart"),
        Stage.ORDER: words.pgettext("stage", "Order"),
        Stage.SETTLEMENT: words.pgettext("stage", "Settlement"),
    }


def denial_names(words: Words) -> dict[str, tuple[str, str]]:
    """Why a sale is denied, by error code: the colour of its badge, and its name."""
    return {
        "ERR_SELLER_NOT_AUTHORIZED": ("mute", words.gettext("Not approved")),
        "ERR_AUTHORIZATION_REVOKED": ("bad", words.gettext("Revoked")),
        "ERR_AUTHORIZATION_EXPIRED": ("warn", words.gettext("Expired")),
        "ERR_SELLER_SUSPENDED": ("warn", words.gettext("Seller suspended")),
        "ERR_PRODUCT_NOT_FOUND": ("info", words.gettext("No such product")),
        "ERR_PRODUCT_INACTIVE": ("info", words.gettext("Product not for sale")),
        "ERR_AUTHORIZATION_CHECK_FAILED": ("bad", words.gettext("Check failed")),
    }
