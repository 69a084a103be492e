"""The wall that the driver's errors do not cross."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from sellergate.domain.errors import InvalidInput, SellergateError, StoreUnavailable

_SQLITE_DUPLICATES: Final = frozenset({
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_TRIGGER",  # of a sealed event's second seal, see the migration
})  # fmt: skip
_SQLSTATE_UNIQUE: Final = "23505"


@contextmanager
def as_store_errors(duplicate: type[SellergateError] | None = None) -> Iterator[None]:
    """Raises `duplicate` where a key is already taken, InvalidInput for other data the tables refuse, and
    StoreUnavailable for everything else that goes wrong below; each with the original as its cause.
    """
    try:
        yield
    except (IntegrityError, DataError) as error:
        if duplicate is not None and _is_duplicate(error):
            raise duplicate from error
        raise InvalidInput("The database refuses this: it contradicts what is stored.") from error
    except DBAPIError as error:
        raise StoreUnavailable from error
    except StatementError as error:  # a value that no column can take never got to the database
        raise InvalidInput(str(error.orig)) from error
    except SQLAlchemyError as error:  # no connection within the time limit, among others
        raise StoreUnavailable from error


def _is_duplicate(error: DBAPIError) -> bool:
    return (
        getattr(error.orig, "sqlite_errorname", None) in _SQLITE_DUPLICATES
        or getattr(error.orig, "sqlstate", None) == _SQLSTATE_UNIQUE
    )
