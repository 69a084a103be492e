"""Pages of lists: limits, and cursors that fit only the query they came from."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from sellergate.faces.problems import invalid
from sellergate.faces.wire import WireOut
from sellergate.ports.queries import Page, PageRequest, Position

Item = TypeVar("Item")
Row = TypeVar("Row", bound=BaseModel)


class ListOut(WireOut, Generic[Row]):
    """A page: its items, the cursor of the next one (null at the end), and how many items there are on all pages."""

    items: list[Row]
    next_cursor: str | None
    total: int


class Filters(BaseModel):
    """What a list is narrowed by. An empty value is none; an unknown name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, given: Any) -> Any:
        known = {field.alias for field in cls.model_fields.values()}
        return {name: value for name, value in given.items() if value != "" or name not in known}


class Listing(Filters):
    """The query of a list."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=1024)] = None

    @property
    def page(self) -> PageRequest:
        """Which page is asked for. Raises InvalidInput for a cursor of another query, or of none."""
        return PageRequest(self.limit, None if self.cursor is None else self._position(self.cursor))

    def answer(self, page: Page[Item], row: Callable[[Item], Row], **more: Any) -> dict[str, Any]:
        """The page as it is sent, each item by `row`."""
        cursor = None if page.next is None else self._cursor(page.next)
        return {"items": [row(item) for item in page.items], "nextCursor": cursor, "total": page.total, **more}

    def _cursor(self, position: Position) -> str:
        return urlsafe_b64encode(json.dumps([self._mark(position), *position]).encode()).decode().rstrip("=")

    def _position(self, cursor: str) -> Position:
        try:
            mark, *parts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        except (ValueError, TypeError, binascii.Error, RecursionError):
            mark, parts = None, []
        position = tuple(parts)
        if not all(type(part) in (str, int) for part in position) or mark != self._mark(position):
            raise invalid([("cursor", "is not a cursor of this list with these filters")])
        return position

    def _mark(self, position: Position) -> str:
        """A short hash that ties a position to this list and its filters."""
        filters = self.model_dump(mode="json", exclude={"limit", "cursor"})
        content = json.dumps([type(self).__name__, filters, position], sort_keys=True)
        return sha256(content.encode()).hexdigest()[:16]
