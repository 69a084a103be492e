"""A small marketplace over any store, with a clock that only moves when told to."""

from datetime import UTC, datetime, timedelta

from builders import QUICK_PLAN
from sellergate.adapters.letters import AnnouncementWords
from sellergate.domain.directory import Product, Seller, Supplier, Tier
from sellergate.domain.identifiers import Actor, ProductId, Role, SellerId, SupplierId
from sellergate.domain.policy import ProductLimits, SupplierPolicy
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.services.announcing import Announcing
from sellergate.services.audiences import Places
from sellergate.services.audit import AuditTrail
from sellergate.services.backtests import BackTests
from sellergate.services.bulk import BulkDecisions
from sellergate.services.cache_advising import CacheAdvising
from sellergate.services.criteria import EvaluatedCriteria
from sellergate.services.damage import Damage
from sellergate.services.directory import DirectoryService, SellerEntry
from sellergate.services.impacts import Impacts
from sellergate.services.judging import Judge
from sellergate.services.low_risk import LowRiskRequests
from sellergate.services.naming import Naming
from sellergate.services.notifications import Notifications
from sellergate.services.outbox import Outbox
from sellergate.services.people import People
from sellergate.services.policies import Policies
from sellergate.services.propagation import Propagation
from sellergate.services.records import Records
from sellergate.services.reports import BusinessReports
from sellergate.services.rollouts import RolloutService
from sellergate.services.series import Series
from sellergate.services.shelf import SellerShelf
from sellergate.services.signing import Signing
from sellergate.services.soundings import Soundings
from sellergate.services.standing import SellerDesk
from sellergate.services.stored_windows import WRITTEN_WITHIN, StoredWindows
from sellergate.services.summaries import Summaries
from sellergate.services.verdicts import Verdicts
from sellergate.services.workflow import Workflow, WorkflowRules

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
REASON = "The product pages are not good enough."

ADMIN = Actor("admin-1", Role.ADMIN)
OPERATOR = Actor("operator-1", Role.OPERATOR)


def seller_actor(id: str) -> Actor:
    return Actor(f"user-of-{id}", Role.SELLER, seller_id=SellerId(id))


def supplier_actor(id: str) -> Actor:
    return Actor(f"user-of-{id}", Role.SUPPLIER, supplier_id=SupplierId(id))


ANNA = seller_actor("anna")
BEN = seller_actor("ben")
ACME = supplier_actor("acme")
ZETA = supplier_actor("zeta")


class Shop:
    """Every service over one store; suppliers acme and zeta, sellers anna and ben, products a-1 … a-15 of acme and z-1 of zeta."""

    def __init__(self, store, *, limit=10, by_tier=None, environment=None, pinned=None, plan=QUICK_PLAN, places=None):
        self.store = store
        self.time = NOON
        self.counted = []
        self.waited = []
        limits = ProductLimits(limit, by_tier or {})
        propagation = Propagation(store, own_process_id="this", now=self.now)
        self.workflow = Workflow(
            store,
            WorkflowRules(limits=limits, cooldown=timedelta(days=30)),
            propagation,
            count=self._count,
            answered=self.waited.append,
            now=self.now,
        )
        self.bulk = BulkDecisions(self.workflow)
        self.backtests = BackTests(store, now=self.now)
        self.impacts = Impacts(store, None, now=self.now)
        self.low_risk = LowRiskRequests(store, self.workflow, now=self.now)
        self.people = People(store, count=self._count, now=self.now)
        self.directory = DirectoryService(store, count=self._count, now=self.now)
        self.desk = SellerDesk(store, limits, now=self.now)
        self.shelf = SellerShelf(store, self.desk, now=self.now)
        self.records = Records(store, now=self.now)
        self.policies = Policies(store)
        self.notifications = Notifications(store, now=self.now)
        self.outbox = Outbox(store, now=self.now)
        self.audit = AuditTrail(store)
        self.judge = Judge(store, Series(StoredWindows(store), late=WRITTEN_WITHIN), plan, now=self.now)
        self.verdicts = Verdicts(store)
        self.signing = Signing(store, plan, now=self.now)
        self.damage = Damage(store)
        self.reports = BusinessReports(store, now=self.now)
        self.naming = Naming(store)
        self.cache_advising = CacheAdvising(StoredWindows(store), life=timedelta(seconds=60))
        self.rollouts = RolloutService(
            store,
            propagation,
            plan=plan,
            criteria=EvaluatedCriteria(
                store, self.judge, plan, Soundings(store, index_problems=lambda: ()), now=self.now
            ),
            environment=environment or RolloutState(phase=Phase.SHADOW),
            pinned=pinned,
            now=self.now,
        )
        self.announcing = Announcing(
            store,
            self.outbox,
            self.rollouts,
            Summaries(store, StoredWindows(store), self.judge),
            AnnouncementWords("https://shop.test/faq"),
            plan=plan,
            places=places or Places(),
            now=self.now,
        )
        self._open()

    def _count(self, action, result):
        self.counted.append((action, result))

    def now(self):
        return self.time

    def wait(self, **duration):
        self.time += timedelta(**duration)

    def _open(self):
        for id in ("acme", "zeta"):
            self.directory.put(ADMIN, Supplier(id=SupplierId(id), name=id.title()))
        for id in ("anna", "ben"):
            self.add_seller(id)
        for number in range(1, 16):
            self.add_product(f"a-{number}", supplier="acme")
        self.add_product("z-1", supplier="zeta")

    def add_seller(self, id, *, tier=Tier.BRONZE, supplier=None, user_id=None):
        seller = Seller(id=SellerId(id), name=id.title(), tier=tier, supplier_id=supplier, user_id=user_id)
        self.directory.put(ADMIN, SellerEntry(seller))

    def add_product(self, id, *, supplier=None, active=True, **facts):
        product = Product(id=ProductId(id), name=f"Product {id}", supplier_id=supplier, active=active, **facts)
        self.directory.put(ADMIN, product)

    def set_policy(self, by=ACME, **policy):
        self.policies.put(by, SupplierPolicy(**policy))

    def approved(self, by=ANNA, product="a-1", **terms):
        record = self.workflow.request(by, ProductId(product))
        return self.workflow.approve(ACME, record.id, **terms)

    def events(self):
        return [stored.event for stored in self.audit.events()]
