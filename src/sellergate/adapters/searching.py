"""What a search for a product looks through: the same text in every store, so that every store finds the same."""

from unicodedata import normalize

from sellergate.domain.directory import Product


def searchable(product: Product) -> str:
    """Id, name and SKU, one a line, folded."""
    return folded("\n".join(part for part in (product.id, product.name, product.sku) if part))


def folded(text: str) -> str:
    """The text without regard to case, in composed form: Korean typed on one system is found on another."""
    return normalize("NFC", normalize("NFC", text).casefold())
