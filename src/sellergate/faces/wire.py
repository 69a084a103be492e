"""How values look on the wire: times, money, identifiers and texts, for whoever reads and writes our JSON."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from sellergate.domain.directory import SellerStatus, Tier
from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import ID_PATTERN, checked_id

MOST_DIGITS: Final = 15
"""Of an amount of money: as many as a JSON number carries through every language unchanged."""

NUMBER_MAX: Final = 1_000_000_000
_IS_AMOUNT: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?").fullmatch


def wire_time(at: datetime) -> str:
    """UTC, to the millisecond, with a Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def wire_amount(amount: Decimal) -> int | float:
    """A JSON number without binary noise: no more than 15 digits, so that the shortest form is the amount itself."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def wire_value(value: object) -> Any:
    """Anything in an error's facts or an event's metadata as JSON knows it."""
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, Decimal):
        return wire_amount(value)
    if isinstance(value, Mapping):
        return {str(name): wire_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [wire_value(item) for item in value]
    return value


def read_time(text: object) -> datetime:
    """The time a text says, in UTC. Raises ValueError for what is no ISO 8601 time, and for one without an offset."""
    if isinstance(text, datetime):
        return text
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if at is None:
        raise ValueError("must be a time like 2026-03-01T12:00:00Z")
    if at.tzinfo is None:
        raise ValueError("must say its offset from UTC, like 2026-03-01T12:00:00Z")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a time between the years 1 and 9999") from None


def read_amount(value: object) -> Decimal:
    """An amount of money from a JSON number or a decimal text. Raises ValueError unless it is 0 or more, of 15 digits at most."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("must be a number")  # noqa: TRY004  pydantic collects ValueErrors
    try:
        amount = Decimal(value if isinstance(value, str) and _IS_AMOUNT(value) else str(value))
    except InvalidOperation:
        raise ValueError("must be a number") from None
    if isinstance(value, str) and not _IS_AMOUNT(value):
        raise ValueError("must be a number like 19.90")
    if not amount.is_finite() or amount < 0:
        raise ValueError("must be 0 or more")
    if not _fits(amount):
        raise ValueError(f"may have at most {MOST_DIGITS} digits")
    return amount


def _fits(amount: Decimal) -> bool:
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and max(amount.adjusted(), 0) - min(exponent, 0) < MOST_DIGITS


def _id(text: str) -> str:
    try:
        return checked_id(text, "This")
    except InvalidInput:
        raise ValueError("must be 1 to 64 characters of A-Z a-z 0-9 . _ : -") from None


Id = Annotated[str, AfterValidator(_id), WithJsonSchema({"type": "string", "pattern": f"^{ID_PATTERN}$"})]
UtcTime = Annotated[
    datetime,
    BeforeValidator(read_time),
    PlainSerializer(wire_time),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Amount = Annotated[
    Decimal,
    BeforeValidator(read_amount, json_schema_input_type=float | str),
    PlainSerializer(wire_amount, return_type=int | float),
]
Money = Annotated[Decimal, PlainSerializer(wire_amount, return_type=int | float)]
"""An amount we send; sums may have any number of digits."""

_WRITABLE: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Text = Annotated[str, Field(pattern=_WRITABLE)]
"""Any text without control characters but tab and line ends: databases and people can read it."""

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=_WRITABLE)]
Number = Annotated[int, Field(ge=0, le=NUMBER_MAX)]
TierName = Annotated[Tier, Field(strict=False)]
SellerStatusName = Annotated[SellerStatus, Field(strict=False)]


class WireIn(BaseModel):
    """What callers send: names in camelCase, types exactly, nothing unknown."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel)


class WireOut(BaseModel):
    """What callers are sent: names in camelCase."""

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True, from_attributes=True
    )
