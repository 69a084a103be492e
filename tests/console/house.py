"""The real server with a marketplace in it, for browsers: everything a page test needs to know of the other side."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx

from builders import a_notice, a_product, a_seller, a_supplier, an_authorization
from sellergate.adapters.sql import SqlStore
from sellergate.domain.authorization import Status
from sellergate.domain.directory import Tier
from sellergate.domain.identifiers import Actor, Role
from sellergate.domain.notices import Audience
from sellergate.domain.policy import ProductPolicy, SupplierPolicy
from sellergate.domain.sessions import Account, Person
from sellergate.faces.console.identity import demo_person
from sellergate.faces.tokens import issue_token
from sellergate.ports.queries import AuthorizationQuery
from sellergate.serving import Server
from sellergate.settings import load_settings

SECRET = "a-secret-for-tests-of-32-bytes-or-more"
SUPPLIER, SELLER = "hanbit", "seller-001"

PEOPLE = {
    "supplier": demo_person(Role.SUPPLIER, SUPPLIER, "Kim Haneul"),
    "seller": demo_person(Role.SELLER, SELLER, "Park Jiwoo"),
    "operator": demo_person(Role.OPERATOR, None, "Yoon Seo"),
    "admin": demo_person(Role.ADMIN, None, "Choi Min"),
    "both": Person(
        subject="demo-both",
        name="Lee Nari",
        accounts=(Account(Role.SUPPLIER, SUPPLIER), Account(Role.SELLER, SELLER), Account(Role.OPERATOR)),
    ),
}
"""Whom `signed_in(…)` knows."""

ACTORS = {
    "supplier": Actor("demo-supplier", Role.SUPPLIER, supplier_id=SUPPLIER),
    "seller": Actor("demo-seller", Role.SELLER, seller_id=SELLER),
}

PRODUCTS = {
    "kettle": ("Stainless drip kettle 1.2 L", "HB-KT-120"),
    "board": ("대나무 도마 3종 세트", "HB-CB-003"),
    "lamp": ("Rattan bedside lamp", "HB-LS-40W"),
    "towel": ("40-count cotton towel, 10 pack", "HB-TW-600"),
}
FULL = "lamp"
"""The product without a free slot."""

OPEN = {"ENABLE_SELLER_AUTHORIZATION": "true", "PHASE9_ROLLOUT_PERCENTAGE": "100"}
"""A phase in which sellers and suppliers are let in."""


class House:
    """A running server, the store behind it, and what there is in it."""

    def __init__(self, url, store):
        self.url = url
        self.store = store
        self._sellers = count(1000)

    def ask(self, number=1, *, product="kettle", hours_ago=1.0, status=Status.REQUESTED, **facts):
        """A request of seller `number` that waits, stored as it is; the answer is the record."""
        at = datetime.now(UTC) - timedelta(hours=hours_ago)
        record = a_request(number, product, at, status=status, **facts)
        with self.store.work() as work:
            work.authorizations.add(record)
        return record

    def crowd(self, number, *, product="kettle", hours_ago=1.0):
        """Requests of so many sellers nobody has met so far, a minute apart, the oldest first; the answer is their ids."""
        records = []
        with self.store.work() as work:
            for minutes in range(number):
                seller = next(self._sellers)
                at = datetime.now(UTC) - timedelta(hours=hours_ago) + timedelta(minutes=minutes)
                work.directory.put_seller(a_seller(seller_id(seller), name=seller_name(seller)))
                records.append(a_request(seller, product, at))
                work.authorizations.add(records[-1])
        return [record.id for record in records]

    def find(self, number, product):
        """The id of this seller's authorization for the product."""
        with self.store.view() as view:
            return view.authorizations.find(seller_id(number), product).id

    def how_many(self, status):
        """How many authorizations stand so."""
        with self.store.view() as view:
            return view.authorizations.count(AuthorizationQuery(statuses=frozenset({status})))

    def scheduled(self):
        """The decisions that wait to be carried out."""
        with self.store.view() as view:
            return view.scheduled.due(datetime.now(UTC) + timedelta(days=1), 1000)

    def without_limits(self):
        """Products have as many places as anybody wants, except FULL."""
        self.set_policy(SupplierPolicy(products={FULL: ProductPolicy(max_sellers=0)}))

    def set_policy(self, policy):
        """Whatever is in force."""
        with self.store.work() as work:
            version = work.directory.policy(SUPPLIER).version
            work.directory.put_policy(SUPPLIER, replace(policy, version=version))

    @contextmanager
    def capacity(self, product, places):
        """For so long the product has so many places, whoever has one already not counted."""
        with self.store.work() as work:
            before = work.directory.policy(SUPPLIER)
            taken = work.authorizations.approved_sellers(product, datetime.now(UTC))
            limited = {**before.products, product: ProductPolicy(max_sellers=taken + places)}
            work.directory.put_policy(SUPPLIER, replace(before, products=limited))
        try:
            yield
        finally:
            self.set_policy(before)

    def call(self, who, method, path, body=None):
        """One call of the API, as the person would make it: whatever it changes is told to everybody."""
        account = PEOPLE[who].accounts[0]
        ids = {f"{account.role}_id": account.id} if account.id else {}
        token = issue_token(SECRET, subject=PEOPLE[who].subject, roles=[account.role], **ids)
        answer = httpx.request(
            method, self.url + path, headers={"Authorization": f"Bearer {token}"}, json=body, timeout=30
        )
        assert answer.is_success, answer.text
        return answer.json()

    def request(self, product="kettle"):
        """The person who is a seller asks for a product; the answer is the authorization."""
        return self.call("seller", "POST", f"/api/v1/ds/seller/products/{product}/request", {})

    def decide(self, authorization, move, **body):
        """The person who is a supplier decides."""
        path = f"/api/v1/ds/supplier/authorizations/{authorization['id']}/{move}"
        return self.call("supplier", "POST", path, body)

    def notify(self, kind="request.approved", *, audience=Audience.SELLER, recipient=SELLER, **facts):
        """A notice in somebody's list; nobody is told that it is there."""
        about = {"sellerId": SELLER, "productId": "kettle", "reason": None, **facts}
        notice = a_notice(recipient, audience, kind=kind, facts=about, at=datetime.now(UTC))
        with self.store.work() as work:
            work.notices.put(notice)


