"""Test data: each builder gives a whole object and lets a test say only what matters to it."""

from datetime import UTC, datetime, timedelta
from itertools import count

from sellergate.adapters.plan_files import DEFAULT, DEMO, load_plan
from sellergate.domain.audit import Event
from sellergate.domain.authorization import HOLDS_A_SLOT, Action, Authorization, Status
from sellergate.domain.bulk_jobs import BulkJob
from sellergate.domain.directory import Product, Seller, Supplier
from sellergate.domain.identifiers import Actor, Role
from sellergate.domain.messages import Channel, Item, Message
from sellergate.domain.notices import Audience, Notice
from sellergate.domain.plan import RolloutPlan, Step
from sellergate.domain.preferences import Locale
from sellergate.domain.rollout import Phase, RolloutAction, RolloutChange, RolloutState, Source
from sellergate.domain.scheduling import UNDO_WITHIN, ScheduledDecision
from sellergate.domain.shadow import ShadowCount, ShadowKey
from sellergate.ports.control import StoredVerdict
from sellergate.ports.feed import BEGINNING, Change, ChangeKind
from sellergate.ports.stores import ProcessReport

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)

_numbers = count(1)


def a_supplier(id="acme", **facts):
    return Supplier(id=id, **{"name": id.title(), "version": 1, **facts})


def a_seller(id="anna", **facts):
    return Seller(id=id, **{"name": id.title(), "version": 1, **facts})


def a_product(id="p-1", **facts):
    return Product(id=id, **{"name": f"Product {id}", "supplier_id": "acme", "version": 1, **facts})


def an_authorization(status=Status.REQUESTED, *, seller="anna", product="p-1", **facts):
    """A record of this status; approved and decided at noon where that belongs to it."""
    of_status = {} if status in HOLDS_A_SLOT - {Status.APPROVED} else {"decided_at": NOON, "decided_by": "user-1"}
    if status is Status.APPROVED:
        of_status |= {"approved_at": NOON, "approved_by": "user-1", "product_snapshot": {"id": product}}
    given = {
        "id": f"auth-{next(_numbers):06}",
        "supplier_id": "acme",
        "version": 1,
        "requested_at": NOON,
        "updated_at": NOON,
        **of_status,
        **facts,
    }
    return Authorization(seller_id=seller, product_id=product, status=status, **given)


def an_event(action="request", *, seller="anna", product="p-1", authorization=None, **facts):
    """An event of a move, or of a refused one (`refused`); of a seller as such with `product=None`."""
    given = {
        "authorization_id": authorization,
        "supplier_id": "acme",
        "from_status": "NONE",
        "to_status": "REQUESTED",
        "actor_id": "user-1",
        "actor_role": "seller",
        "at": NOON,
        "version": 1,
        **facts,
    }
    return Event(seller_id=seller, product_id=product, action=action, **given)


def a_notice(recipient="anna", audience=Audience.SELLER, **facts):
    given = {"kind": "request.approved", "facts": {"productId": "p-1"}, "at": NOON, **facts}
    return Notice(audience=audience, recipient_id=recipient, **given)


def a_change(kind=ChangeKind.AUTHORIZATION, *, version=1, seller="anna", product="p-1"):
    return Change(kind=kind, version=version, seller_id=seller, product_id=product)


THE_PLAN = load_plan(DEFAULT)
QUICK_PLAN = load_plan(DEMO)
"""The same steps without waiting."""


def a_plan(*steps, **facts):
    """A plan of shadow, these steps and full, in which nothing has to hold."""
    whole = (Step(name="shadow", kind=Phase.SHADOW, endpoints=False), *steps)
    whole = (*whole, Step(name="full", kind=Phase.FULL, percentage=100))
    return RolloutPlan(**{"name": "A plan", "zone": "UTC", "observation": timedelta(0), **facts, "steps": whole})


