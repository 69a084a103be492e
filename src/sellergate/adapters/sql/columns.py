"""Column types that mean the same in every database."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, BigInteger, ColumnElement, DateTime, Dialect, Integer, Numeric, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

E = TypeVar("E", bound=StrEnum)

BigNumber = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number. SQLite counts by itself only in a column declared INTEGER."""


Id = String(64).with_variant(String(64, collation="C"), "postgresql")
"""An identifier. Sorted by its bytes in every database, whatever the language of the server."""

Name = Text().with_variant(Text(collation="C"), "postgresql")
"""A key that is a text of any length."""

Json = JSON().with_variant(JSONB(), "postgresql")
"""Structured data, as the database likes to keep it: numbers may come back written differently."""

JsonText = JSON(none_as_null=True)
"""Structured data that comes back to the letter, because a hash was made of it."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC. A naive one is refused; SQLite keeps text that sorts as the moments do."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as the driver takes it. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time must say its zone.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An exact amount: NUMERIC where the database has it, text on SQLite, whose numbers are floating."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type the database really has."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric(asdecimal=True))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """The amount as the driver takes it."""
        return str(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """The amount, to the last digit."""
        return None if value is None else Decimal(value)


class Choice(TypeDecorator[E], Generic[E]):
    """One value of an enumeration, kept as its text. Which values there are is the table's CHECK constraint."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__(max(len(value) for value in kind))
        self.kind = kind

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text. Raises ValueError for what is no value of the enumeration."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:  # noqa: ARG002
        """The value of the enumeration."""
        return None if value is None else self.kind(value)


class ExactSum(FunctionElement[Decimal]):
    """Two amounts as one, exact in every database."""

    type = Money()
    inherit_cache = True


@compiles(ExactSum)
def _plus(element: ExactSum, compiler: SQLCompiler, **options: Any) -> str:
    left, right = _both(element)
    return f"{compiler.process(left, **options)} + {compiler.process(right, **options)}"


@compiles(ExactSum, "sqlite")
def _plus_of_texts(element: ExactSum, compiler: SQLCompiler, **options: Any) -> str:
    left, right = _both(element)
    return f"{EXACT_SUM}({compiler.process(left, **options)}, {compiler.process(right, **options)})"


class ExactTotal(FunctionElement[Decimal]):
    """All amounts of a group as one, exact in every database; NULL without any."""

    type = Money()
    inherit_cache = True


@compiles(ExactTotal)
def _sum(element: ExactTotal, compiler: SQLCompiler, **options: Any) -> str:
    return f"sum({compiler.process(element.clauses, **options)})"


@compiles(ExactTotal, "sqlite")
def _sum_of_texts(element: ExactTotal, compiler: SQLCompiler, **options: Any) -> str:
    return f"{EXACT_TOTAL}({compiler.process(element.clauses, **options)})"


def _both(element: ExactSum) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    left, right = element.clauses
    return left, right


EXACT_SUM = "sellergate_exact_sum"
"""The function every SQLite connection of ours brings along, see `exact_sum`."""


def exact_sum(left: str, right: str) -> str:
    """What SQLite calls to add two amounts kept as text."""
    return str(Decimal(left) + Decimal(right))


EXACT_TOTAL = "sellergate_exact_total"
"""The aggregate every SQLite connection of ours brings along."""


class ExactTotaling:
    """How SQLite adds up amounts kept as text."""

    def __init__(self) -> None:
        self._total: Decimal | None = None

    def step(self, *amount: Any) -> None:
        """Add one amount."""
        self._total = (self._total or Decimal(0)) + Decimal(*amount)

    def finalize(self) -> str | None:
        """The total; None when there was nothing to add."""
        return None if self._total is None else str(self._total)


def as_json(value: Any) -> str:
    """The text that a JSON column keeps."""
    return json.dumps(value, ensure_ascii=False, default=dict)
