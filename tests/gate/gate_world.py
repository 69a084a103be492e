"""A gate over a store, with clocks that only move when told to and a reader whose hands can be tied."""

import threading
import time
from datetime import UTC, datetime
from decimal import Decimal

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.local_tier import LocalTier
from sellergate.domain.audit import Event
from sellergate.domain.authorization import Authorization, Status
from sellergate.domain.directory import Product, Seller, SellerStatus, Supplier
from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.rollout import Phase, RolloutAction, RolloutChange, RolloutState, Source
from sellergate.ports.cache import SECOND
from sellergate.ports.clock import utc_now
from sellergate.ports.feed import Change, ChangeKind
from sellergate.services.counting import Counters
from sellergate.services.damage import DenialRecorder
from sellergate.services.following import Follower
from sellergate.services.gate import Gate
from sellergate.services.shadow import ShadowRecorder

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TTL = 60
SUPPLIER = "acme"
FULL = RolloutState(phase=Phase.FULL, percentage=100)
SHADOW = RolloutState(phase=Phase.SHADOW)
A_WHILE = 10
"""Seconds after which a test gives up waiting for something that should have happened."""


class FakeClock:
    """Nanoseconds since boot, and the time of day, in step."""

    def __init__(self):
        self.ns = 1_000 * SECOND

    def boot(self):
        return self.ns

    def wall(self):
        return NOON.timestamp() + (self.ns - 1_000 * SECOND) / SECOND

    def now(self):
        return datetime.fromtimestamp(self.wall(), UTC)

    def advance(self, seconds):
        self.ns += round(seconds * SECOND)


class RealClock:
    """The machine's own clocks, for tests with a server that has no other."""

    boot = staticmethod(boot_now)
    wall = staticmethod(time.time)
    now = staticmethod(utc_now)


class Reader:
    """The store's facts, with a count of the calls; can be down, and can be held after it has read."""

    def __init__(self, store):
        self._store = store
        self.calls = []
        self.error = None
        self._lock = threading.Lock()
        self._hold = None
        self.holding = threading.Semaphore(0)

    def facts(self, seller_id, product_ids):
        with self._lock:
            self.calls.append((seller_id, list(product_ids)))
            hold, self._hold = self._hold, None
        if self.error is not None:
            raise self.error
        answer = self._store.facts(seller_id, product_ids)
        if hold is not None:
            self.holding.release()
            assert hold.wait(A_WHILE)
        return answer

    def hold_next(self):
        """The next call reads and then waits until the answer's `set` is called."""
        self._hold = threading.Event()
        return self._hold

    def wait_until_held(self):
        assert self.holding.acquire(timeout=A_WHILE)


class World:
    """A small marketplace, written to by hand, and a gate that follows it."""

    def __init__(
        self,
        store,
        *,
        rollout=FULL,
        attach=True,
        pinned=None,
        shared=None,
        clock=None,
        denials=False,
        gate_type=Gate,
        **tier,
    ):
        self.store = store
        self.clock = clock or FakeClock()
        self.reader = Reader(store)
        self.memory = LocalTier(ttl_seconds=TTL, boot=self.clock.boot, **tier)
        self.counters = Counters()
        self.shadow = ShadowRecorder(store, now=self.clock.now)
        self.denials = DenialRecorder(store, now=self.clock.now) if denials else None
        self.gate = gate_type(
            self.reader,
            self.memory,
            counters=self.counters,
            shadow=self.shadow,
            denials=self.denials,
            views=store.view,
            rollout=rollout,
            boot=self.clock.boot,
            wall=self.clock.wall,
            shared=shared and shared(self.clock.boot),
        )
        self.heard = 0
        self.follower = Follower(
            store,
            self.memory,
            follow=self.gate.follow,
            environment=rollout,
            pinned=pinned,
            boot=self.clock.boot,
            heard=self._count_heard,
        )
        if attach:
            self.follower.attach()

    def _count_heard(self):
        self.heard += 1

    def down(self):
        self.reader.error = StoreUnavailable()

    def up(self):
        self.reader.error = None

    def later(self, seconds):
        """Let time pass while the feed is being followed."""
        self.clock.advance(seconds)
        self.follower.sync()

    @property
    def counts(self):
        """{(stage, mode, reason, cache_hit): count}"""
        return {
            (count.stage.value, count.mode.value, count.decision.reason.value, count.cache_hit): count.times
            for count in self.counters.totals().checks()
        }


