"""The wall that the driver's errors do not cross."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from sellergate.domain.errors import ConcurrentChange, InvalidInput, SellergateError, StoreUnavailable

_SQLITE_DUPLICATES: Final = frozenset({
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_TRIGGER",  # of a sealed event's second seal, see the migration
})  # fmt: skip
_SQLSTATE_UNIQUE: Final = "23505"
_SQLSTATES_OF_RACES: Final = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: the database has undone one of those that were in each other's way."""


@contextmanager
def as_store_errors(duplicate: type[SellergateError] | None = None) -> Iterator[None]:
    """Raises `duplicate` where a key is already taken, InvalidInput for other data the tables refuse, ConcurrentChange where
    others were in the way, and StoreUnavailable for everything else that goes wrong below; each with the original as its
    cause.
    """
    try:
        yield
    except (IntegrityError, DataError) as error:
        if duplicate is not None and _is_duplicate(error):
            raise duplicate from error
        raise InvalidInput("The database refuses this: it contradicts what is stored.") from error
    except DBAPIError as error:
        raise refusal_of(error.orig) from error
    except StatementError as error:  # a value that no column can take never got to the database
        raise InvalidInput(str(error.orig)) from error
    except SQLAlchemyError as error:  # no connection within the time limit, among others
        raise StoreUnavailable from error


def refusal_of(error: object) -> SellergateError:
    """What we say instead of this error of a driver's that is nobody's mistake."""
    return ConcurrentChange() if _sqlstate(error) in _SQLSTATES_OF_RACES else StoreUnavailable()


def _is_duplicate(error: DBAPIError) -> bool:
    return (
        getattr(error.orig, "sqlite_errorname", None) in _SQLITE_DUPLICATES or _sqlstate(error.orig) == _SQLSTATE_UNIQUE
    )


def _sqlstate(error: object) -> str | None:
    state: str | None = getattr(error, "sqlstate", None)
    return state
