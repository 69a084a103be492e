"""Where the real orders are: beside the checkout, or where SELLERGATE_SHARED says."""

import csv
import os
from pathlib import Path

import pytest

# Read when the test run begins: tests see no setting of the machine's.
SHARED = Path(os.environ.get("SELLERGATE_SHARED") or Path(__file__).parents[3] / "shared")
ORDERS = SHARED / "data" / "olist_order_items.csv"

LINES, PAIRS, SELLERS, PRODUCTS = 999, 836, 456, 832


def real_orders():
    """The file of real orders. Fails, saying what is missing, when it is not there."""
    if not ORDERS.is_file():
        pytest.fail(f"The real orders are not there: {ORDERS}. Set SELLERGATE_SHARED to the folder that holds data/.")
    return ORDERS


def real_pairs():
    with real_orders().open(encoding="utf-8", newline="") as file:
        return [(line["seller_id"], line["product_id"]) for line in csv.DictReader(file)]
