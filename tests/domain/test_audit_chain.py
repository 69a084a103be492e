"""The audit trail proves itself: nothing in it can be changed, removed, added or reordered unseen."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta, timezone
from types import MappingProxyType

import pytest
from given import NOON, REASON, SNAPSHOT, SUPPLIER, TICK, an_authorization
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.audit import GENESIS, Event, canonical, event_of_move, event_of_refusal, seal
from sellergate.domain.authorization import Action

EVENT = Event(
    seller_id="anna",
    action="reject",
    from_status="REQUESTED",
    to_status="REJECTED",
    actor_id="user-of-acme",
    actor_role="supplier",
    at=NOON,
    version=2,
    authorization_id="a-1",
    product_id="p-1",
    supplier_id="acme",
    reason=REASON,
    metadata={"source": "bulk", "place": 3},
    record={"id": "a-1", "status": "REJECTED", "product_snapshot": {"name": "주전자"}},
)

OTHERWISE = {
    "seller_id": "ben",
    "action": "approve",
    "from_status": "INFO_REQUESTED",
    "to_status": "APPROVED",
    "actor_id": "somebody",
    "actor_role": "admin",
    "at": NOON + TICK,
    "version": 3,
    "authorization_id": None,
    "product_id": "p-2",
    "supplier_id": None,
    "reason": REASON + " ",
    "refused": "ERR_INVALID_STATUS",
    "metadata": {"source": "bulk", "place": "3"},
    "record": {"id": "a-1", "status": "REJECTED", "product_snapshot": {"name": "주전자 "}},
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet="abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


def test_every_field_but_the_sequence_is_tried():
    assert set(OTHERWISE) == {field.name for field in fields(Event)} - {"sequence"}


@pytest.mark.parametrize("name", OTHERWISE)
def test_the_hash_changes_with_every_field(name):
    changed = replace(EVENT, **{name: OTHERWISE[name]})

    assert changed.content_hash() != EVENT.content_hash()


def test_the_hash_is_of_the_content_and_not_of_its_place():
    assert replace(EVENT, sequence=7).content_hash() == EVENT.content_hash()
    assert re.fullmatch("[0-9a-f]{64}", EVENT.content_hash())


def test_the_hash_is_of_the_moment_and_not_of_its_time_zone():
    in_seoul = NOON.astimezone(timezone(timedelta(hours=9)))

    assert replace(EVENT, at=in_seoul).content_hash() == EVENT.content_hash()


def test_the_hash_is_the_same_for_ever():
    """Changing how events are hashed would make every stored trail look forged."""
    assert EVENT.content_hash() == "39c9c5432248f59c7049e47f4950286f9d53a9e1b6e302105da6d459de49f10f"


def turned(content):
    """The same content with the keys of every mapping in the opposite order."""
    if isinstance(content, Mapping):
        return {key: turned(content[key]) for key in reversed(content)}
    return [turned(item) for item in content] if isinstance(content, list) else content


@given(st.dictionaries(st.text(alphabet="abcd", max_size=3), JSON, max_size=4))
def test_canonical_json_does_not_depend_on_the_order_of_keys(content):
    assert canonical(turned(content)) == canonical(content) == canonical(MappingProxyType(content))
    assert json.loads(canonical(content)) == content


def test_canonical_json_has_no_blanks_and_keeps_letters_as_they_are():
    assert canonical({"b": [1, None], "a": "가"}) == '{"a":"가","b":[1,null]}'.encode()


def seals_of(hashes, numbers):
    """The seals of a whole trail, made one after the other."""
    seals, previous = [], GENESIS
    for number, content_hash in zip(numbers, hashes, strict=True):
        previous = seal(previous, number, content_hash)
        seals.append(previous)
    return seals


HASHES = st.lists(st.integers(0, 2**32).map("{:064x}".format), min_size=2, max_size=12, unique=True)


@given(HASHES, st.data())
def test_a_change_breaks_its_own_seal_and_every_later_one(hashes, data):
    numbers = range(1, len(hashes) + 1)
    place = data.draw(st.integers(0, len(hashes) - 1))
    changed = [*hashes[:place], "f" * 64, *hashes[place + 1 :]]

    sealed, forged = seals_of(hashes, numbers), seals_of(changed, numbers)

    assert sealed[:place] == forged[:place]
    assert all(one != other for one, other in zip(sealed[place:], forged[place:], strict=True))


@given(HASHES, st.data())
def test_a_removal_an_insertion_and_a_swap_break_the_chain(hashes, data):
    numbers = list(range(1, len(hashes) + 1))
    place = data.draw(st.integers(0, len(hashes) - 2))
    end = seals_of(hashes, numbers)[-1]

    removed = hashes[:place] + hashes[place + 1 :]
    inserted = [*hashes[:place], "f" * 64, *hashes[place:]]
    swapped = [*hashes[:place], hashes[place + 1], hashes[place], *hashes[place + 2 :]]

    assert seals_of(removed, numbers[:place] + numbers[place + 1 :])[-1] != end
    assert seals_of(removed, numbers[:-1])[-1] != end
    assert seals_of(inserted, [*numbers, numbers[-1] + 1])[-1] != end
    assert seals_of(swapped, numbers)[-1] != end


@given(HASHES)
def test_a_seal_also_proves_the_sequence_number(hashes):
    numbers = list(range(1, len(hashes) + 1))

    assert seals_of(hashes, numbers)[-1] != seals_of(hashes, [*numbers[:-1], numbers[-1] + 1])[-1]


def test_the_event_of_a_move_tells_both_ends_and_the_whole_record():
    before = an_authorization()
    after = before.approved(SUPPLIER, snapshot=SNAPSHOT, expires_at=None, at=NOON + TICK)
    event = event_of_move(before, after, Action.APPROVE, SUPPLIER, metadata={"source": "bulk"})

    assert (event.from_status, event.action, event.to_status) == ("REQUESTED", "approve", "APPROVED")
    assert (event.actor_id, event.actor_role) == (SUPPLIER.id, "supplier")
    assert (event.version, event.at, event.refused) == (2, NOON + TICK, None)
    assert event.record == after.facts()
    assert event.metadata == {"source": "bulk"}


def test_the_event_of_a_first_request_begins_at_none():
    event = event_of_move(None, an_authorization(), Action.REQUEST, SUPPLIER)

    assert (event.from_status, event.to_status, event.version) == ("NONE", "REQUESTED", 1)


@pytest.mark.parametrize(
    ("record", "status", "id", "version"),
    [(None, "NONE", None, 0), (an_authorization(version=4), "REQUESTED", "a-1", 4)],
)
def test_a_refusal_changes_neither_status_nor_version(record, status, id, version):
    event = event_of_refusal(
        record,
        Action.APPROVE,
        SUPPLIER,
        code="ERR_INVALID_STATUS",
        seller_id="anna",
        product_id="p-1",
        supplier_id="acme",
        at=NOON,
    )

    assert (event.from_status, event.to_status, event.version) == (status, status, version)
    assert (event.refused, event.authorization_id, event.record) == ("ERR_INVALID_STATUS", id, None)
