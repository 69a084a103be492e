"""Where a page ended, read back: positions travel through cursors, and cursors through strangers' hands."""

from datetime import UTC, datetime
from typing import Final

from sellergate.domain.errors import InvalidInput
from sellergate.ports.queries import Position

NUMBER_MAX: Final = 2**63 - 1
"""What databases can count to."""


def checked_position(position: Position, *types: type) -> Position:
    """The position itself, once its parts have the types they must have. Raises InvalidInput."""
    if len(position) != len(types) or not all(map(_is_of, position, types)):
        raise unknown_position()
    return tuple(position)


def _is_of(part: object, kind: type) -> bool:
    if isinstance(part, int) and abs(part) > NUMBER_MAX:
        return False
    return type(part) is kind


def unknown_position() -> InvalidInput:
    """The refusal of a position that this list never gave out."""
    return InvalidInput("The cursor does not belong to this list.", field="cursor")


def time_as_text(moment: datetime) -> str:
    """The moment in UTC with microseconds: texts sort as the moments do."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def time_of_text(text: str | int) -> datetime:
    """The moment a position names. Raises InvalidInput."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise unknown_position() from error
    if moment.tzinfo is None:
        raise unknown_position()
    return moment