def a_request(number, product, at, *, status=Status.REQUESTED, **facts):
    """A record of seller `number`, asked then."""
    return an_authorization(
        status,
        seller=seller_id(number),
        product=product,
        supplier_id=SUPPLIER,
        requested_at=at,
        updated_at=at,
        **{"business_justification": "We sell kitchen goods every day.", "expected_volume": 40 + number, **facts},
    )


def seller_id(number):
    return f"seller-{number:03}"


def seller_name(number):
    return f"{'달빛마켓' if number % 2 else 'Onnuri Home'} {number}"


def environ_of(folder, **environ):
    """Settings of a server over a database of its own in this folder."""
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'shop.db'}",
        "SELLERGATE_JWT_SECRET": SECRET,
        "SELLERGATE_PORT": "0",
        "SELLERGATE_GRACE_SECONDS": "5",
        "SELLERGATE_LOG_LEVEL": "error",
        **OPEN,
        **environ,
    }


@contextmanager
def a_house(folder, *, sellers=60, **environ):
    """The server with one supplier, four products and some sellers, and no request yet."""
    settings = load_settings(environ_of(folder, **environ))
    with Server(settings, PEOPLE) as server:
        store = SqlStore.open(settings.database.url, migrate=False)
        try:
            furnished(store, sellers)
            yield House(server.url, store)
        finally:
            store.close()


def furnished(store, sellers):
    tiers = list(Tier)
    with store.work() as work:
        work.directory.put_supplier(a_supplier(SUPPLIER, name="Hanbit Living"))
        for id, (name, sku) in PRODUCTS.items():
            work.directory.put_product(a_product(id, name=name, sku=sku, supplier_id=SUPPLIER))
        for number in range(1, sellers + 1):
            work.directory.put_seller(a_seller(seller_id(number), name=seller_name(number), tier=tiers[number % 4]))
        work.directory.put_policy(
            SUPPLIER, SupplierPolicy(max_sellers_per_product=20, products={FULL: ProductPolicy(max_sellers=0)})
        )
