"""Suppliers, sellers and products, and what a supplier has decided beforehand."""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from sellergate.adapters.sql.columns import Choice, Id, Json, Money
from sellergate.adapters.sql.tables.declaring import BY_KEY, metadata, one_of
from sellergate.domain.directory import SellerStatus, Tier
from sellergate.domain.policy import AutoApproval

suppliers: Final = Table(
    "suppliers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("locale", Text),
    Column("is_test", Boolean, nullable=False),
    Column("is_partner", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    **BY_KEY,
)

sellers: Final = Table(
    "sellers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("tier", Choice(Tier), nullable=False),
    Column("status", Choice(SellerStatus), nullable=False),
    Column("supplier_id", Id, ForeignKey(suppliers.c.id)),
    Column("email", Text),
    Column("locale", Text),
    Column("user_id", Text, unique=True),
    Column("version", Integer, nullable=False),
    one_of("tier", Tier),
    one_of("status", SellerStatus),
    Index(None, "tier", "id"),
    **BY_KEY,
)

products: Final = Table(
    "products",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("supplier_id", Id, ForeignKey(suppliers.c.id), index=True),
    Column("active", Boolean, nullable=False),
    Column("sku", Text),
    Column("category", Text),
    Column("price", Money),
    Column("daily_views", Integer),
    Column("monthly_orders", Integer),
    Column("top_seller", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("searchable", Text, nullable=False),
    **BY_KEY,
)

supplier_policies: Final = Table(
    "supplier_policies",
    metadata,
    Column("supplier_id", Id, ForeignKey(suppliers.c.id), primary_key=True),
    Column("auto_approval", Choice(AutoApproval), nullable=False),
    Column("trusted_sellers", Json, nullable=False),
    Column("minimum_tier", Choice(Tier)),
    Column("max_sellers_per_product", Integer),
    Column("products", Json, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    one_of("auto_approval", AutoApproval),
    one_of("minimum_tier", Tier),
)
