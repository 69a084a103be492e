"""What SQLite says of how it would find a statement's rows."""

import re
from typing import Any, Final

from sqlalchemy import Connection

from sellergate.adapters.sql.engines.plans import Plan

_INDEX: Final = re.compile(r"USING (?:COVERING )?INDEX (\S+)")
_WHOLE: Final = re.compile(r"^SCAN (\w+)(?!.*USING)")
_FIRST_ROWS: Final = re.compile(r"FROM (\w+) ORDER BY \1\.(?:sequence|id)(?: DESC)?\s+LIMIT")
"""A scan in the order of the key, which ends after so many rows."""


def plan_of(connection: Connection, statement: str, parameters: Any) -> Plan:
    """The plan SQLite would follow. How many rows it sorts it does not say: those of a page at least."""
    steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    whole = frozenset(name for step in steps for name in _WHOLE.findall(step)).difference(
        _FIRST_ROWS.findall(statement)
    )
    return Plan(
        indexes=frozenset(name for step in steps for name in _INDEX.findall(step)),
        whole_tables=whole,
        needlessly_whole=whole,
    )
