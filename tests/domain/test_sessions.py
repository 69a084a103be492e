"""Who has signed in, what they may act as, and how long that holds."""

from datetime import timedelta

import pytest

from builders import HOUR, NOON, TICK
from sellergate.domain.errors import Forbidden
from sellergate.domain.identifiers import Actor, Role
from sellergate.domain.sessions import Account, Person, Session, SessionLimits, accounts_of

SUPPLIER, SELLER, OPERATOR = Account(Role.SUPPLIER, "acme"), Account(Role.SELLER, "anna"), Account(Role.OPERATOR)
LIMITS = SessionLimits(idle=HOUR, absolute=3 * HOUR)


def a_session(**facts):
    person = Person(subject="user-1", accounts=(SUPPLIER, SELLER, OPERATOR))
    given = {"person": person, "account": SUPPLIER, "began_at": NOON, "seen_at": NOON, **facts}
    return Session(id="hash", **given)


@pytest.mark.parametrize(
    ("roles", "sellers", "suppliers", "accounts"),
    [
        (["seller", "supplier", "operator"], ["anna"], ["acme"], (SUPPLIER, SELLER, OPERATOR)),
        (["supplier"], ["anna"], ["zeta", "acme", "zeta"], (SUPPLIER, Account(Role.SUPPLIER, "zeta"))),
        (["supplier"], ["anna"], [], ()),
        (["service", "system"], [], [], ()),
        (["admin"], [], [], (Account(Role.ADMIN),)),
        ([], ["anna"], ["acme"], ()),
    ],
)
def test_accounts_are_what_both_roles_and_ids_allow(roles, sellers, suppliers, accounts):
    assert accounts_of(map(Role, roles), sellers, suppliers) == accounts


def test_an_account_has_a_key_of_its_own():
    assert [account.key for account in (SUPPLIER, SELLER, OPERATOR)] == ["supplier:acme", "seller:anna", "operator"]


def test_a_session_ends_when_nobody_uses_it_for_too_long():
    session = a_session(seen_at=NOON + HOUR)

    assert session.holds(NOON + 2 * HOUR - TICK, LIMITS)
    assert not session.holds(NOON + 2 * HOUR, LIMITS)


def test_a_session_ends_in_the_end_however_much_it_is_used():
    session = a_session(seen_at=NOON + 3 * HOUR - TICK)

    assert session.holds(NOON + 3 * HOUR - TICK, LIMITS)
    assert not session.holds(NOON + 3 * HOUR, LIMITS)


def test_the_actor_is_the_person_in_one_account():
    assert a_session().actor == Actor("user-1", Role.SUPPLIER, supplier_id="acme")
    assert a_session(account=SELLER).actor == Actor("user-1", Role.SELLER, seller_id="anna")
    assert a_session(account=OPERATOR).actor == Actor("user-1", Role.OPERATOR)


def test_a_session_switches_only_to_accounts_of_its_person():
    assert a_session().acting_as("operator").account == OPERATOR
    for foreign in ("supplier:zeta", "admin", "supplier", ""):
        with pytest.raises(Forbidden):
            a_session().acting_as(foreign)


def test_the_limits_are_a_working_day():
    assert SessionLimits() == SessionLimits(idle=timedelta(hours=2), absolute=timedelta(hours=12))
