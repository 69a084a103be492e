"""What every table is declared with."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, ColumnElement, Index, MetaData

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BY_KEY: Final[dict[str, Any]] = {"sqlite_with_rowid": False}
"""Rows kept in the order of their text key: one look-up instead of two."""
NUMBERED: Final[dict[str, Any]] = {"sqlite_autoincrement": True}
"""A number once given is never given again, not even after a deletion."""


def one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    """The column holds one of these words."""
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def partial_index(name: str, *columns: ColumnElement[Any], where: ColumnElement[bool], unique: bool = False) -> Index:
    """An index of the rows that fulfil `where`. It joins the table of its columns."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