def put_supplier(store, id=SUPPLIER):
    with store.work() as work:
        if work.directory.supplier(id) is None:
            work.directory.put_supplier(Supplier(id=id, name=id, version=1))


def put_seller(store, id, *, status=SellerStatus.ACTIVE, supplier_id=None, announce=True):
    """Store a seller one version higher, with the feed entry, as services do; and the event of a change of status."""
    if supplier_id:
        put_supplier(store, supplier_id)
    with store.work() as work:
        before = work.directory.seller(id)
        version = before.version + 1 if before else 1
        work.directory.put_seller(Seller(id=id, name=id, status=status, supplier_id=supplier_id, version=version))
        if announce:
            work.announce(Change(kind=ChangeKind.SELLER, version=version, seller_id=id))


def put_product(store, id, *, supplier_id=SUPPLIER, active=True):
    if supplier_id:
        put_supplier(store, supplier_id)
    with store.work() as work:
        before = work.directory.product(id)
        version = before.version + 1 if before else 1
        work.directory.put_product(
            Product(id=id, name=id, supplier_id=supplier_id, active=active, price=Decimal("9.90"), version=version)
        )
        work.announce(Change(kind=ChangeKind.PRODUCT, version=version, product_id=id))


def authorize(store, seller_id, product_id, status=Status.APPROVED, *, expires_at=None, at=NOON):
    """Store the pair's record in this status, one version higher, with its event and the feed entry."""
    with store.work() as work:
        before = work.authorizations.find(seller_id, product_id)
        approved = status is Status.APPROVED
        after = Authorization(
            id=f"{seller_id}.{product_id}",
            seller_id=seller_id,
            product_id=product_id,
            supplier_id=SUPPLIER,
            status=status,
            version=before.version + 1 if before else 1,
            requested_at=at,
            updated_at=at,
            approved_at=at if approved else None,
            approved_by="user-of-acme" if approved else None,
            expires_at=expires_at,
            product_snapshot={"id": product_id} if approved else None,
        )
        if before is None:
            work.authorizations.add(after)
        else:
            work.authorizations.replace(before, after)
        work.events.append(_event(before, after, at))
        work.announce(
            Change(kind=ChangeKind.AUTHORIZATION, version=after.version, seller_id=seller_id, product_id=product_id)
        )


def _event(before, after, at):
    return Event(
        authorization_id=after.id,
        seller_id=after.seller_id,
        product_id=after.product_id,
        supplier_id=after.supplier_id,
        action="set",
        from_status=(before.status if before else Status.NONE).value,
        to_status=after.status.value,
        actor_id="test",
        actor_role="admin",
        at=at,
        version=after.version,
        record=after.facts(),
    )


def seller_event(store, seller_id, status, at):
    """The audit trail's line of a change of a seller's status."""
    with store.work() as work:
        work.events.append(
            Event(
                seller_id=seller_id,
                action="suspend",
                from_status="ACTIVE",
                to_status=status.value,
                actor_id="test",
                actor_role="admin",
                at=at,
                version=0,
            )
        )


def set_rollout(store, phase, *, percentage=0, canary=(), at=NOON):
    """Manage the rollout: one version higher, with its history and the feed entry."""
    with store.work() as work:
        before = work.rollouts.current()
        version = before.version + 1 if before else 1
        state = RolloutState(
            phase=phase,
            percentage=percentage,
            canary_products=frozenset(canary),
            version=version,
            since=at,
            source=Source.MANAGED,
        )
        change = RolloutChange(
            version=version,
            action=RolloutAction.PROMOTE,
            from_phase=before.phase if before else Phase.OFF,
            from_percentage=before.percentage if before else 0,
            to_phase=phase,
            to_percentage=percentage,
            actor_id="test",
            actor_role="operator",
            reason="as the test wants it",
            override=False,
            at=at,
        )
        work.rollouts.save(version - 1, state, change)
        work.announce(Change(kind=ChangeKind.ROLLOUT, version=version))


def a_shop(store):
    """Sellers anna and ben, products p-1 to p-5 of acme; anna is approved for p-1 and p-2."""
    for seller in ("anna", "ben"):
        put_seller(store, seller)
    for number in range(1, 6):
        put_product(store, f"p-{number}")
    for product in ("p-1", "p-2"):
        authorize(store, "anna", product)
    return store
