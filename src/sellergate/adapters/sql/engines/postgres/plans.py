"""What PostgreSQL says of how it would find a statement's rows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Index
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex

from sellergate.adapters.sql.engines.plans import Plan
from sellergate.adapters.sql.engines.postgres.facts import MANY, ONE
from sellergate.adapters.sql.engines.postgres.feed import LOOK, RECENT
from sellergate.adapters.sql.errors import as_store_errors

JUDGED_FROM: Final = 10_000
"""So many rows make an index worth using; of a smaller table we only ask whether it could be used."""
WANTED_FROM: Final = 5_000
"""Whoever wants so many rows is not helped by an index; one process of several that share the reading wants fewer."""

_SORTS: Final = frozenset({"Sort", "Incremental Sort"})
_SIZES: Final = (
    "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
)
_VALID: Final = """
    SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indisvalid AND c.relnamespace = current_schema()::regnamespace
"""


def plan_of(connection: Connection, statement: str, parameters: Any) -> Plan:
    """The plan the server would follow now."""
    explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    nodes = list(_nodes(explained[0]["Plan"]))
    scans = [node for node in nodes if node["Node Type"] == "Seq Scan"]
    return Plan(
        indexes=frozenset(node["Index Name"] for node in nodes if "Index Name" in node),
        whole_tables=frozenset(node["Relation Name"] for node in scans),
        needlessly_whole=frozenset(node["Relation Name"] for node in scans if node["Plan Rows"] < WANTED_FROM),
        rows_sorted=max((node["Plan Rows"] for node in nodes if node["Node Type"] in _SORTS), default=0),
    )


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def own_statements(seller_id: str, product_id: str) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """What is asked past SQLAlchemy: by the gate, and by whoever follows the feed."""
    return {
        "gate, one product": (_named(ONE), {"seller": seller_id, "product": product_id}),
        "gate, many products": (_named(MANY), {"seller": seller_id, "product": [product_id, "p-1", "p-2"]}),
        "look at the feed": (LOOK, {"upto": 2**62, "open": [2**62 - 1]}),
        "recent changes": (RECENT, {"seconds": 60.0}),
    }


def _named(statement: bytes) -> str:
    return statement.decode().replace("$1", "%(seller)s").replace("$2", "%(product)s")


def small_tables(connection: Connection) -> frozenset[str]:
    """Tables in which the server rightly does without an index. One that was never analysed counts as small."""
    with as_store_errors():
        return frozenset(name for name, rows in connection.exec_driver_sql(_SIZES) if rows < JUDGED_FROM)


def prefer_indexes(connection: Connection) -> None:
    """From now on this transaction reads no table whole if there is any index to use."""
    with as_store_errors():
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")


def remade(index: Index) -> str:
    """Statements that make an index anew, each of which has to stand alone; what a broken run has left goes first."""
    made = " ".join(str(CreateIndex(index).compile(dialect=postgresql.dialect())).split())  # type: ignore[no-untyped-call]
    return f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}; {made.replace('INDEX', 'INDEX CONCURRENTLY', 1)}"


def missing_indexes(connection: Connection, names: Iterable[str]) -> frozenset[str]:
    """Those of the indexes that are not there, or are left over from a CREATE INDEX that was broken off."""
    with as_store_errors():
        return frozenset(names) - frozenset(connection.exec_driver_sql(_VALID).scalars())
