"""People who have signed in with a browser: who they are, what they may act as, and how long that holds."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.errors import Forbidden
from sellergate.domain.identifiers import Actor, Role, SellerId, SupplierId

PEOPLE: Final = (Role.SUPPLIER, Role.SELLER, Role.OPERATOR, Role.ADMIN)
"""The roles in which somebody sits in front of pages, the most frequent first; programs do not sign in."""


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """One capacity in which a person may act: a role, and whose seller or supplier they are in it."""

    role: Role
    id: str | None = None

    @property
    def key(self) -> str:
        """The account as a text, unique among a person's accounts."""
        return self.role.value if self.id is None else f"{self.role.value}:{self.id}"


def accounts_of(roles: Iterable[Role], seller_ids: Iterable[str], supplier_ids: Iterable[str]) -> tuple[Account, ...]:
    """What somebody with these roles may act as; a seller or a supplier only for the ids they were given."""
    ids = {Role.SELLER: sorted(set(seller_ids)), Role.SUPPLIER: sorted(set(supplier_ids))}
    given = frozenset(roles)
    return tuple(Account(role, id) for role in PEOPLE if role in given for id in ids.get(role, [None]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who has signed in, as the identity provider knows them. `accounts` is what they may act as, best first."""

    subject: str
    name: str | None = None
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """How long a session holds when nobody uses it, and how long at most."""

    idle: timedelta = timedelta(hours=2)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which a person has signed in, and the account they act as in it.

    `id` is the hash of the secret that the browser keeps; who reads it here cannot sign in with it. Times are UTC.
    """

    id: str
    person: Person
    account: Account
    began_at: datetime
    seen_at: datetime

    def holds(self, now: datetime, limits: SessionLimits) -> bool:
        """Whether it still counts."""
        return now < self.seen_at + limits.idle and now < self.began_at + limits.absolute

    @property
    def actor(self) -> Actor:
        """The person in the account they act as."""
        return Actor(
            self.person.subject,
            self.account.role,
            seller_id=SellerId(self.account.id) if self.account.role is Role.SELLER and self.account.id else None,
            supplier_id=SupplierId(self.account.id) if self.account.role is Role.SUPPLIER and self.account.id else None,
        )

    def acting_as(self, key: str) -> "Session":
        """The same session in another of the person's accounts. Raises Forbidden when it is none of theirs."""
        for account in self.person.accounts:
            if account.key == key:
                return replace(self, account=account)
        raise Forbidden("This account is not one of yours.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayPreferences:
    """How a person likes the pages; None leaves it to the browser. `single_keys`: whether single letters are shortcuts."""

    language: str | None = None
    theme: str | None = None
    single_keys: bool = True