def a_share(percentage, **facts):
    """A step that enforces this share."""
    return Step(**{"name": f"share-{percentage}", "kind": Phase.PERCENTAGE, "percentage": percentage, **facts})


def a_rollout(version=1, **facts):
    return RolloutState(**{"phase": Phase.SHADOW, "version": version, "since": NOON, "source": Source.MANAGED, **facts})


def a_rollout_change(version=1, **facts):
    given = {
        "action": RolloutAction.PROMOTE,
        "from_phase": Phase.OFF,
        "from_percentage": 0,
        "to_phase": Phase.SHADOW,
        "to_percentage": 0,
        "actor_id": "operator-1",
        "actor_role": "operator",
        "reason": "The first step of the plan.",
        "override": False,
        "at": NOON,
        **facts,
    }
    return RolloutChange(version=version, **given)


def a_shadow_count(number=1, *, seller="anna", product="p-1", stage="cart", code="ERR_SELLER_NOT_AUTHORIZED", **facts):
    key = ShadowKey(seller, product, stage, code)
    return ShadowCount(key=key, count=number, **{"first_seen": NOON, "last_seen": NOON, **facts})


def a_report(id="process-1", **facts):
    given = {"started_at": NOON, "seen_at": NOON, "applied_sequence": 0, "rollout_version": 0, **facts}
    return ProcessReport(id=id, **given)


def all_changes(store):
    """Everything on the feed."""
    return list(store.look(BEGINNING).changes)


def stock(store, *, sellers=("anna",), products=("p-1",), suppliers=("acme",)):
    """Enter suppliers, sellers and products (of the first supplier) by their ids."""
    with store.work() as work:
        for id in suppliers:
            work.directory.put_supplier(a_supplier(id))
        for id in sellers:
            work.directory.put_seller(a_seller(id))
        for id in products:
            work.directory.put_product(a_product(id, supplier_id=suppliers[0]))


def keep(store, *records):
    """Store authorizations as they are; the answer is the last of them."""
    with store.work() as work:
        for record in records:
            work.authorizations.add(record)
    return records[-1]


def a_message(key="m-1", **facts):
    given = {
        "channel": Channel.EMAIL,
        "address": "anna@shop.test",
        "recipient": "seller:anna",
        "locale": Locale.EN,
        "zone": "Asia/Seoul",
        "created_at": NOON,
        "due_at": NOON,
        **facts,
    }
    return Message(key=key, **given)


def an_item(kind="request.approved", **facts):
    about = {"sellerName": "Anna", "supplierName": "Acme", "productName": "Mug", "expiresAt": None}
    return Item(**{"kind": kind, "audience": "seller", "facts": about, "at": NOON, **facts})


def a_verdict(**facts):
    given = {
        "at": NOON,
        "since": NOON - HOUR,
        "rollout_version": 3,
        "verdict": "CONTINUE",
        "sentence": "All is well. 좋아요.",
    }
    return StoredVerdict(
        **{**given, "judgement": {"metrics": [{"value": 0.1}]}, "evidence": {"windows": [1, 2.5]}, **facts}
    )


def a_scheduled_decision(authorization_id, **facts):
    given = {
        "supplier_id": "acme",
        "batch": "b-1",
        "version": 1,
        "action": Action.APPROVE,
        "made_at": NOON,
        "due_at": NOON + UNDO_WITHIN,
        **facts,
    }
    by = Actor("user-of-acme", Role.SUPPLIER, supplier_id=given["supplier_id"])
    return ScheduledDecision(authorization_id=authorization_id, by=by, **given)


def a_job(key="key-1", **facts):
    given = {
        "supplier_id": "acme",
        "action": Action.APPROVE,
        "wanted": {"view": "waiting"},
        "as_of": NOON,
        "made_at": NOON,
        "due_at": NOON + UNDO_WITHIN,
        "total": 3,
        **facts,
    }
    by = Actor("user-of-acme", Role.SUPPLIER, supplier_id=given["supplier_id"])
    return BulkJob(key=key, by=by, **given)
