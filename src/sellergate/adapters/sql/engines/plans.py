"""How an engine would find the rows of a statement, reduced to what matters."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The indexes a statement uses, the tables it reads whole, those of them of which it wants a few rows only, and how many
    rows it expects to sort at most.
    """

    indexes: frozenset[str] = frozenset()
    whole_tables: frozenset[str] = frozenset()
    needlessly_whole: frozenset[str] = frozenset()
    rows_sorted: int = 0


def together(plans: Iterable[Plan]) -> Plan:
    """The plan of several statements."""
    every = list(plans)
    return Plan(
        indexes=frozenset[str]().union(*(plan.indexes for plan in every)),
        whole_tables=frozenset[str]().union(*(plan.whole_tables for plan in every)),
        needlessly_whole=frozenset[str]().union(*(plan.needlessly_whole for plan in every)),
        rows_sorted=max((plan.rows_sorted for plan in every), default=0),
    )
